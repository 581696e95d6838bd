from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, inspect, select
from sqlalchemy.exc import (
    DatabaseError as SQLDatabaseError,
    OperationalError,
    ProgrammingError,
    TimeoutError as PoolTimeoutError,
)

from survey_server.domain.errors import DatabaseError, DatabaseUnavailableError
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import MIGRATIONS, is_current, migrate, newest
from survey_server.storage.tables import meta, metadata
from tests.support.writing import held_writer, wait_until


def _put(key: str, value: str = "x"):
    return lambda connection: connection.execute(insert(meta).values(key=key, value=value))


def _keys(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(select(meta.c.key)).scalars())


@pytest.mark.slow
def test_migrations_create_the_tables_of_the_code(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert is_current(connection)


def test_migrations_create_the_partial_indexes_of_the_code(database: Database) -> None:
    in_code = {index.name: index.info.get("where") for table in metadata.tables.values() for index in table.indexes}
    with database.engine.connect() as connection:
        found = inspect(connection).get_multi_indexes()
    conditions = {
        index["name"]: str(where).strip("()")
        for indexes in found.values()
        for index in indexes
        for option, where in index.get("dialect_options", {}).items()
        if option.endswith("_where")
    }
    assert conditions == {name: where for name, where in in_code.items() if where is not None}


def test_the_newest_migration_is_alembic_s_head() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == newest()


def test_an_empty_database_is_not_current(settings: Settings) -> None:
    empty = open_database(settings)
    with empty.read() as connection:
        assert not is_current(connection)
    empty.close()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    database.write(_put("kept"))
    migrate(database)
    assert _keys(database) == {"kept"}


def test_a_failed_write_rolls_back_only_itself(database: Database) -> None:
    gate = threading.Event()

    def slow(connection: Connection) -> None:
        gate.wait(10)
        _put("first")(connection)

    def failing(connection: Connection) -> None:
        _put("halfway")(connection)
        raise ValueError("meant")

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(database.write, slow)
        bad = threads.submit(database.write, failing)
        twice = threads.submit(database.write, _put("first"))
        good = threads.submit(database.write, _put("good"))
        gate.set()
        first.exception()
        with pytest.raises(ValueError, match="meant"):
            bad.result()
        assert good.exception() is None
        outcomes = [first.exception(), twice.exception()]
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert _keys(database) == {"first", "good"}


def test_waiting_writes_of_one_kind_run_together(database: Database) -> None:
    calls: list[list[str]] = []

    def put_all(connection: Connection, keys: Sequence[str]) -> list[str]:
        calls.append(list(keys))
        for key in keys:
            _put(key)(connection)
            if key == "bad":
                raise ValueError("meant")
        return [key.upper() for key in keys]

    with ThreadPoolExecutor(6) as threads, held_writer(database) as in_line:
        waiting = [in_line(threads, database.write_joined, put_all, key) for key in ("a", "b")]
        between = in_line(threads, database.write, _put("between"))
        later = [in_line(threads, database.write_joined, put_all, key) for key in ("c", "bad")]
    assert [each.result() for each in waiting] == ["A", "B"]
    assert between.exception() is None
    assert later[0].result() == "C"
    with pytest.raises(ValueError, match="meant"):
        later[1].result()
    assert calls == [["a", "b"], ["c", "bad"], ["c"], ["bad"]]
    assert _keys(database) == {"a", "b", "between", "c"}


@pytest.mark.slow
def test_writes_of_many_threads_are_all_stored(database: Database) -> None:
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda i: database.write(_put(f"{i:03}")), range(200)))
    assert len(_keys(database)) == 200


def test_a_read_is_one_snapshot(database: Database) -> None:
    with database.read() as connection:
        count = select(func.count()).select_from(meta)
        before = connection.execute(count).scalar_one()
        database.write(_put("meanwhile"))
        assert connection.execute(count).scalar_one() == before
    assert _keys(database) == {"meanwhile"}


def test_sqlite_is_durable_and_in_wal_mode(settings: Settings, sqlite_database: Database) -> None:
    ours = open_database(settings)  # as a server opens it; the one of the tests waits for no disk
    with ours.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    ours.close()


def test_a_closed_database_refuses_writes(sqlite_database: Database) -> None:
    sqlite_database.close()
    with pytest.raises(DatabaseUnavailableError):
        sqlite_database.write(_put("late"))


def test_a_write_within_a_write_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(RuntimeError, match="within"):
        sqlite_database.write(lambda _connection: sqlite_database.write(_put("inner")))


