"""Copies of a whole database as an SQLite file: one format of backup for both kinds of database."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, bindparam, insert, inspect, select, update

from survey_server.durable import flush
from survey_server.storage.database import Database
from survey_server.storage.engine import sqlite_driver
from survey_server.storage.migrate import migrate
from survey_server.storage.tables import metadata

BATCH = 1_000  # rows
STEP_PAGES = 1_000  # of an SQLite file, 4 MiB: flushed in some 20 ms
MAX_PAUSE = 0.5  # seconds


def open_copy(copy: Path) -> Database:
    return Database(f"sqlite:///{copy}")


def write_copy(database: Database, copy: Path) -> None:
    """Copy a database as it is at one moment, while others may write to it."""
    if database.is_sqlite:
        _copy_file(Path(database.engine.url.database or ""), copy)
        return
    with closing(open_copy(copy)) as other:
        migrate(other)
        with database.read() as source:
            other.write(lambda target: _copy_rows(source, target))


def table_names(connection: Connection) -> list[str]:
    """The tables that are there, whoever made them."""
    return inspect(connection).get_table_names()


def fill_from_copy(database: Database, copy: Path) -> None:
    """Make the tables in an empty PostgreSQL database and fill them. The copy may be older than this program."""
    with closing(open_copy(copy)) as opened:
        migrate(opened)
        migrate(database)
        with opened.read() as source:
            database.write(lambda target: _copy_rows(source, target))
        database.write(_restart_sequences)


def _copy_file(source: Path, copy: Path) -> None:
    """Copy an SQLite file a step at a time, within one read transaction: without it each write of others would begin
    the copy again. Each step is flushed, and followed by a pause: a file flushed as a whole holds up the commits of the
    uploads for seconds."""
    driver = sqlite_driver()
    with (
        closing(driver.connect(str(source), isolation_level=None)) as file,
        closing(driver.connect(str(copy))) as target,
    ):
        file.execute("BEGIN")
        file.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot begins with the first read
        target.execute("PRAGMA synchronous=OFF")  # `pace` flushes
        pace = Pace(copy)
        file.backup(target, pages=STEP_PAGES, progress=lambda *_: pace.flush(), sleep=0)
        file.execute("COMMIT")


class Pace:
    """Flushes what is written to a file, and rests as long as that took."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began = time.monotonic()

    def flush(self) -> None:
        flush(self._path)
        time.sleep(min(time.monotonic() - self._began, MAX_PAUSE))
        self._began = time.monotonic()


def _copy_rows(source: Connection, target: Connection) -> None:
    """By primary key. What refers to a row of the same table, as a locality does to its parent, is set once all rows of
    the table are there: no order of theirs would always do."""
    for table in metadata.sorted_tables:
        own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
        ordered = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
        with source.execute(ordered) as rows:
            for batch in rows.mappings().partitions(BATCH):
                target.execute(insert(table), [{**row, **dict.fromkeys(own)} for row in batch])
        for name in own:
            _copy_references(source, target, table, name)


def _copy_references(source: Connection, target: Connection, table: Table, name: str) -> None:
    (key,) = table.primary_key.columns
    wanted = select(key.label("row_key"), table.c[name].label("reference")).where(table.c[name].is_not(None))
    change = update(table).where(key == bindparam("row_key")).values({name: bindparam("reference")})
    with source.execute(wanted.execution_options(yield_per=BATCH)) as rows:
        for batch in rows.mappings().partitions(BATCH):
            target.execute(change, [dict(row) for row in batch])


def _restart_sequences(connection: Connection) -> None:
    """Let PostgreSQL's sequences go on after the numbers that the rows brought along."""
    for table in metadata.sorted_tables:
        (first, *others) = table.primary_key.columns
        if not others and first.autoincrement is not False and first.type.python_type is int:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{first.name}'), "  # noqa: S608  our own names
                f"(SELECT coalesce(max({first.name}), 0) + 1 FROM {table.name}), false)"
            )
