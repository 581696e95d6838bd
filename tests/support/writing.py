"""Concurrent writes in a known order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from survey_server.storage.database import Database

PATIENCE = 20.0
InLine = Callable[..., Future[Any]]


@contextmanager
def held_writer(database: Database) -> Iterator[InLine]:
    """Keep the database's writer busy until the block ends. The yielded `in_line(threads, call, *arguments)` makes a
    call in another thread and returns once its write is queued; queued writes are then done in one commit."""
    begun, end = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        begun.set()
        assert end.wait(PATIENCE)

    def in_line(threads: ThreadPoolExecutor, call: Callable[..., Any], *arguments: Any) -> Future[Any]:
        before = database._waiting.qsize()
        made = threads.submit(call, *arguments)
        wait_until(lambda: database._waiting.qsize() > before or made.done())
        return made

    holder = threading.Thread(target=database.write, args=(hold,))
    holder.start()
    assert begun.wait(PATIENCE)
    try:
        yield in_line
    finally:
        end.set()
        holder.join()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition was never met"
        time.sleep(0.001)
