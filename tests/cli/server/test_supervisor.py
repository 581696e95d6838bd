"""A process beside the server is started again also where the machine could not start it."""

from __future__ import annotations

import subprocess
import sys
from threading import Event

import pytest

from survey_server.cli.server import supervisor
from survey_server.cli.server.supervisor import ProcessSupervisor


def test_a_process_that_cannot_be_started_now_is_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    start, attempts, started = subprocess.Popen, [0], Event()

    def refuse_twice(_command: object) -> subprocess.Popen[bytes]:
        attempts[0] += 1
        if attempts[0] < 3:
            raise BlockingIOError("no more processes")
        started.set()
        return start([sys.executable, "-c", "import time; time.sleep(60)"])

    monkeypatch.setattr(supervisor, "RESTART_INTERVAL", 0.01)
    monkeypatch.setattr(supervisor.subprocess, "Popen", refuse_twice)
    with ProcessSupervisor(["publisher"]) as running:
        running.start()
        assert started.wait(20)
    assert attempts[0] == 3
