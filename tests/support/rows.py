"""All rows of a database in memory, to be inserted into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from survey_server.storage.database import Database
from survey_server.storage.tables import metadata

T = TypeVar("T")
TABLES = [table.name for table in metadata.sorted_tables]  # each after those that it refers to


@dataclass(frozen=True, slots=True)
class Rows:
    """`inserts`: statements of the driver, each with its rows. `sequences`: PostgreSQL's, with their last values."""

    inserts: list[tuple[str, list[tuple[Any, ...]]]]
    sequences: list[tuple[str, int]]


# By the name of what was prepared and the kind of database: its rows, and what the preparation returned.
_PREPARED: dict[tuple[str, str], tuple[Rows, Any]] = {}


def prepare_once(database: Database, name: str, prepare: Callable[[], T]) -> T:
    """What `prepare` returns, which fills the database. After the first time in a process, an empty database gets the
    rows of that time instead, and that time's result is returned: it may hold nothing of that database but ids.

    `name`: names what is prepared; the same wherever the same is.
    """
    with database.read() as connection:
        if not is_empty(connection):
            return prepare()
    key = name, database.engine.dialect.name
    if key not in _PREPARED:
        result = prepare()
        with database.read() as connection:
            _PREPARED[key] = read_rows(connection), result
        return result
    rows, result = _PREPARED[key]
    database.write(lambda connection: insert_rows(connection, rows))
    return result


def is_empty(connection: Connection) -> bool:
    found = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in TABLES)
    return not connection.exec_driver_sql(f"SELECT {found}").scalar_one()


def read_rows(connection: Connection) -> Rows:
    inserts = []
    for table in TABLES:
        found = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
        rows = [tuple(row) for row in found]
        if rows:
            columns = ", ".join(map('"{}"'.format, found.keys()))
            inserts.append((f'INSERT INTO "{table}" ({columns}) VALUES ({_places(connection, len(rows[0]))})', rows))
    return Rows(inserts, _sequences(connection))


def insert_rows(connection: Connection, rows: Rows) -> None:
    for insert, values in rows.inserts:
        connection.exec_driver_sql(insert, values)
    for name, last in rows.sequences:
        connection.exec_driver_sql("SELECT setval(%s, %s)", (name, last))


def _places(connection: Connection, how_many: int) -> str:
    place = "?" if connection.dialect.name == "sqlite" else "%s"
    return ", ".join([place] * how_many)


def _sequences(connection: Connection) -> list[tuple[str, int]]:
    if connection.dialect.name == "sqlite":
        return []
    drawn = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
    return [(name, last) for name, last in connection.exec_driver_sql(drawn)]
