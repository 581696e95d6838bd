"""What the database itself says about its own soundness."""

from __future__ import annotations

from sqlalchemy import Connection

from survey_server.storage.engine import sqlite_driver

# SQLite below this may lose rows when several connections reset the write-ahead log.
MIN_SQLITE_VERSION = (3, 51, 3)


def file_damage(connection: Connection) -> str | None:
    """The first damage that SQLite finds in its file; None where it finds none."""
    message = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
    return None if message == "ok" else message


def tables_with_broken_references(connection: Connection) -> list[str]:
    """For each row of an SQLite database that refers to a row that is not there, its table."""
    return [row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]


def is_in_wal_mode(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal")


def server_encoding(connection: Connection) -> str:
    """Of a PostgreSQL database."""
    return str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())


def outdated_sqlite() -> str | None:
    """The version of an SQLite with the fault of the write-ahead log; None where it is fixed."""
    driver = sqlite_driver()
    return driver.sqlite_version if driver.sqlite_version_info < MIN_SQLITE_VERSION else None
