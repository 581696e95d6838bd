"""The audit log: who did what to which object. It only grows, and holds no answers, tokens or passwords.

Each entry holds the SHA-256 of the hash before it and of its own content; the head names the last one. Entries are
added in the transaction of the change that they record. All writers of a database take turns, so that no two entries
follow the same one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from survey_server.clock import now_text
from survey_server.domain.audit import EMPTY_LOG, AuditHead
from survey_server.storage import prepared
from survey_server.storage.tables import audit, audit_head

LOG = "audit"
BATCH = 1_000  # entries read at a time
_INSERT = insert(audit)
_INSERT_HEAD = insert(audit_head)
_SELECT_HEAD = select(audit_head.c.entries, audit_head.c.hash)
_UPDATE_HEAD = (
    update(audit_head)
    .where(audit_head.c.log == bindparam("log_name"))
    .values(entries=bindparam("counted"), hash=bindparam("last"))
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: each response has an entry


class AuditEntry(NamedTuple):
    """`object` is "kind:id"; `detail` a JSON object."""

    at: str
    person_id: int | None
    device_id: str | None
    action: str
    object: str
    detail: str


class StoredEntry(NamedTuple):
    """`hash` is None where another program than ours added the entry."""

    id: int
    entry: AuditEntry
    hash: str | None


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
    rows = []
    stored = _stored_head(connection)
    head = stored or EMPTY_LOG
    for each in entries:
        head = AuditHead(head.entries + 1, chained_hash(head.hash, each))
        rows.append((*each, head.hash))
    if not rows:
        return
    prepared.insert_all(connection, _INSERT, (*AuditEntry._fields, "hash"), rows)
    if stored is None:
        columns = ("log", "entries", "hash")
        prepared.insert_all(connection, _INSERT_HEAD, columns, [(LOG, head.entries, head.hash)])
    else:
        changed = {"log_name": LOG, "counted": head.entries, "last": bytes.fromhex(head.hash)}
        prepared.execute_all(connection, _UPDATE_HEAD, [changed])


def chained_hash(previous: str, each: AuditEntry) -> str:
    """The hash of an entry: SHA-256 of the JSON array of the hash before it and the entry's columns."""
    return hashlib.sha256(_encode([previous, *each]).encode()).hexdigest()


def head(connection: Connection) -> AuditHead:
    return _stored_head(connection) or EMPTY_LOG


def all_entries(connection: Connection) -> Generator[StoredEntry, None, None]:
    """In the order in which they were added. Close it where it is not read to its end."""
    columns = (audit.c.id, *(audit.c[name] for name in AuditEntry._fields), audit.c.hash)
    wanted = select(*columns).order_by(audit.c.id).execution_options(yield_per=BATCH)
    with connection.execute(wanted) as rows:
        for id_, *content, digest in rows:
            yield StoredEntry(id_, AuditEntry(*content), digest)


def _stored_head(connection: Connection) -> AuditHead | None:
    """None while the log is empty."""
    found = next(prepared.select_in(connection, _SELECT_HEAD, audit_head.c.log, [LOG]), None)
    return AuditHead(*found) if found is not None else None
