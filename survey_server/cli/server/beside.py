"""Processes beside the one that was started: each ends with it, however it ends, and starts again where it dies.

A child reads a pipe of which we hold the other end: it closes with us, even when we are killed.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from time import monotonic

LATER = 10.0  # seconds that the first charts have the machine for themselves
AGAIN = 3.0  # seconds after a child died
TO_FINISH = 10.0


class Beside:
    """The children of a process. All are told to end at once when the block ends, and get some seconds to finish."""

    def __init__(self) -> None:
        self._kept: list[tuple[_Keeper, int, int]] = []

    def keep(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        descriptors: Sequence[int] = (),
        died: Callable[[], None] = lambda: None,
        wanted: Event | None = None,
    ) -> None:
        """Keep a child that runs a verb of ours. It gets `--parent-pipe`, and may use `descriptors`. `died` is called
        in another thread each time it ended. `wanted`: it starts when this is set, or some seconds later."""
        reading, writing = os.pipe()
        keeper = _Keeper(arguments, environment, (reading, *descriptors), died, wanted)
        self._kept.append((keeper, reading, writing))
        keeper.start()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        for keeper, _reading, writing in self._kept:
            keeper.end()
            os.close(writing)
        deadline = monotonic() + TO_FINISH
        for keeper, reading, _writing in self._kept:
            keeper.join(timeout=max(0.0, deadline - monotonic()))
            keeper.kill()
            os.close(reading)


def end_with_parent(pipe: int) -> None:
    """Be told to finish, as by Ctrl-C or SIGTERM, when the other end of the pipe closes."""
    Thread(target=_wait_for_the_end, args=(pipe,), name="end-with-parent", daemon=True).start()


def _wait_for_the_end(pipe: int) -> None:
    select.select([pipe], [], [])
    os.kill(os.getpid(), signal.SIGTERM)  # to the process: its main thread wakes


class _Keeper(Thread):
    """Starts the child, and again where it dies of something: what silently stands still helps nobody."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        descriptors: Sequence[int],
        died: Callable[[], None],
        wanted: Event | None,
    ) -> None:
        super().__init__(name=f"keeper-of-{arguments[0]}", daemon=True)
        self.ending = Event()
        self._command = [sys.executable, "-m", "survey_server.cli", *arguments, "--parent-pipe", str(descriptors[0])]
        self._environment = environment
        self._descriptors = descriptors
        self._died = died
        self._wanted = wanted
        self._child: subprocess.Popen[bytes] | None = None

    def end(self) -> None:
        self.ending.set()
        if self._wanted is not None:
            self._wanted.set()

    def run(self) -> None:
        if self._wanted is not None:
            self._wanted.wait(LATER)
        while not self.ending.is_set():
            self._child = subprocess.Popen(self._command, pass_fds=self._descriptors, env=self._environment)
            code = self._child.wait()
            self._died()
            if code == 0:  # told to end, or another one is at work
                return
            self.ending.wait(AGAIN)

    def kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
