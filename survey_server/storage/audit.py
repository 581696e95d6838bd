"""The audit log: who did what to what. It only grows; never answers, tokens or passwords."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, insert

from survey_server.storage import prepared
from survey_server.storage.clock import now_text
from survey_server.storage.tables import audit

_INSERT = insert(audit)
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: each response has an entry


def record(
    connection: Connection,
    action: str,
    object: str,
    *,
    person_id: int | None = None,
    device_id: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add an entry, in the transaction of what it tells of."""
    record_all(connection, [entry(action, object, person_id=person_id, device_id=device_id, detail=detail)])


def entry(
    action: str,
    object: str,
    *,
    person_id: int | None = None,
    device_id: str | None = None,
    detail: Mapping[str, object] | None = None,
    at: str | None = None,
) -> dict[str, object]:
    """`at`: when it happened, if not just now."""
    return {
        "at": at or now_text(),
        "person_id": person_id,
        "device_id": device_id,
        "action": action,
        "object": object,
        "detail": _WRITTEN(detail or {}),
    }


def record_all(connection: Connection, entries: Iterable[dict[str, object]]) -> None:
    prepared.insert_all(connection, _INSERT, list(entries))
