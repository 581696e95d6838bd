"""Statements of receiving, compiled once and passed to the driver without SQLAlchemy.

Receiving runs six small statements; SQLAlchemy's own work for each costs more than the database's.
Values must be of types that both drivers take: str, int, float, bool, None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Insert, Select, Update, bindparam
from sqlalchemy.engine import Dialect

Names = tuple[str, ...] | None
MAX_TEXTS = 512  # of one statement: SQLite may be built for 999 parameters


def run(connection: Connection, sql: str) -> None:
    """A statement without parameters and without rows."""
    with closing(_cursor(connection)) as cursor:
        cursor.execute(sql)


def insert_all(
    connection: Connection, statement: Insert, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, each with a value for each of the columns."""
    if not rows:
        return
    sql, bind = _inserting(statement, columns, connection.dialect)
    with closing(_cursor(connection)) as cursor:
        cursor.executemany(sql, rows if bind is None else [bind(row) for row in rows])


def execute_all(connection: Connection, statement: Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement with the parameters of each row, by name."""
    if not rows:
        return
    sql, names = _updating(statement, connection.dialect)
    with closing(_cursor(connection)) as cursor:
        cursor.executemany(sql, rows if names is None else [[row[name] for name in names] for row in rows])


def select_in(
    connection: Connection, statement: Select[Any], column: Column[str], wanted: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    """The statement's rows, as plain tuples, in which the column is one of these texts.

    The statement itself may hold no parameters.
    """
    texts = list(wanted)
    with closing(_cursor(connection)) as cursor:
        for start in range(0, len(texts), MAX_TEXTS):
            some = texts[start : start + MAX_TEXTS]
            size = 1 << (len(some) - 1).bit_length()  # a few lengths, so a few statements; the last text fills up
            values = {f"wanted{index}": some[min(index, len(some) - 1)] for index in range(size)}
            sql, names = _selecting(statement, column, size, connection.dialect)
            cursor.execute(sql, values if names is None else [values[name] for name in names])
            yield from cursor.fetchall()


@lru_cache(maxsize=64)
def _inserting(
    statement: Insert, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, Callable[[tuple[Any, ...]], Any] | None]:
    """The SQL, and what makes its parameters of a row; None where the row is its own parameters."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names = _names(compiled)
    if names is None:
        return str(compiled), lambda row: dict(zip(columns, row, strict=True))
    if names == columns:
        return str(compiled), None
    return str(compiled), itemgetter(*(columns.index(name) for name in names))


@lru_cache(maxsize=64)
def _updating(statement: Update, dialect: Dialect) -> tuple[str, Names]:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), _names(compiled)


@lru_cache(maxsize=64)
def _selecting(statement: Select[Any], column: Column[str], size: int, dialect: Dialect) -> tuple[str, Names]:
    given = [bindparam(f"wanted{index}", type_=column.type) for index in range(size)]
    compiled = statement.where(column.in_(given)).compile(dialect=dialect)
    return str(compiled), _names(compiled)


def _names(compiled: Any) -> Names:
    """The parameters in their order where the driver takes them so; None where it takes them by name."""
    return tuple(compiled.positiontup) if compiled.positional else None


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()
