"""The lock of the writers of several processes."""

from __future__ import annotations

import threading
from pathlib import Path

from survey_server.storage.lock import FairLock, FileLock
from tests.support.writing import wait_until


def is_held(lock: FileLock) -> bool:
    if lock.try_acquire():
        lock.release()
        return False
    return True


def test_who_has_waited_comes_before_who_has_just_released(tmp_path: Path) -> None:
    """Descriptors exclude each other as processes do."""
    ours, theirs = FairLock(tmp_path / "file.lock"), FairLock(tmp_path / "file.lock")
    order: list[str] = []

    def take_theirs() -> None:
        with theirs:
            order.append("theirs")

    with ours:
        waiting = threading.Thread(target=take_theirs)
        waiting.start()
        wait_until(lambda: is_held(ours._next))  # the other one is next
    with ours:
        order.append("ours")
    waiting.join()
    assert order == ["theirs", "ours"]
