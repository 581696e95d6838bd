"""The audit log: who did what to which object. It only grows, and holds no answers, tokens or passwords."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, insert

from survey_server.clock import now_text
from survey_server.storage import prepared
from survey_server.storage.tables import audit

_INSERT = insert(audit)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: each response has an entry


class AuditEntry(NamedTuple):
    """`object` is "kind:id"; `detail` a JSON object."""

    at: str
    person_id: int | None
    device_id: str | None
    action: str
    object: str
    detail: str


def record(
    connection: Connection,
    action: str,
    object: str,
    *,
    person_id: int | None = None,
    device_id: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add an entry, in the transaction of the change that it records."""
    record_all(connection, [entry(action, object, person_id=person_id, device_id=device_id, detail=detail)])


def entry(
    action: str,
    object: str,
    *,
    person_id: int | None = None,
    device_id: str | None = None,
    detail: Mapping[str, object] | None = None,
    at: str | None = None,
) -> AuditEntry:
    """`at`: when it happened; now, if not given."""
    return AuditEntry(at or now_text(), person_id, device_id, action, object, _encode(detail or {}))


def record_all(connection: Connection, entries: Iterable[AuditEntry]) -> None:
    prepared.insert_all(connection, _INSERT, AuditEntry._fields, list(entries))
