"""Which threads a request may take, and how long until its client is told that the server is busy.

A slow disk delays requests that write, a silent database those that read. Each kind has its own threads, so that
neither delays the other, nor requests that need no database at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, local
from typing import TypeVar
from wsgiref.types import WSGIEnvironment

T = TypeVar("T")

WRITE_TIMEOUT = 10.0  # seconds until a client that writes gets a 503
READ_TIMEOUT = 30.0  # seconds; pages of a large round take some
LIGHT_TIMEOUT = 10.0  # seconds
# Those that write wait together for one flush of the disk: at 0.4 s a flush, which two processes take in turns, 96
# threads of each carry 240 uploads a second.
MAX_WRITING, MAX_READING, MAX_LIGHT = 96, 16, 4
# Of those that write, so many work at a time, and the others wait for the disk: with more, a request that needs only a
# millisecond waits until each of them had the interpreter.
MAX_WORKING = 16
_LIGHT_PATHS = frozenset({"/healthz", "/tablet/", "/tablet/sw.js"})
_LIGHT_PREFIX = "/static/"


class BusyError(Exception):
    """The answer did not come in time. The request may still be carried out."""


class Lane:
    """Threads of their own, of which `working` work at a time; `timeout`: seconds for waiting for one of them and for
    the answer together."""

    def __init__(self, name: str, threads: int, timeout: float, working: int | None = None) -> None:
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._timeout = timeout
        self._working = BoundedSemaphore(working or threads)
        self._thread = local()

    async def run(self, step: Callable[[], T], when_late: Callable[[T], object]) -> T:
        """The result of a step. Raises BusyError where it takes too long: it is left out if it has not begun, otherwise
        `when_late` gets its result."""
        running = self.threads.submit(self._work, step)
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.wrap_future(running)
        except TimeoutError:
            if running.done() and not running.cancelled():  # at the last moment; or the step has raised it
                return running.result()
            if not running.cancelled():
                running.add_done_callback(lambda late: _pass_on(late, when_late))
        raise BusyError

    def _work(self, step: Callable[[], T]) -> T:
        with self._working:
            self._thread.works = True
            try:
                return step()
            finally:
                self._thread.works = False

    @contextmanager
    def step_aside(self) -> Iterator[None]:
        """For a thread that waits: another one of the lane may work meanwhile."""
        if not getattr(self._thread, "works", False):  # a thread of another lane, or of none
            yield
            return
        self._working.release()
        try:
            yield
        finally:
            self._working.acquire()


def _pass_on(late: Future[T], when_late: Callable[[T], object]) -> None:
    with suppress(Exception):
        when_late(late.result())


class Lanes:
    """Of one process."""

    def __init__(self) -> None:
        self.writing = Lane("writing", MAX_WRITING, WRITE_TIMEOUT, MAX_WORKING)
        self.reading = Lane("reading", MAX_READING, READ_TIMEOUT)
        self.light = Lane("light", MAX_LIGHT, LIGHT_TIMEOUT)

    def choose(self, environ: WSGIEnvironment) -> Lane:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS"):
            return self.writing
        path = environ["PATH_INFO"]
        return self.light if path in _LIGHT_PATHS or path.startswith(_LIGHT_PREFIX) else self.reading

    def shutdown(self) -> None:
        """Wait until what was begun has ended."""
        for lane in (self.light, self.reading, self.writing):
            lane.threads.shutdown()
