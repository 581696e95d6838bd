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
# Pages of the write-ahead log, 48 MiB, at which a commit writes them back itself: more than `checkpoints` leaves there.
MAX_LOG_PAGES = 12_000
MAX_LOG_BYTES = 64 << 20  # the log's file is cut to this when it begins at its start again
STATEMENT_TIMEOUT_MS = 60_000
POSTGRES_TIMEOUT = 10  # seconds for a connection, and for a sign of life from the server's machine
MAX_CONNECTIONS = 40  # of a process
MAX_POSTGRES_CONNECTIONS = 24  # of a process; PostgreSQL allows 100 by default, for all processes


def make_engine(url: str, *, connections: int = MAX_CONNECTIONS) -> Engine:
    """`connections`: at most, on SQLite. Raises SettingsError where the URL cannot be read."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise unusable_database_url() from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, connections)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        hide_parameters=True,  # errors must not repeat answers
        pool_size=MAX_POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=POSTGRES_TIMEOUT,
        connect_args={
            "connect_timeout": POSTGRES_TIMEOUT,
            # A network that went silent is noticed: while waiting for an answer, and while sending.
            "keepalives_idle": POSTGRES_TIMEOUT,
            "keepalives_interval": POSTGRES_TIMEOUT // 2,
            "keepalives_count": 2,
            "tcp_user_timeout": POSTGRES_TIMEOUT * 1000,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60000"
            " -c timezone=UTC",
        },
    )


def sqlite_driver() -> ModuleType:
    """pysqlite3, which bundles an SQLite without the WAL-reset bug; where it does not exist, Python's own."""
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
    """Create a new database's file readable by its owner only: it will hold private keys, password hashes and answers.
    SQLite gives the log the mode of the file. Where the file cannot be created, SQLite reports it later."""
    for path in database_files(url)[:1]:
        with suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _sqlite_engine(url: URL, connections: int) -> Engine:
    _make_private(url)
    engine = create_engine(
        url,
        module=sqlite_driver(),
        # Explicit transactions: those of the driver leave partial changes when a migration is killed.
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000},
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,  # few connections are used, so that their caches stay filled
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        for pragma in (
            "synchronous=FULL",  # NORMAL lost acknowledged rows in a power cut
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"wal_autocheckpoint={MAX_LOG_PAGES}",
            f"journal_size_limit={MAX_LOG_BYTES}",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
