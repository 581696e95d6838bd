"""The attachments that were received whole; their bytes are in the blob store, by digest."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, or_, select

from survey_server.storage.tables import attachment


def size_of(connection: Connection, sha256: str) -> int | None:
    """In bytes; None for an attachment that was not received whole."""
    return connection.execute(select(attachment.c.size).where(attachment.c.sha256 == sha256)).scalar_one_or_none()


def size_for(connection: Connection, sha256: str, person_id: int, device_id: str) -> int | None:
    """The size where this person or this device sent the attachment first; else None."""
    is_own = or_(attachment.c.person_id == person_id, attachment.c.device_id == device_id)
    wanted = select(attachment.c.size).where(attachment.c.sha256 == sha256, is_own)
    return connection.execute(wanted).scalar_one_or_none()


def add(
    connection: Connection, sha256: str, size: int, person_id: int, received_at: str, device_id: str | None = None
) -> bool:
    """False where the attachment is known already."""
    if size_of(connection, sha256) is not None:
        return False
    values = {"sha256": sha256, "size": size, "person_id": person_id, "received_at": received_at}
    connection.execute(insert(attachment).values(**values, device_id=device_id))
    return True


def received_bytes(connection: Connection, device_id: str, since: str) -> int:
    """How much a device has sent since an instant."""
    sent = (attachment.c.device_id == device_id, attachment.c.received_at >= since)
    return int(connection.execute(select(func.coalesce(func.sum(attachment.c.size), 0)).where(*sent)).scalar_one())


def sizes(connection: Connection) -> dict[str, int]:
    """Digest → size in bytes."""
    rows = connection.execute(select(attachment.c.sha256, attachment.c.size))
    return {row.sha256: row.size for row in rows}
