"""What is the state of the database or of its machine is told from what was asked of it: it may pass."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from survey_server.domain import DatabaseError, DatabaseUnavailableError
from survey_server.settings import Settings
from survey_server.storage import prepared
from survey_server.storage.database import Database, as_database_error, open_database
from survey_server.storage.tables import audit
from tests.support.field import prepare_field

NOT_NOW = [
    errors.ReadOnlySqlTransaction, errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow,
    errors.TooManyConnections, errors.DiskFull, errors.IoError, errors.QueryCanceled, errors.LockNotAvailable,
    errors.DataCorrupted, errors.IdleInTransactionSessionTimeout, psycopg.InterfaceError,
]  # fmt: skip
OURS = [errors.UniqueViolation, errors.ForeignKeyViolation, errors.UndefinedTable, errors.NumericValueOutOfRange]


@pytest.mark.parametrize("kind", NOT_NOW)
def test_states_of_postgresql_may_pass(kind: type[Exception]) -> None:
    assert isinstance(as_database_error(kind("x"), psycopg), DatabaseUnavailableError)


@pytest.mark.parametrize("kind", OURS)
def test_mistakes_of_ours_do_not_pass(kind: type[Exception]) -> None:
    assert not isinstance(as_database_error(kind("x"), psycopg), DatabaseUnavailableError)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (sqlite3.DatabaseError("database disk image is malformed"), True),
        (sqlite3.OperationalError("disk I/O error"), True),
        (sqlite3.IntegrityError("UNIQUE constraint failed"), False),
        (sqlite3.DataError("x"), False),
    ],
)
def test_states_of_sqlite(error: Exception, passes: bool) -> None:
    assert isinstance(as_database_error(error, sqlite3), DatabaseUnavailableError) is passes


def test_a_damaged_file_is_unavailable(settings: Settings, sqlite_database: Database, tmp_path: Path) -> None:
    prepare_field(sqlite_database, tmp_path)
    file = sqlite_database.files[0]
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    sqlite_database.release_connections()
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    damaged = open_database(settings)
    try:
        with pytest.raises(DatabaseUnavailableError, match="malformed"), damaged.read() as connection:
            connection.execute(text("SELECT * FROM person")).all()
        with pytest.raises(DatabaseUnavailableError, match="malformed"), damaged.read() as connection:
            prepared.run(connection, "SELECT * FROM person")
        with pytest.raises(DatabaseUnavailableError, match="malformed"):
            damaged.write(lambda connection: connection.execute(text("UPDATE person SET name = 'x'")))
    finally:
        damaged.close()


def test_a_read_only_postgresql_is_unavailable_for_writes_and_is_read(database: Database) -> None:
    set_read_only = "PRAGMA query_only=ON" if database.is_sqlite else "SET default_transaction_read_only = on"
    with database.writing_engine.connect() as connection:
        connection.exec_driver_sql(set_read_only)
        connection.commit()
    with pytest.raises(DatabaseUnavailableError):
        database.write(lambda connection: connection.execute(text("DELETE FROM session")))
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM session")).scalar_one() == 0


def test_a_violated_rule_is_not_taken_for_an_outage(database: Database) -> None:
    with pytest.raises(DatabaseError) as refused:
        database.write(lambda connection: connection.execute(insert(audit).values(action=None)))
    assert not isinstance(refused.value, DatabaseUnavailableError)
    assert isinstance(refused.value.__cause__, IntegrityError)
