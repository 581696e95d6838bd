"""A lock across processes by flock, which is released however the process ends."""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: SQLite's own locks and its busy timeout order the writers there
    fcntl = None  # type: ignore[assignment]


class FileLock:
    """Held by one process (and one descriptor) at a time; `with` acquires and releases it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)

    def __enter__(self) -> None:
        if fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def share(self) -> None:
        """Share the lock with others; a lock held exclusively becomes shared."""
        if fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def try_acquire(self) -> bool:
        """Take the lock if nobody holds it; where the system has no flock, it is always free."""
        if fcntl is None:
            return True
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        if fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._descriptor)


class FolderLock(FileLock):
    """A lock on a folder itself, which needs no file; where the system has no flock, it is always free."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder if self.is_supported() else os.devnull, os.O_RDONLY)

    @staticmethod
    def is_supported() -> bool:
        return fcntl is not None


class FairLock:
    """A lock across processes that goes to whoever has waited, not back to the process that has just released it."""

    def __init__(self, path: Path) -> None:
        self._next = FileLock(path.with_suffix(".next"))  # held by the one process whose turn comes next
        self._lock = FileLock(path)

    def __enter__(self) -> None:
        with self._next:
            self._lock.__enter__()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def close(self) -> None:
        self._lock.close()
        self._next.close()
