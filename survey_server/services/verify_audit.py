"""Check the chain of the audit log: that no entry was changed, added, or removed from the middle or the end."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from survey_server.domain.audit import EMPTY_LOG, AuditHead
from survey_server.i18n import Message
from survey_server.storage import Connection, Database, audit


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """The first entry whose hash is not that of its content and of the entry before it."""

    position: int  # in the log, from 1
    id: int
    at: str
    action: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """`head` is what the database says of the log's end, `found` what its entries say; they differ where the last
    entries are missing. `is_noted_found` is None where no head was given."""

    head: AuditHead
    found: AuditHead
    broken: BrokenEntry | None
    is_noted_found: bool | None

    @property
    def is_sound(self) -> bool:
        return self.broken is None and self.head == self.found and self.is_noted_found is not False


def verify_audit(database: Database, noted: AuditHead | None = None) -> AuditCheck:
    """`noted`: a head that was noted outside the database; the log must still contain it."""
    with database.read() as connection:
        return check_audit(connection, noted)


def check_audit(connection: Connection, noted: AuditHead | None = None) -> AuditCheck:
    head, found, is_noted_found = audit.head(connection), EMPTY_LOG, noted == EMPTY_LOG
    broken = None
    with closing(audit.all_entries(connection)) as entries:
        for stored in entries:
            position, digest = found.entries + 1, audit.chained_hash(found.hash, stored.entry)
            if stored.hash != digest:
                broken = BrokenEntry(position, stored.id, stored.entry.at, stored.entry.action)
                break
            found = AuditHead(position, digest)
            is_noted_found = is_noted_found or found == noted
    return AuditCheck(head, found, broken, is_noted_found if noted is not None else None)


def broken_entry_message(broken: BrokenEntry) -> Message:
    return Message(
        "Nhật ký bị sai từ mục thứ {position} (số {id}, {at}, {action}): mục này đã bị sửa hoặc chèn vào, hoặc mục "
        "ngay trước nó đã bị xóa.",
        position=broken.position,
        id=broken.id,
        at=broken.at,
        action=broken.action,
    )


def missing_entries_message(check: AuditCheck) -> Message:
    return Message(
        "Nhật ký bị cắt ở cuối: phải có {expected} mục, chỉ còn {found}.",
        expected=check.head.entries,
        found=check.found.entries,
    )
