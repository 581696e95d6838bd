"""The processes that draw: replaced, ended when idle or with their publisher, and below others in priority."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from survey_server.pipeline import drawing_pool, limits
from survey_server.pipeline.publisher import Publisher
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import Field
from tests.support.publishing import COUNTRY, all_ahead_is_drawn, environment, is_drawn, run_until_true, verb, wait_for

pytestmark = pytest.mark.slow


def test_a_drawing_process_that_is_killed_is_replaced(sqlite_database: Database, publisher: Publisher) -> None:
    run_until_true(publisher, lambda: bool(publisher._pool.processes()))
    killed = publisher._pool.processes()[0]
    killed.kill()
    run_until_true(publisher, lambda: is_drawn(sqlite_database, COUNTRY))


def test_drawing_processes_end_when_there_is_nothing_to_draw(
    sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database))
    pids = [each.pid for each in publisher._pool.processes()]
    assert pids
    monkeypatch.setattr(drawing_pool, "IDLE_TIMEOUT", 0.0)
    run_until_true(publisher, lambda: not publisher._pool.processes())
    wait_for(lambda: not any(is_running(pid) for pid in pids if pid is not None))


def test_drawing_processes_end_with_a_killed_publisher(settings: Settings, field: Field) -> None:
    with subprocess.Popen(verb(), env=environment(settings)) as running:
        wait_for(lambda: len(drawing_processes(settings)) > 2)  # the fork server, multiprocessing's tracker, a worker
        running.kill()
    wait_for(lambda: not drawing_processes(settings))


def test_all_but_the_writing_of_rows_leaves_the_processor_to_others(
    settings: Settings, sqlite_database: Database, field: Field
) -> None:
    with subprocess.Popen(verb(), env=environment(settings)) as running:
        wait_for(lambda: len(drawing_processes(settings)) > 2)
        threads = sorted(int(each.name) for each in Path(f"/proc/{running.pid}/task").iterdir())
        priorities = {thread: os.getpriority(os.PRIO_PROCESS, thread) for thread in threads}
        of_drawing = {os.getpriority(os.PRIO_PROCESS, pid) for pid in drawing_processes(settings)}
        running.kill()
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert priorities.pop(running.pid) == limits.NICENESS
    assert own in priorities.values()  # the thread that writes
    assert of_drawing == {limits.NICENESS}


def drawing_processes(settings: Settings) -> list[int]:
    """Every process with this data directory in its environment but the publisher itself."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_own = f"SURVEY_DATA_DIR={settings.data_dir}".encode() in (process / "environ").read_bytes()
            if is_own and b"multiprocessing" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def is_running(pid: int) -> bool:
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False
