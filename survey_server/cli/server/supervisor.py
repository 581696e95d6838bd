"""A process beside the server: started again however it ended, and ended with the server, however that ends."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Event, Thread
from typing import Self

from survey_server.parent_process import STOP_TIMEOUT

_log = logging.getLogger(__name__)
RESTART_INTERVAL = 3.0  # seconds between an end and the next start


class ProcessSupervisor:
    """Runs a verb of this program in a process of its own, from `start` to the end of the block.

    The verb gets `--parent PID`. At the end it is asked to finish, and killed STOP_TIMEOUT later.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self._command = [sys.executable, "-m", "survey_server.cli", *arguments, "--parent", str(os.getpid())]
        self._stopping = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._run, name=f"supervisor-of-{arguments[0]}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
            self._thread.join(STOP_TIMEOUT)
            if self._thread.is_alive():
                self._process.kill()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._process = subprocess.Popen(self._command)
            except OSError as error:  # no memory or no processes now
                _log.error("%s cannot be started now; trying again: %s", self._thread.name, error)
                self._stopping.wait(RESTART_INTERVAL)
                continue
            if self._stopping.is_set():  # set meanwhile: `__exit__` may not have seen this process
                self._process.terminate()
            self._process.wait()
            self._stopping.wait(RESTART_INTERVAL)
