"""Lets one line a kind a second into the log: an outage of minutes would fill a disk with the same traceback."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from threading import Lock

INTERVAL = 1.0  # seconds
MAX_KINDS = 500


class LogLimit(logging.Filter):
    """A filter of a handler. Records are of one kind where logger, message and type of error are the same; a record may
    name its `kind` itself. The next line of a kind says how many were left out: as `repeated` in the JSON of a record's
    `line`, else after its text."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._lock = Lock()
        self._seen: dict[object, tuple[float, int]] = {}  # when a kind was last let through, how many since

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[0] if record.exc_info else None
        kind = (record.name, getattr(record, "kind", record.msg), error)
        now = self._now()
        with self._lock:
            at, left_out = self._seen.get(kind, (float("-inf"), 0))
            if now - at < INTERVAL:
                self._seen[kind] = (at, left_out + 1)
                return False
            if len(self._seen) >= MAX_KINDS:
                self._seen.clear()
            self._seen[kind] = (now, 0)
        if left_out:
            _note_repeated(record, left_out)
        return True


def _note_repeated(record: logging.LogRecord, left_out: int) -> None:
    line = getattr(record, "line", None)
    if line is not None:
        record.msg, record.args = json.dumps({**line, "repeated": left_out}), ()
    else:
        record.msg, record.args = f"{record.getMessage()} (and {left_out} more)", ()


def limit_logs() -> None:
    """Let the root logger of this process write warnings and errors on stderr, within the limit."""
    root = logging.getLogger()
    if any(isinstance(each, LogLimit) for handler in root.handlers for each in handler.filters):
        return
    handler = logging.StreamHandler()
    handler.addFilter(LogLimit())
    handler.setLevel(logging.WARNING)
    root.addHandler(handler)
