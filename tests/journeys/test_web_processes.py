"""Two web processes as one server: what ends in one ends in the other, and neither outlives the first."""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from survey_server.domain.people import Role
from survey_server.services.people import add_person
from survey_server.services.sign_in import sign_in, sign_out
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.server import RunningServer

pytestmark = pytest.mark.slow
MANY = 12  # connections: enough that both processes have some
PASSWORD = "mot mat khau du dai"


@pytest.fixture
def server(settings: Settings, sqlite_database: Database) -> Iterator[RunningServer]:
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.ADMIN, password=PASSWORD)
    running = RunningServer(settings.data_dir, publisher=False, processes=2)
    running.start()
    with ExitStack() as open_:
        assert all_answered(connected(open_, running, MANY))  # so many that the second does not wait for its time
    yield running
    running.kill()


def test_a_session_that_ended_opens_nothing_in_either(server: RunningServer, sqlite_database: Database) -> None:
    beside = wait_for(lambda: web_process_of(server.pid))
    token = sign_in(sqlite_database, "lan", PASSWORD, "127.0.0.1")
    with ExitStack() as open_:
        connections = wait_for(lambda: shared(open_, server, beside))
        assert [status(each, token) for each in connections] == [200] * MANY
        sign_out(sqlite_database, token)
        assert [status(each, token) for each in connections] == [302] * MANY


def test_the_process_beside_is_started_again_and_missed_by_nobody(server: RunningServer) -> None:
    beside = wait_for(lambda: web_process_of(server.pid))
    os.kill(beside, signal.SIGKILL)
    wait_for(lambda: web_process_of(server.pid) != beside)
    with ExitStack() as open_:
        assert [status(each) for each in connected(open_, server, MANY)] == [302] * MANY
    again = wait_for(lambda: web_process_of(server.pid))
    with ExitStack() as open_:
        assert wait_for(lambda: shared(open_, server, again))


def test_nobody_outlives_the_first(server: RunningServer) -> None:
    pid, beside = server.pid, wait_for(lambda: web_process_of(server.pid))
    with ExitStack() as open_:
        wait_for(lambda: shared(open_, server, beside))
        server.kill()
        wait_for(lambda: not is_running(beside) and not is_running(pid), most=10)
    server.start()
    with ExitStack() as open_:
        assert all_answered(connected(open_, server, MANY))


def connected(open_: ExitStack, server: RunningServer, how_many: int) -> list[http.client.HTTPConnection]:
    return [
        open_.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
        for _ in range(how_many)
    ]


def shared(open_: ExitStack, server: RunningServer, beside: int) -> list[http.client.HTTPConnection]:
    """Connections of which the other process has some; none while it is still starting."""
    connections = connected(open_, server, MANY)
    if all_answered(connections) and sockets_of(beside) > MANY / 3:
        return connections
    for connection in connections:
        connection.close()
    return []


def status(connection: http.client.HTTPConnection, token: str = "") -> int:
    connection.request("GET", "/people", headers={"Cookie": f"survey_session={token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def all_answered(connections: list[http.client.HTTPConnection]) -> bool:
    return all(status(each) == 302 for each in connections)


def web_process_of(server_pid: int) -> int | None:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_child = f"PPid:\t{server_pid}\n" in (process / "status").read_text()
            if is_child and b"web-process" in (process / "cmdline").read_bytes() and sockets_of(int(process.name)):
                return int(process.name)
        except OSError:
            continue
    return None


def sockets_of(pid: int) -> int:
    try:
        return sum(str(each.readlink()).startswith("socket:") for each in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}/fd").exists() and sockets_of(pid) > 0


def wait_for(look: Callable[[], Any], most: float = 60.0) -> Any:
    deadline = time.monotonic() + most
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
