"""Bring the database's tables up to date, by Alembic; its scripts lie in `migrations/`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from survey_server.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_201_232_012


def migrate(database: Database) -> None:
    """Run the missing migrations, all in one transaction; a killed run leaves nothing behind."""
    if database.is_sqlite:
        _set_write_ahead_log(database)

    def upgrade(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    database.write(upgrade)


def is_current(connection: Connection) -> bool:
    """Whether every migration that this code knows has run."""
    return MigrationContext.configure(connection).get_current_revision() == _head()


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _set_write_ahead_log(database: Database) -> None:
    """Once in the life of a file: the mode is kept in it. Asked of the driver, outside any transaction."""
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()
