"""Charts are drawn again after the publisher is killed and after the database drops its connections."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from survey_server.domain import ChartKey
from survey_server.services import published_charts as published
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive
from tests.support.server import RunningServer

pytestmark = pytest.mark.slow
MAX_LENGTH = 120.0  # a machine that does other things as well


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


@pytest.fixture
def server(settings: Settings, database: Database, field: Field) -> Iterator[RunningServer]:
    url = database.engine.url.render_as_string(hide_password=False)
    running = RunningServer(settings.data_dir, database_url=url)
    running.start()
    yield running
    running.kill()


def test_charts_go_on_after_a_kill_and_after_lost_connections(
    server: RunningServer, database: Database, field: Field
) -> None:
    receive(database, surveyor_of(field), [row(body(field))])
    before = wait_for(lambda: drawn(database), lambda revision: revision > 0)

    os.kill(publisher_of(server.pid), signal.SIGKILL)
    if not database.is_sqlite:
        drop_connections(database)
    receive(database, surveyor_of(field), [row(body(field))])
    wait_for(lambda: drawn(database), lambda revision: revision > before)

    if not database.is_sqlite:
        drop_connections(database)
        receive(database, surveyor_of(field), [row(body(field))])
        wait_for(lambda: drawn(database), lambda revision: revision > before + 1)


def drawn(database: Database) -> int:
    return published.read_page(database, ChartKey("r1", "country", "VN"), "VN").revision


def publisher_of(server_pid: int) -> int:
    def children() -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                is_child = f"PPid:\t{server_pid}\n" in (process / "status").read_text()
                if is_child and b"publisher" in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    return wait_for(children, bool)[0]


def drop_connections(database: Database) -> None:
    """Close all connections, as a restart of the database does."""
    own = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    with database.engine.connect() as connection:
        connection.execute(text(f"{own} and pid <> pg_backend_pid()"))
    database.engine.dispose()


def wait_for(look: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
    deadline = time.monotonic() + MAX_LENGTH
    while not is_right(found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
