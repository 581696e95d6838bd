"""SQLite's log goes back into its file in the background, so that no upload waits for it.

A commit that finds the log too long would do it while all other writers wait: 20 to 60 ms for 16 MiB on a busy disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from survey_server.storage.lock import FairLock, FileLock

INTERVAL = 1.0  # seconds between two checkpoints while there are writes
PAUSE_SHARE = 3  # times what one took, at least: where the log begins at its start again, a commit flushes twice
MAX_PAGES = 4_000  # of the log, 16 MiB: with more, the writers wait a moment, so that it can begin at its start again
_log = logging.getLogger(__name__)


class Checkpointer:
    """A thread of a process that writes; of several processes only one works at a time. `connect` opens a connection
    of the driver."""

    def __init__(self, connect: Callable[[], Any], lock_dir: Path) -> None:
        self._connect = connect
        self._turn = FileLock(lock_dir / "checkpoint.lock")
        self._writers = FairLock(lock_dir / "writers.lock")  # a descriptor of its own: the other one is the writer's
        self._written = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-checkpointer", daemon=True)
        self._thread.start()

    def note_write(self) -> None:
        self._written.set()

    def stop(self) -> None:
        self._stopping.set()
        self._written.set()
        self._thread.join()
        self._turn.close()
        self._writers.close()

    def _run(self) -> None:
        pause = INTERVAL
        while self._written.wait() and not self._stopping.wait(pause):
            self._written.clear()
            if not self._turn.try_acquire():
                continue
            began = time.monotonic()
            try:
                self._checkpoint()
            except Exception as error:  # a full disk, a locked file: the log waits
                _log.warning("the log of the database cannot be written back now; trying again: %s", error)
                self._written.set()
            finally:
                self._turn.release()
                pause = max(INTERVAL, PAUSE_SHARE * (time.monotonic() - began))

    def _checkpoint(self) -> None:
        connection = self._connect()
        try:
            if _write_back(connection) > MAX_PAGES:
                with self._writers:  # only what was written meanwhile is left to do
                    _write_back(connection)
        finally:
            connection.close()


def _write_back(connection: Any) -> int:
    """Write back as much as readers allow, while others go on writing; returns the pages in the log."""
    _busy, pages, _written_back = connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)
