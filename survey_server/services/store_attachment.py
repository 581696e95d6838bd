"""Files that responses name by digest: uploaded a part at a time; the row is written only after the file is durable.

Whether the server has a file is told only to the device or person that sent it first: others could ask for the digest
of a known file to learn whether it was sent. They send all of it, and nothing is stored twice.

A file without its row, or with another size than its row says, was interrupted by a power cut: it counts as not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.clock import now_text, shift_instant
from survey_server.problems import ProblemError, attachments as problems
from survey_server.storage import Connection, Database, attachments, audit
from survey_server.storage.blobs import BlobDigestError, BlobGapError, BlobStore

MAX_ATTACHMENT_BYTES = 32 * 1024 * 1024
DAY = 24 * 3600.0  # seconds
MAX_BYTES_PER_DAY = 4 * 1024**3  # of a device: of a tablet that was without a network for weeks too
MAX_BYTES_PER_DAY_IF_REVOKED = 256 * 1024**2
QUOTA_RETRY = 3600  # seconds after which a device that has sent too much may try again
PART_TTL = 7 * DAY  # of an upload that does not go on: the tablet begins it again


@dataclass(frozen=True, slots=True)
class AttachmentSender:
    person_id: int
    device_id: str
    is_revoked: bool = False


def uploaded_size(database: Database, blobs: BlobStore, sender: AttachmentSender, sha256: str) -> int:
    """How many bytes this person or device has sent of a file."""
    return _own_size(database, blobs, sender, sha256) or blobs.part_size(sender.device_id, sha256)


def store_part(
    database: Database, blobs: BlobStore, sender: AttachmentSender, sha256: str, start: int, total: int, body: bytes
) -> int:
    """Store the bytes from `start` on of a file of `total` bytes; returns how many bytes of it the sender has sent.

    Raises ProblemError: attachment_too_large, attachment_quota, attachment_gap, attachment_digest.
    """
    if total > MAX_ATTACHMENT_BYTES:
        raise ProblemError(problems.TOO_LARGE, most=MAX_ATTACHMENT_BYTES // 1024)
    stored = _own_size(database, blobs, sender, sha256)
    if stored is not None:
        return stored
    _check_quota(database, sender, total)
    try:
        size = blobs.put_part(sender.device_id, sha256, start, body, total)
    except BlobGapError as error:
        raise ProblemError(problems.GAP, here=error.size, start=start) from error
    except BlobDigestError as error:
        raise ProblemError(problems.DIGEST) from error
    if size == total:
        database.write(lambda connection: _record(connection, sender, sha256, size))
    return size


def _own_size(database: Database, blobs: BlobStore, sender: AttachmentSender, sha256: str) -> int | None:
    """The size of a file that was received whole from this sender and is there; else None."""
    with database.read() as connection:
        recorded = attachments.size_for(connection, sha256, sender.person_id, sender.device_id)
    return recorded if recorded is not None and blobs.size(sha256) == recorded else None


def _check_quota(database: Database, sender: AttachmentSender, total: int) -> None:
    """A lost tablet's token still uploads: without a limit it could fill the disk."""
    most = MAX_BYTES_PER_DAY_IF_REVOKED if sender.is_revoked else MAX_BYTES_PER_DAY
    with database.read() as connection:
        received = attachments.received_bytes(connection, sender.device_id, shift_instant(now_text(), -DAY))
    if received + total > most:
        raise ProblemError(problems.QUOTA, most=most // 1024**2, seconds=QUOTA_RETRY)


def _record(connection: Connection, sender: AttachmentSender, sha256: str, size: int) -> None:
    if attachments.add(connection, sha256, size, sender.person_id, now_text(), sender.device_id):
        audit.record(
            connection, "keep_attachment", f"attachment:{sha256}",
            person_id=sender.person_id, device_id=sender.device_id, detail={"size": size},
        )  # fmt: skip
