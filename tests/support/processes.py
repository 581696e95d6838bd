"""The processes of a running server, as Linux shows them."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"PPid:\t{pid}\n" in status.read_text():
                found.append(int(status.parent.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def workers_of(server: int) -> list[int]:
    """The web processes: forked from the server, they bear its command line."""
    return [pid for pid in children_of(server) if _command(pid) == _command(server)]


def publisher_of(server: int) -> int | None:
    return next((pid for pid in children_of(server) if b"publisher" in _command(pid)), None)


def descendants_of(pid: int) -> list[int]:
    return [each for child in children_of(pid) for each in (child, *descendants_of(child))]


def running_with(setting: str) -> list[int]:
    """The processes that have this in their environment, such as a data directory of one test alone."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or another account runs it
            if setting.encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
    return [pid for pid in found if is_running(pid)]


def is_running(pid: int) -> bool:
    """False also for one that has ended and whose parent has not asked for its end yet."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_for(look: Callable[[], T], seconds: float = 60.0) -> T:
    """The first result that is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
