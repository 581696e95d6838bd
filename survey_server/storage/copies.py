"""Copies of a whole database as an SQLite file: one format of backup for both kinds of database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select

from survey_server.storage.database import Database
from survey_server.storage.engine import sqlite_driver
from survey_server.storage.migrate import migrate
from survey_server.storage.tables import metadata

BATCH = 1_000  # rows


def open_copy(copy: Path) -> Database:
    return Database(f"sqlite:///{copy}")


def write_copy(database: Database, copy: Path) -> None:
    """Copy a database as it is at one moment, while others may write to it."""
    if database.is_sqlite:
        source_file, driver = database.engine.url.database or "", sqlite_driver()
        with closing(driver.connect(source_file)) as file, closing(driver.connect(str(copy))) as target_file:
            file.backup(target_file, pages=-1)  # copied page by page, it would never end under load
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


def _copy_rows(source: Connection, target: Connection) -> None:
    """By primary key: a locality refers to its parent, which was added before it."""
    for table in metadata.sorted_tables:
        ordered = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
        with source.execute(ordered) as rows:
            for batch in rows.mappings().partitions(BATCH):
                target.execute(insert(table), [dict(row) for row in batch])


def _restart_sequences(connection: Connection) -> None:
    """Let PostgreSQL's sequences go on after the numbers that the rows brought along."""
    for table in metadata.sorted_tables:
        (first, *others) = table.primary_key.columns
        if not others and first.autoincrement is not False and first.type.python_type is int:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{first.name}'), "  # noqa: S608  our own names
                f"(SELECT coalesce(max({first.name}), 0) + 1 FROM {table.name}), false)"
            )
