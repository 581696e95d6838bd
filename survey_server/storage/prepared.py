"""Statements of receiving, compiled once and passed to the driver without SQLAlchemy.

Receiving runs six small statements; SQLAlchemy's own work for each costs more than the database's.
Values must be of types that both drivers take: str, bytes, int, float, bool, None; `column_types` are converted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, ColumnClause, Connection, Insert, Select, Update, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

Names = tuple[str, ...] | None
Convert = Callable[[Any], Any]
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
            sql, names, bind, convert = _selecting(statement, column, size, connection.dialect)
            bound = [bind(text) for text in some]
            values = {f"wanted{index}": bound[min(index, len(some) - 1)] for index in range(size)}
            cursor.execute(sql, values if names is None else [values[name] for name in names])
            yield from map(convert, cursor.fetchall())


@lru_cache(maxsize=64)
def _inserting(
    statement: Insert, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, Callable[[tuple[Any, ...]], Any] | None]:
    """The SQL, and what makes its parameters of a row; None where the row is its own parameters."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names = _names(compiled)
    convert = _converter([_bind_processor(statement.table.c[name], dialect) for name in columns])
    if names is None:
        return str(compiled), lambda row: dict(zip(columns, convert(row), strict=True))
    if names == columns:
        return str(compiled), None if convert is tuple else convert
    order = itemgetter(*(columns.index(name) for name in names))
    return str(compiled), lambda row: order(convert(row))


@lru_cache(maxsize=64)
def _updating(statement: Update, dialect: Dialect) -> tuple[str, Names]:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), _names(compiled)


@lru_cache(maxsize=64)
def _selecting(
    statement: Select[Any], column: Column[str], size: int, dialect: Dialect
) -> tuple[str, Names, Convert, Callable[[Sequence[Any]], tuple[Any, ...]]]:
    """The SQL, its parameters in their order, what converts a wanted text and what converts a row."""
    given = [bindparam(f"wanted{index}", type_=column.type) for index in range(size)]
    compiled = statement.where(column.in_(given)).compile(dialect=dialect)
    bind = _bind_processor(column, dialect) or _unchanged
    results = [
        each.type.result_processor(dialect, None) if isinstance(each.type, TypeDecorator) else None
        for each in statement.selected_columns
    ]
    return str(compiled), _names(compiled), bind, _converter(results)


def _bind_processor(column: ColumnClause[Any], dialect: Dialect) -> Convert | None:
    """Of `column_types` only: both drivers take what the other columns hold."""
    return column.type.bind_processor(dialect) if isinstance(column.type, TypeDecorator) else None


def _converter(processors: Sequence[Convert | None]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """What converts a row of as many values."""
    changed = [(position, process) for position, process in enumerate(processors) if process is not None]
    if not changed:
        return tuple

    def convert(row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for position, process in changed:
            values[position] = process(values[position])
        return tuple(values)

    return convert


def _unchanged(value: Any) -> Any:
    return value


def _names(compiled: Any) -> Names:
    """The parameters in their order where the driver takes them so; None where it takes them by name."""
    return tuple(compiled.positiontup) if compiled.positional else None


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()
