"""Two web processes: a session that ends in one ends in the other."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from survey_server.domain.people import Role
from survey_server.services.people import add_person
from survey_server.services.sign_in import sign_in, sign_out
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.processes import wait_for, workers_of
from tests.support.server import RunningServer

pytestmark = pytest.mark.slow
MANY = 12  # connections: enough that both processes have some
PASSWORD = "mot mat khau du dai"


@pytest.fixture
def server(settings: Settings, sqlite_database: Database) -> Iterator[RunningServer]:
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.ADMIN, password=PASSWORD)
    running = RunningServer(settings.data_dir, publisher=False, processes=2)
    running.start()
    yield running
    running.kill()


def test_a_session_that_ended_opens_nothing_in_either(server: RunningServer, sqlite_database: Database) -> None:
    token = sign_in(sqlite_database, "lan", PASSWORD, "127.0.0.1")
    with ExitStack() as stack:
        connections = wait_for(lambda: connect_to_both(stack, server))
        assert [status(each, token) for each in connections] == [200] * MANY
        sign_out(sqlite_database, token)
        assert [status(each, token) for each in connections] == [302] * MANY


def connect_to_both(stack: ExitStack, server: RunningServer) -> list[http.client.HTTPConnection]:
    """Connections, at least three to each of the two processes; an empty list where one of them got fewer."""
    before = [open_sockets(pid) for pid in workers_of(server.pid)]
    connections = [
        stack.enter_context(closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)))
        for _ in range(MANY)
    ]
    assert all(status(each) == 302 for each in connections)
    gained = [open_sockets(pid) - had for pid, had in zip(workers_of(server.pid), before, strict=True)]
    return connections if len(gained) == 2 and min(gained) >= 3 else []


def status(connection: http.client.HTTPConnection, token: str = "") -> int:
    connection.request("GET", "/people", headers={"Cookie": f"survey_session={token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def open_sockets(pid: int) -> int:
    return sum(str(each.readlink()).startswith("socket:") for each in Path(f"/proc/{pid}/fd").iterdir())
