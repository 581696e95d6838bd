"""Backups: one tar file with the database, the attachments and the secret key; verified by restoring it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.engine import make_url

from survey_server.problems import ProblemError
from survey_server.problems import backups as said
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.engine import sqlite_driver
from survey_server.storage.migrate import migrate
from survey_server.storage.tables import metadata, response

_DATABASE = "survey.sqlite3"
_KEPT = ("attachments", "secret-key")


def back_up(database: Database, settings: Settings, file: Path) -> int:
    """Write `file` and restore it into a temporary folder to see that it holds; returns the number of responses.

    Raises ProblemError backup_unreadable where what was written cannot be restored.
    """
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="backup-") as folder:
        copy = Path(folder) / _DATABASE
        _copy_database(database, settings, copy)
        counted = _count(copy)
        part = file.with_name(file.name + ".part")
        with tarfile.open(part, "w") as archive:
            archive.add(copy, _DATABASE)
            for name in _KEPT:
                if (settings.data_dir / name).exists():
                    archive.add(settings.data_dir / name, name)
        _flush(part)
        if _restored_count(part, Path(folder) / "check") != counted:
            raise ProblemError(said.UNREADABLE, file=str(file))
        part.replace(file)
    return counted


def restore(settings: Settings, file: Path) -> int:
    """Put a backup into an empty data directory (and, on PostgreSQL, an empty database); returns what it held.

    Raises ProblemError: backup_not_empty, backup_unreadable.
    """
    url = make_url(settings.database_url)
    is_sqlite = url.get_backend_name() == "sqlite"
    target = Path(url.database or "") if is_sqlite else settings.data_dir / "restored.sqlite3"
    if target.exists() or settings.attachments_dir.exists():
        raise ProblemError(said.NOT_EMPTY, folder=str(settings.data_dir))
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="restore-") as folder:
        counted = _restored_count(file, Path(folder))
        if is_sqlite:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(folder) / _DATABASE, target)
            _flush(target)
        else:
            _into_postgres(Path(folder) / _DATABASE, settings)
        for name in _KEPT:
            if (Path(folder) / name).exists():
                _replace(Path(folder) / name, settings.data_dir / name)
    return counted


def _replace(source: Path, target: Path) -> None:
    if target.is_file():
        target.unlink()
    shutil.move(source, target)


def _copy_database(database: Database, settings: Settings, copy: Path) -> None:
    if not database.is_sqlite:
        _from_postgres(database, copy)
        return
    source = sqlite_driver().connect(make_url(settings.database_url).database)
    target = sqlite_driver().connect(str(copy))
    try:
        source.backup(target, pages=-1)  # the stepwise form never ends under load
    finally:
        target.close()
        source.close()


def _from_postgres(database: Database, copy: Path) -> None:
    """The same tables in an SQLite file: one format of backup, restorable on either database."""
    other = Database(f"sqlite:///{copy}")
    try:
        migrate(other)
        with database.read() as source:
            other.write(lambda target: _copy_rows(source, target))
    finally:
        other.close()


def _into_postgres(copy: Path, settings: Settings) -> None:
    source_database, target_database = Database(f"sqlite:///{copy}"), Database(settings.database_url)
    try:
        migrate(target_database)
        with target_database.read() as connection:
            if connection.execute(select(response.c.seq).limit(1)).first() is not None:
                raise ProblemError(said.NOT_EMPTY, folder="PostgreSQL")
        with source_database.read() as source:
            target_database.write(lambda target: _copy_rows(source, target))
        target_database.write(_restart_sequences)
    finally:
        source_database.close()
        target_database.close()


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        rows = source.execute(select(table).execution_options(yield_per=1_000)).mappings()
        for batch in rows.partitions(1_000):
            target.execute(insert(table), [dict(row) for row in batch])


def _restart_sequences(connection: Connection) -> None:
    """Numbers that the rows brought along are not given out again."""
    for table in metadata.sorted_tables:
        (first, *others) = table.primary_key.columns
        if not others and first.autoincrement is not False and first.type.python_type is int:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{first.name}'), "  # noqa: S608  our own names
                f"(SELECT coalesce(max({first.name}), 0) + 1 FROM {table.name}), false)"
            )


def _restored_count(file: Path, folder: Path) -> int:
    """Unpack into `folder`, check every digest, count the responses."""
    folder.mkdir(exist_ok=True)
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise ProblemError(said.UNREADABLE, file=str(file)) from error
    copy = folder / _DATABASE
    if not copy.is_file():
        raise ProblemError(said.UNREADABLE, file=str(file))
    opened = Database(f"sqlite:///{copy}")
    try:
        with opened.read() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok":
                raise ProblemError(said.UNREADABLE, file=str(file))
            for row in connection.execute(select(response.c.sha256, response.c.body)):
                if hashlib.sha256(row.body.encode()).hexdigest() != row.sha256:
                    raise ProblemError(said.UNREADABLE, file=str(file))
    finally:
        opened.close()
    return _count(copy)


def _count(copy: Path) -> int:
    opened = Database(f"sqlite:///{copy}")
    try:
        with opened.read() as connection:
            return int(connection.execute(select(func.count()).select_from(response)).scalar_one())
    finally:
        opened.close()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
