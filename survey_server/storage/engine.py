"""How a connection is opened, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from survey_server.settings import unusable_database_url

BUSY_TIMEOUT_MS = 10_000
# Pages of the log before they are written back, 16 MiB: ids are random, so each response touches another page of their
# index; written back seldom, such a page goes back once for several of them. More pages gain nothing further.
LOG_PAGES = 4_000
STATEMENT_TIMEOUT_MS = 60_000
READERS = 40
POSTGRES_READERS = 24  # a process; PostgreSQL itself allows 100 at first, for all of them


def make_engine(url: str) -> Engine:
    """Raises SettingsError where the URL cannot be read."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise unusable_database_url() from error
    return _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else _postgres_engine(parsed)


def sqlite_driver() -> ModuleType:
    """pysqlite3 bundles an SQLite without the WAL-reset fault; elsewhere Python's own, and `doctor` says so."""
    if sys.platform == "linux":
        from pysqlite3 import dbapi2
    else:
        from sqlite3 import dbapi2  # type: ignore[no-redef]
    driver: ModuleType = dbapi2
    return driver


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for another database."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def database_files(url: URL) -> list[Path]:
    """The file of an SQLite database, its log and the log's index; none where it is no file."""
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or not name or name.startswith((":", "file:")):
        return []
    return [Path(f"{name}{ending}") for ending in ("", "-wal", "-shm")]


def _make_private(url: URL) -> None:
    """Make a new database's file readable by its owner alone: it will hold private keys, password hashes and answers.
    SQLite would let everyone read it; it gives the log the mode of the file. What cannot be made, SQLite will say."""
    for path in database_files(url)[:1]:
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _sqlite_engine(url: URL) -> Engine:
    _make_private(url)
    engine = create_engine(
        url,
        module=sqlite_driver(),
        # The driver's own transactions leave debris when a migration is killed: ours are explicit.
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000},
        pool_size=READERS,
        max_overflow=0,
        pool_use_lifo=True,  # the few that are needed stay warm; each has a cache of its own
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        for pragma in (
            "synchronous=FULL",  # NORMAL lost acknowledged rows in a power cut
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"wal_autocheckpoint={LOG_PAGES}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=POSTGRES_READERS,
        max_overflow=0,
        pool_use_lifo=True,
        connect_args={
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000"
            " -c timezone=UTC"
        },
    )
