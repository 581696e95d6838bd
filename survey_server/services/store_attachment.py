"""Files that responses name by digest: uploaded a part at a time; the row is written only after the file is durable."""

from __future__ import annotations

from survey_server.clock import now_text
from survey_server.problems import ProblemError, attachments as problems
from survey_server.storage import Connection, Database, attachments, audit
from survey_server.storage.blobs import BlobDigestError, BlobGapError, BlobStore

MAX_ATTACHMENT_BYTES = 32 * 1024 * 1024


def store_part(
    database: Database, blobs: BlobStore, person_id: int, sha256: str, start: int, total: int, body: bytes
) -> int:
    """Store the bytes from `start` on of a file of `total` bytes; returns how many bytes of it are stored.

    Raises ProblemError: attachment_too_large, attachment_gap, attachment_digest.
    """
    if total > MAX_ATTACHMENT_BYTES:
        raise ProblemError(problems.TOO_LARGE, most=MAX_ATTACHMENT_BYTES // 1024)
    try:
        size = blobs.put_part(sha256, start, body, total)
    except BlobGapError as error:
        raise ProblemError(problems.GAP, here=error.size, start=start) from error
    except BlobDigestError as error:
        raise ProblemError(problems.DIGEST) from error
    if blobs.size(sha256) is not None:
        _record_once(database, person_id, sha256, size)
    return size


def _record_once(database: Database, person_id: int, sha256: str, size: int) -> None:
    """Where the power failed between file and row, the row is written when the file is sent again."""
    with database.read() as connection:
        is_known = attachments.is_known(connection, sha256)
    if not is_known:
        database.write(lambda connection: _record(connection, person_id, sha256, size))


def _record(connection: Connection, person_id: int, sha256: str, size: int) -> None:
    if attachments.add(connection, sha256, size, person_id, now_text()):
        audit.record(connection, "keep_attachment", f"attachment:{sha256}", person_id=person_id, detail={"size": size})