@pytest.mark.slow
def test_writers_of_several_nodes_take_turns(database: Database, settings: Settings) -> None:
    """What is decided by looking and then writing holds on every node: one write begins after the other has ended."""
    url = database.engine.url.render_as_string(hide_password=False)
    other = open_database(dataclasses.replace(settings, database_url=url))
    first, second = threading.Event(), threading.Event()

    def look_then_write(_: Connection) -> bool:
        first.set()
        return second.wait(0.5)

    try:
        with ThreadPoolExecutor(2) as threads:
            overlapped = threads.submit(database.write, look_then_write)
            assert first.wait(10)
            later = threads.submit(other.write, lambda _: second.set())
            assert not overlapped.result(timeout=20)
            later.result(timeout=20)
            assert second.is_set()
    finally:
        other.close()


class CountedQueue(SimpleQueue[Any]):
    puts = 0

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self.puts += 1


def test_what_arrives_while_another_node_flushes_shares_the_next_commit(database: Database, settings: Settings) -> None:
    """A slow disk: while one node's flush lasts, the writes of another gather, and one flush serves them all."""
    url = database.engine.url.render_as_string(hide_password=False)
    other = open_database(dataclasses.replace(settings, database_url=url))
    flushing, end = threading.Event(), threading.Event()
    commits: list[Connection] = []
    queue = database._waiting = CountedQueue()

    def flush_slowly(_: Connection) -> None:
        flushing.set()
        assert end.wait(20)

    def note_commit(connection: Connection) -> None:
        commits.append(connection)

    event.listen(other.writing_engine, "commit", flush_slowly)
    event.listen(database.writing_engine, "commit", note_commit)
    try:
        with ThreadPoolExecutor(12) as threads:
            slow = threads.submit(other.write, _put("slow"))
            assert flushing.wait(10)
            waiting = [threads.submit(database.write, _put("w00"))]
            wait_until(lambda: queue.puts == 1 and not queue.qsize())  # its writer waits for the other node
            waiting += [threads.submit(database.write, _put(f"w{index:02}")) for index in range(1, 10)]
            wait_until(lambda: queue.puts == 10)
            assert not commits
            end.set()
            for each in (slow, *waiting):
                each.result(timeout=20)
        assert len(commits) == 1
    finally:
        event.remove(database.writing_engine, "commit", note_commit)
        other.close()
    assert len(_keys(database)) == 11


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (OperationalError("SELECT 1", {}, Exception("disk I/O error")), DatabaseUnavailableError),
        (PoolTimeoutError("no connection is free"), DatabaseUnavailableError),
        (SQLDatabaseError("SELECT 1", {}, Exception("database disk image is malformed")), DatabaseUnavailableError),
        (ProgrammingError("SELECT 1", {}, Exception("no such column")), DatabaseError),
    ],
)
def test_errors_of_sqlalchemy_leave_a_read_as_errors_that_every_layer_knows(
    sqlite_database: Database, failure: Exception, raised: type[Exception]
) -> None:
    with pytest.raises(DatabaseError) as caught, sqlite_database.read():
        raise failure
    assert type(caught.value) is raised
    assert "SELECT" not in str(caught.value)


def test_a_constraint_that_a_write_violates_is_a_database_error(sqlite_database: Database) -> None:
    sqlite_database.write(_put("one"))
    with pytest.raises(DatabaseError, match="UNIQUE") as caught:
        sqlite_database.write(_put("one"))
    assert not isinstance(caught.value, DatabaseUnavailableError)


def test_no_write_returns_before_its_commit(database: Database) -> None:
    """The flush of the disk happens in the commit: where it fails, nothing was promised, and nothing is there."""

    def fail(_: Connection) -> None:
        raise OSError("the disk says no")

    event.listen(database.writing_engine, "commit", fail)
    try:
        with pytest.raises(DatabaseUnavailableError):
            database.write(_put("promised"))
    finally:
        event.remove(database.writing_engine, "commit", fail)
    database.write(_put("kept"))
    assert _keys(database) == {"kept"}


def test_a_write_that_has_not_begun_in_time_is_left_out(sqlite_database: Database) -> None:
    with held_writer(sqlite_database) as in_line, ThreadPoolExecutor(1) as threads:
        late = in_line(threads, partial(sqlite_database.write, timeout=0.01), _put("late"))
        with pytest.raises(DatabaseUnavailableError):
            late.result(timeout=20)
    sqlite_database.write(_put("next"))
    assert _keys(sqlite_database) == {"next"}


@pytest.mark.slow
def test_a_write_that_has_begun_comes_although_its_caller_left(sqlite_database: Database) -> None:
    begun, end = threading.Event(), threading.Event()

    def put(connection: Connection) -> None:
        begun.set()
        assert end.wait(20)
        _put("late")(connection)

    with ThreadPoolExecutor(1) as threads:
        left = threads.submit(sqlite_database.write, put, timeout=0.2)
        assert begun.wait(20)
        with pytest.raises(DatabaseUnavailableError):
            left.result(timeout=20)
        end.set()
    sqlite_database.write(_put("next"))
    assert _keys(sqlite_database) == {"late", "next"}
