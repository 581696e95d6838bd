"""Files that responses name by digest: a part at a time, renamed to the digest when whole, the row only after that."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from threading import Lock

from survey_server.clock import now_text
from survey_server.problems import ProblemError
from survey_server.problems import attachments as problems
from survey_server.settings import Settings
from survey_server.storage import attachments, audit
from survey_server.storage.database import Connection, Database

MAX_ATTACHMENT_BYTES = 32 * 1024 * 1024
# Two senders of one file take turns; other processes are met at the renaming.
_LANES = tuple(Lock() for _ in range(16))


def received(settings: Settings, sha256: str) -> int:
    """How many bytes of a file are here."""
    whole, part = _whole(settings, sha256), _part(settings, sha256)
    return next((path.stat().st_size for path in (whole, part) if path.exists()), 0)


def keep_part(
    database: Database, settings: Settings, person_id: int, sha256: str, start: int, total: int, body: bytes
) -> int:
    """Add bytes to a file and return how many are here now. A whole file's digest is checked before it is kept.

    Raises ProblemError: attachment_too_large, attachment_gap, attachment_digest.
    """
    if total > MAX_ATTACHMENT_BYTES:
        raise ProblemError(problems.TOO_LARGE, most=MAX_ATTACHMENT_BYTES // 1024)
    whole = _whole(settings, sha256)
    if whole.exists():
        _record_once(database, person_id, sha256, whole.stat().st_size)
        return whole.stat().st_size
    part = _part(settings, sha256)
    part.parent.mkdir(parents=True, exist_ok=True)
    with _LANES[int(sha256[0], 16)]:
        if whole.exists():  # another sender of the same file was first
            return whole.stat().st_size
        if not _is_finished(part, whole, sha256, start, total, body):
            return start + len(body)
    _record_once(database, person_id, sha256, total)
    return total


def _is_finished(part: Path, whole: Path, sha256: str, start: int, total: int, body: bytes) -> bool:
    """Add the bytes; whether the file is whole now."""
    here = part.stat().st_size if part.exists() else 0
    if start > here:
        raise ProblemError(problems.GAP, here=here, start=start)
    with part.open("r+b" if part.exists() else "w+b") as file:
        file.seek(start)
        file.write(body)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    if start + len(body) < total:
        return False
    _finish(part, whole, sha256)
    return True


def _record_once(database: Database, person_id: int, sha256: str, size: int) -> None:
    """The row comes after the file; where the power went in between, it comes when the file is sent again."""
    with database.read() as connection:
        known = attachments.is_known(connection, sha256)
    if not known:
        database.write(lambda connection: _record(connection, person_id, sha256, size))


def _finish(part: Path, whole: Path, sha256: str) -> None:
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        part.unlink()
        raise ProblemError(problems.DIGEST)
    whole.parent.mkdir(parents=True, exist_ok=True)
    try:
        part.rename(whole)
    except FileNotFoundError:
        if not whole.exists():
            raise
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _record(connection: Connection, person_id: int, sha256: str, size: int) -> None:
    if attachments.add(connection, sha256, size, person_id, now_text()):
        audit.record(connection, "keep_attachment", f"attachment:{sha256}", person_id=person_id, detail={"size": size})


def _whole(settings: Settings, sha256: str) -> Path:
    return settings.attachments_dir / sha256[:2] / sha256


def _part(settings: Settings, sha256: str) -> Path:
    return settings.attachments_dir / "parts" / sha256
