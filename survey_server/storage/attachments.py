"""The attachments that were received whole; their bytes are in the blob store, by digest."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from survey_server.storage.tables import attachment


def is_known(connection: Connection, sha256: str) -> bool:
    return connection.execute(select(attachment.c.sha256).where(attachment.c.sha256 == sha256)).first() is not None


def add(connection: Connection, sha256: str, size: int, person_id: int, received_at: str) -> bool:
    """False where the attachment is known already."""
    if is_known(connection, sha256):
        return False
    values = {"sha256": sha256, "size": size, "person_id": person_id, "received_at": received_at}
    connection.execute(insert(attachment).values(values))
    return True


def sizes(connection: Connection) -> dict[str, int]:
    """Digest → size in bytes."""
    rows = connection.execute(select(attachment.c.sha256, attachment.c.size))
    return {row.sha256: row.size for row in rows}
