"""Bring the database's tables up to date, by Alembic; its scripts lie in `migrations/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from survey_server.storage.database import Database, as_database_error

MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_201_232_012


def migrate(database: Database) -> None:
    """Run the missing migrations. A killed run leaves whole transactions behind, and the next one goes on from there.

    They run in one transaction, but for those that change many rows: their scripts have a function `run_batch`, which
    runs after `upgrade`, each time in a transaction of its own, until it finds nothing left to do.
    """
    from alembic import command, config  # they would cost every start of the server a third of a second
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    if database.is_sqlite:
        _set_write_ahead_log(database)
    scripts = ScriptDirectory(str(MIGRATIONS))

    def run_next(connection: Connection) -> bool:
        """One transaction; returns whether there was anything to do."""
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        current = MigrationContext.configure(connection).get_current_revision()
        script: Any = scripts.get_revision(current) if current is not None else None
        if script is not None and _has_batches(script) and script.module.run_batch(connection):
            return True
        missing = [*scripts.iterate_revisions("head", current or "base")][::-1]
        if not missing:
            return False
        target = next(filter(_has_batches, missing), missing[-1])
        alembic = config.Config(attributes={"connection": connection})
        alembic.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        command.upgrade(alembic, target.revision)
        return True

    while database.write(run_next):
        pass


def _has_batches(script: Any) -> bool:
    return hasattr(script.module, "run_batch")


def has_tables(connection: Connection) -> bool:
    """Whether any migration has run: its tables come in one transaction."""
    return inspect(connection).has_table("alembic_version")


def is_current(connection: Connection) -> bool:
    """Whether every migration that this code knows has run."""
    if not has_tables(connection):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest()


def newest() -> str:
    """The newest migration: the file names begin with their revisions, in order."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*_*.py"))


def _set_write_ahead_log(database: Database) -> None:
    """Once in the life of a file, which keeps the mode. Asked of the driver, outside any transaction."""
    try:
        raw = database.engine.raw_connection()
    except SQLAlchemyError as error:
        raise as_database_error(error) from error
    try:
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()
