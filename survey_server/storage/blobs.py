"""Blobs: immutable files that are named by the SHA-256 of their bytes and uploaded a part at a time."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from threading import Lock
from typing import Protocol

from survey_server.durable import flush, make_folder, place
from survey_server.storage.lock import FileLock

MAX_PARTS = 16  # unfinished uploads of a sender
MAX_PART_BYTES = 80 * 1024 * 1024  # of a sender's unfinished uploads: two of the largest attachments and more
_LOCK = "lock"


class BlobGapError(Exception):
    """A part that would leave a gap; `size`: how many bytes there are."""

    def __init__(self, size: int) -> None:
        super().__init__(f"there are {size} bytes")
        self.size = size


class BlobDigestError(Exception):
    """All bytes have arrived, but their digest is another one; they are deleted."""


class BlobStore(Protocol):
    """`sha256`: 64 lower-case hexadecimal digits. `sender`: whose unfinished upload it is, such as a device's id; of a
    letter or digit at least, and of letters, digits and hyphens alone. A finished blob is never changed."""

    def put_part(self, sender: str, sha256: str, start: int, body: bytes, total: int) -> int:
        """Store bytes from `start` on, in place of what was there from `start` on; the blob is finished when it has
        `total` bytes, and replaces one that is there. Returns how many bytes there are, durably. Raises BlobGapError,
        BlobDigestError."""

    def part_size(self, sender: str, sha256: str) -> int:
        """How many bytes there are of an unfinished upload; 0 where there is none."""

    def remove_old_parts(self, age: float) -> int:
        """Delete the unfinished uploads to which nothing was added for `age` seconds; returns how many there were."""

    def put(self, content: bytes) -> str:
        """Store a whole blob durably; returns its digest. One that is there and damaged is replaced."""

    def size(self, sha256: str) -> int | None:
        """The size of a finished blob; None where there is none."""

    def open(self, sha256: str) -> BufferedReader:
        """A finished blob, to be read. Raises FileNotFoundError."""

    def delete(self, sha256: str) -> None:
        """Delete a finished blob; nothing where there is none."""

    def digests(self) -> Iterator[str]:
        """Those of the finished blobs."""


class FolderBlobStore:
    """Blobs as files `ab/abcdef…` of a folder; unfinished ones lie in `parts`, in a folder for each sender. A file is
    flushed before it is renamed to its digest, and the folder after that."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # The uploads of one sender take turns: by flock, and where the system has none, within the process.
        self._turns = tuple(Lock() for _ in range(16))

    def put_part(self, sender: str, sha256: str, start: int, body: bytes, total: int) -> int:
        with self._turn_of(sender):
            part = self._part(sender, sha256)
            self._make_room(part, start + len(body))
            _write_part(part, start, body)
            if start + len(body) >= total:
                self._finish(part, sha256)
        return start + len(body)

    def part_size(self, sender: str, sha256: str) -> int:
        return _size(self._part(sender, sha256)) or 0

    def remove_old_parts(self, age: float) -> int:
        removed = 0
        for part in self.parts():
            sender = part.parent.relative_to(self._folder / "parts").as_posix()
            with self._turn_of(sender), suppress(FileNotFoundError):  # finished meanwhile
                if time.time() - part.stat().st_mtime > age:
                    part.unlink()
                    removed += 1
        return removed

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        file = self._file(sha256)
        with suppress(OSError):  # missing, or on a damaged part of the disk
            if file.read_bytes() == content:
                return sha256
        part = self._part("", f"{sha256}.{secrets.token_hex(4)}")  # another process may store the same blob
        try:
            make_folder(part.parent)
            part.write_bytes(content)
            place(part, file)
        finally:
            part.unlink(missing_ok=True)
        return sha256

    def size(self, sha256: str) -> int | None:
        return _size(self._file(sha256))

    def open(self, sha256: str) -> BufferedReader:
        return self._file(sha256).open("rb")

    def delete(self, sha256: str) -> None:
        self._file(sha256).unlink(missing_ok=True)

    def files(self) -> Iterator[Path]:
        """The files of the finished blobs, in the order of their digests."""
        yield from sorted(self._folder.glob("[0-9a-f][0-9a-f]/*"))

    def digests(self) -> Iterator[str]:
        return (file.name for file in self.files())

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def parts(self) -> list[Path]:
        """The files of the unfinished uploads."""
        found = (self._folder / "parts").rglob("*")
        return [path for path in found if path.name != _LOCK and path.is_file()]

    def _part(self, sender: str, sha256: str) -> Path:
        return self._folder / "parts" / sender / sha256

    @contextmanager
    def _turn_of(self, sender: str) -> Iterator[None]:
        folder = self._folder / "parts" / sender
        make_folder(folder)
        with self._turns[hash(sender) % len(self._turns)], closing(FileLock(folder / _LOCK)) as lock, lock:
            yield

    def _make_room(self, part: Path, size: int) -> None:
        """Keep a sender to MAX_PARTS unfinished uploads and MAX_PART_BYTES: those that were given up longest ago are
        deleted, and begin at their start again."""
        others = [each for each in part.parent.iterdir() if each.name not in (_LOCK, part.name)]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for count, other in enumerate(others, 2):
            size += other.stat().st_size
            if count > MAX_PARTS or size > MAX_PART_BYTES:
                other.unlink()

    def _finish(self, part: Path, sha256: str) -> None:
        with part.open("rb") as content:
            is_right = hashlib.file_digest(content, "sha256").hexdigest() == sha256
        if not is_right:
            part.unlink()
            raise BlobDigestError(sha256)
        place(part, self._file(sha256))


def _write_part(part: Path, start: int, body: bytes) -> None:
    size = _size(part)
    if start > (size or 0):
        raise BlobGapError(size or 0)
    with part.open("w+b" if size is None else "r+b") as file:
        file.seek(start)
        file.write(body)
        file.truncate()
    flush(part)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
