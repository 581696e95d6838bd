"""SQLite's log goes back into its file in the background."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from survey_server.settings import Settings
from survey_server.storage import checkpoints
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import meta
from tests.support.writing import wait_until

MAX_PAGES = 20
_numbers = itertools.count()


@pytest.fixture
def ours(sqlite_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """As a server opens it; its log is looked at many times a second."""
    monkeypatch.setattr(checkpoints, "INTERVAL", 0.01)
    monkeypatch.setattr(checkpoints, "MAX_PAGES", MAX_PAGES)
    database = open_database(settings)
    yield database
    database.close()


def put_page(database: Database) -> None:
    database.write(lambda connection: _put(connection))


def _put(connection: Connection) -> Any:
    return connection.execute(insert(meta).values(key=f"page{next(_numbers)}", value="x" * 4096))


def log_size(database: Database) -> int:
    return database.files[1].stat().st_size


@pytest.mark.slow
def test_a_log_begins_at_its_start_again_while_writes_go_on(ours: Database) -> None:
    """A log that never did would hold a frame of each page that was ever written."""
    page, pages_written = 4096, 0

    def has_begun_again() -> bool:
        nonlocal pages_written
        put_page(ours)
        pages_written += 1
        return pages_written > 100 and log_size(ours) < pages_written * page

    wait_until(has_begun_again)


def test_no_thread_opens_a_connection_after_they_were_released(ours: Database) -> None:
    """`serve` forks its workers then, and a connection of SQLite may not be open."""
    put_page(ours)
    ours.release_connections()
    assert ours.engine.pool.status().startswith("Pool size: 40  Connections in pool: 0 ")
    assert ours.writing_engine.pool.status().startswith("Pool size: 1  Connections in pool: 0 ")
    assert ours._checkpointer is None
    put_page(ours)


def test_a_failed_checkpoint_is_tried_again(
    ours: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []
    write_back = checkpoints._write_back

    def fail_once(connection: Any) -> int:
        tries.append(connection)
        if len(tries) == 1:
            raise OSError("the disk says no")
        return write_back(connection)

    monkeypatch.setattr(checkpoints, "_write_back", fail_once)
    put_page(ours)
    wait_until(lambda: len(tries) > 1)
    assert "cannot be written back" in caplog.text
