"""The journal of cohorts: an append-only file outside the database, a JSON object a line.

A cohort is in the journal, on the disk, before the transaction that forms it commits. So after the restore of an older
backup the cohorts that were published meanwhile are known, and no person enters a second one. It holds ids of
responses, no answers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from survey_server.durable import flush
from survey_server.storage.lock import FileLock

JOURNAL_FILE = "cohorts.journal"
_LOCK_FILE = "cohorts.lock"
COHORT, GROUP, STRIKE, CUT = "cohort", "group", "strike", "cut"
CONFIRMED, UNCONFIRMED = "confirmed", "unconfirmed"
"""The first key of each kind of entry: its value is an id or, of the last two, a list of round codes."""


class CohortJournal:
    """Of one data directory; several processes may append."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / JOURNAL_FILE
        self._lock_path = data_dir / _LOCK_FILE

    def append(self, entries: Sequence[Mapping[str, Any]]) -> int:
        """Write entries; returns, when they are on the disk, the size of the journal in bytes."""
        lines = "".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in entries)
        lock = FileLock(self._lock_path)
        try:
            with lock:
                is_new = not self.path.exists()
                descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
                with os.fdopen(descriptor, "r+b") as file:
                    file.write((b"" if _ends_with_a_line(file) else b"\n") + lines.encode())
                    file.flush()
                    os.fsync(file.fileno())
                if is_new:
                    flush(self.path.parent)
                return self.size()
        finally:
            lock.close()

    def entries(self) -> Iterator[dict[str, Any]]:
        """All entries, the first written first. A line that was not written to its end is left out: the transaction
        that it belongs to did not commit."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict):
                    yield entry

    def unconfirmed(self) -> set[str]:
        """The codes of rounds of which cohorts may have been published that the journal lacks."""
        found: set[str] = set()
        for entry in self.entries():
            found |= {*entry.get(UNCONFIRMED, ())}
            found -= {*entry.get(CONFIRMED, ())}
        return found

    def size(self) -> int:
        """In bytes: it changes with every entry."""
        return self.path.stat().st_size if self.path.exists() else 0


def _ends_with_a_line(file: Any) -> bool:
    """Whether what was written last was written to its end."""
    end = file.seek(0, os.SEEK_END)
    if end == 0:
        return True
    file.seek(end - 1)
    return bool(file.read(1) == b"\n")
