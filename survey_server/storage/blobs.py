"""Blobs: immutable files that are named by the SHA-256 of their bytes and uploaded a part at a time."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from threading import Lock
from typing import Protocol


class BlobGapError(Exception):
    """A part that would leave a gap; `size`: how many bytes there are."""

    def __init__(self, size: int) -> None:
        super().__init__(f"there are {size} bytes")
        self.size = size


class BlobDigestError(Exception):
    """All bytes have arrived, but their digest is another one; they are deleted."""


class BlobStore(Protocol):
    """`sha256`: 64 lower-case hexadecimal digits. A finished blob is never changed."""

    def put_part(self, sha256: str, start: int, body: bytes, total: int) -> int:
        """Store bytes from `start` on, in place of what was there from `start` on; the blob is finished when it has
        `total` bytes. Returns how many bytes there are, durably. Raises BlobGapError, BlobDigestError."""

    def put(self, content: bytes) -> str:
        """Store a whole blob durably; returns its digest. One that is there and damaged is replaced."""

    def uploaded_size(self, sha256: str) -> int:
        """How many bytes there are, of a finished blob or of an upload that goes on; 0 where there are none."""

    def size(self, sha256: str) -> int | None:
        """The size of a finished blob; None where there is none."""

    def open(self, sha256: str) -> BufferedReader:
        """A finished blob, to be read. Raises FileNotFoundError."""

    def delete(self, sha256: str) -> None:
        """Delete a blob, finished or not; nothing where there is none."""

    def digests(self) -> Iterator[str]:
        """Those of the finished blobs."""


class FolderBlobStore:
    """Blobs as files `ab/abcdef…` of a folder; unfinished ones lie in `parts`. A file is flushed before it is renamed
    to its digest, and the folder after that."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Senders of one blob take turns within a process; processes meet at the rename, which is atomic.
        self._locks = tuple(Lock() for _ in range(16))

    def put_part(self, sha256: str, start: int, body: bytes, total: int) -> int:
        with self._locks[int(sha256[0], 16)]:
            size = self.size(sha256)
            if size is not None:
                return size
            self._write_part(self._part(sha256), start, body)
            if start + len(body) >= total:
                self._finish(sha256)
        return start + len(body)

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        file = self._file(sha256)
        if self.size(sha256) == len(content) and file.read_bytes() == content:
            return sha256
        part = self._part(f"{sha256}.{secrets.token_hex(4)}")  # its own: another process may store the same blob
        try:
            self._write_part(part, 0, content)
            file.parent.mkdir(parents=True, exist_ok=True)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        flush(file.parent)
        return sha256

    def uploaded_size(self, sha256: str) -> int:
        return self.size(sha256) or _size(self._part(sha256)) or 0

    def size(self, sha256: str) -> int | None:
        return _size(self._file(sha256))

    def open(self, sha256: str) -> BufferedReader:
        return self._file(sha256).open("rb")

    def delete(self, sha256: str) -> None:
        for path in (self._file(sha256), self._part(sha256)):
            path.unlink(missing_ok=True)

    def files(self) -> Iterator[Path]:
        """The files of the finished blobs, in the order of their digests."""
        yield from sorted(self._folder.glob("[0-9a-f][0-9a-f]/*"))

    def digests(self) -> Iterator[str]:
        return (file.name for file in self.files())

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _part(self, sha256: str) -> Path:
        return self._folder / "parts" / sha256

    def _write_part(self, part: Path, start: int, body: bytes) -> None:
        size = _size(part)
        if start > (size or 0):
            raise BlobGapError(size or 0)
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w+b" if size is None else "r+b") as file:
            file.seek(start)
            file.write(body)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def _finish(self, sha256: str) -> None:
        part, file = self._part(sha256), self._file(sha256)
        with part.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
                part.unlink()
                raise BlobDigestError(sha256)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.rename(file)
        except FileNotFoundError:  # another process was first
            if not file.exists():
                raise
        flush(file.parent)


def flush(path: Path) -> None:
    """Make a file, or the entries of a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
