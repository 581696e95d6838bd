"""Backups: one tar file with the database, the attachments and the secret key; verified by restoring it."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from survey_server.clock import instant_text, now_text
from survey_server.domain import DatabaseError
from survey_server.durable import flush, make_folder, place, write_file
from survey_server.problems import ProblemError, backups as problems
from survey_server.settings import SECRET_FILE, Settings, mark_prepared
from survey_server.storage import Connection, Database, audit, devices, responses, rounds, second_factors, sessions
from survey_server.storage.blobs import FolderBlobStore
from survey_server.storage.cohort_journal import JOURNAL_FILE, UNCONFIRMED, CohortJournal
from survey_server.storage.copies import Pace, fill_from_copy, open_copy, table_names, write_copy
from survey_server.storage.engine import sqlite_file
from survey_server.storage.integrity import file_damage
from survey_server.storage.migrate import migrate
from survey_server.storage.working_folders import (
    BACKUP,
    PACKING,
    RESTORE,
    remove_abandoned,
    working_folder,
)

_DATABASE = "survey.sqlite3"
_FILES = ("attachments", SECRET_FILE)
_DIGESTS = "sha256.json"
MAX_UNFLUSHED = 4 * 1024 * 1024  # bytes


def back_up(database: Database, settings: Settings, file: Path) -> int:
    """Write `file`, and restore it into a temporary folder to verify it; returns the number of responses.

    The list of digests is its last member: a truncated backup has none. Raises ProblemError: backup_unreadable
    where what was written cannot be restored, backup_no_file where `file` exists and is not a file.
    """
    if file.exists() and not file.is_file():
        raise ProblemError(problems.NO_FILE, file=str(file))
    with (
        working_folder(settings.data_dir, BACKUP) as folder,
        working_folder(file.absolute().parent, PACKING) as packing,
    ):
        copy, part = folder / _DATABASE, packing / file.name
        write_copy(database, copy)
        counted = _count(copy)
        with part.open("wb") as raw, tarfile.open(fileobj=_PacedFile(raw), mode="w") as archive:
            os.fchmod(raw.fileno(), 0o600)  # it contains the secret key and all answers
            _pack(archive, {_DATABASE: copy, **_files_of(settings)})
        flush(part)
        if _restored_count(part, folder / "check") != counted:
            raise ProblemError(problems.UNREADABLE, file=str(file))
        place(part, file)
    return counted


class _PacedFile(io.RawIOBase):
    """A file of which little is unflushed at a time: the commits of uploads would wait for much."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._unflushed = file, 0
        self._pace = Pace(Path(file.name))

    def tell(self) -> int:
        return self._file.tell()

    def write(self, content: Any) -> int:
        self._file.write(content)
        self._unflushed += len(content)
        if self._unflushed >= MAX_UNFLUSHED:
            self._file.flush()
            self._pace.flush()
            self._unflushed = 0
        return len(content)


def _files_of(settings: Settings) -> dict[str, Path]:
    """Name in the archive → file, of all files but the database. Unfinished uploads are left out: tablets send them
    again."""
    secret = settings.data_dir / SECRET_FILE
    files = [*([secret] if secret.exists() else []), *FolderBlobStore(settings.attachments_dir).files()]
    return {path.relative_to(settings.data_dir).as_posix(): path for path in files}


def _pack(archive: tarfile.TarFile, files: dict[str, Path]) -> None:
    digests = {}
    for name, path in files.items():
        archive.add(path, name)
        digests[name] = _digest(path)
    content = json.dumps(digests, indent=0).encode()
    about = tarfile.TarInfo(_DIGESTS)
    about.size = len(content)
    archive.addfile(about, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(settings: Settings, file: Path, journal: Path | None = None) -> int:
    """Put a backup into an empty data directory and, on PostgreSQL, an empty database; returns its number of responses.

    `journal`: the newest journal of cohorts, which may also lie in the data directory already. Without one, the rounds
    of the backup are unconfirmed: of people nothing more is published in them until the centre confirms.

    Sessions, enrolment codes and recovery codes of the backup are ended: they may have been ended or used since. Which
    accounts and tablets are open again says `open_access`.

    Raises ProblemError: backup_not_empty, backup_unreadable.
    """
    target = sqlite_file(settings.database_url)
    _refuse_existing(settings, target)
    with working_folder(settings.data_dir, RESTORE) as folder:
        counted = _restored_count(file, folder)
        _place_journal(settings, journal, folder / _DATABASE)
        _close_access(folder / _DATABASE, backup_instant(file))
        if target is None:
            _fill_postgres(folder / _DATABASE, settings)
        for path in sorted(each for name in _FILES for each in (folder / name, *(folder / name).rglob("*"))):
            if path.is_file():
                place(path, settings.data_dir / path.relative_to(folder))
        if target is not None:  # last: if there is a database, the files are there too
            (folder / _DATABASE).chmod(0o600)  # whatever its mode was before
            _move(folder / _DATABASE, target)
    mark_prepared(settings)
    return counted


def _move(source: Path, target: Path) -> None:
    """Durably, perhaps to another file system."""
    make_folder(target.parent)
    if source.stat().st_dev == target.parent.stat().st_dev:
        place(source, target)
        return
    part = target.with_name(f"{target.name}.part")
    shutil.copy2(source, part)
    place(part, target)


def _place_journal(settings: Settings, journal: Path | None, copy: Path) -> None:
    own = CohortJournal(settings.data_dir)
    if journal is not None:
        write_file(own.path, journal.read_bytes())
        own.path.chmod(0o600)
    elif not own.path.exists():
        with closing(open_copy(copy)) as opened, opened.read() as connection:
            codes = rounds.codes(connection)
        own.append([{UNCONFIRMED: codes, "why": "restored without a journal", "at": now_text()}])


def _close_access(copy: Path, made_at: str) -> None:
    """Migrate the restored database, end its sessions, enrolment codes and recovery codes, and note the restore in its
    audit log, which goes on from the backup's."""

    def close(connection: Connection) -> None:
        detail = {
            "head": str(audit.head(connection)),
            "made_at": made_at,
            "sessions": sessions.end_everyones(connection),
            "codes": devices.expire_all_codes(connection, now_text()),
            "recovery_codes": second_factors.remove_all_recovery_codes(connection),
        }
        audit.record(connection, "restore", "backup", detail=detail)

    with closing(open_copy(copy)) as opened:
        migrate(opened)
        opened.write(close)


def backup_instant(file: Path) -> str:
    """When a backup was made. Raises ProblemError backup_unreadable."""
    try:
        with tarfile.open(file) as archive:
            return instant_text(datetime.fromtimestamp(archive.getmember(_DATABASE).mtime, UTC))
    except (tarfile.TarError, OSError, KeyError, ValueError) as error:
        raise ProblemError(problems.UNREADABLE, file=str(file)) from error


def _refuse_existing(settings: Settings, target: Path | None) -> None:
    """Nothing is overwritten: not the charts of another survey, nor the write-ahead log of a deleted database."""
    remove_abandoned(settings.data_dir, RESTORE)
    for path in settings.data_dir.iterdir():
        if path.name not in (SECRET_FILE, JOURNAL_FILE):
            raise ProblemError(problems.NOT_EMPTY, folder=str(settings.data_dir), found=path.name)
    if target is not None:
        for path in target.parent.glob(f"{target.name}*"):
            raise ProblemError(problems.NOT_EMPTY, folder=str(target.parent), found=path.name)


def _fill_postgres(copy: Path, settings: Settings) -> None:
    with closing(Database(settings.database_url)) as database:
        with database.read() as connection:
            if tables := table_names(connection):
                raise ProblemError(problems.NOT_EMPTY, folder="PostgreSQL", found=tables[0])
        fill_from_copy(database, copy)


def _restored_count(file: Path, folder: Path) -> int:
    """Unpack into `folder`, check every digest, count the responses."""
    folder.mkdir(exist_ok=True)
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        digests = json.loads((folder / _DIGESTS).read_bytes())
        found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        found.pop(_DIGESTS)
        is_whole = _DATABASE in found and {name: _digest(path) for name, path in found.items()} == digests
    except (tarfile.TarError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise ProblemError(problems.UNREADABLE, file=str(file)) from error
    if not is_whole or not _is_sound(folder / _DATABASE):
        raise ProblemError(problems.UNREADABLE, file=str(file))
    return _count(folder / _DATABASE)


def _is_sound(copy: Path) -> bool:
    """Whether SQLite finds no damage in the file, and each response has its digest."""
    with closing(open_copy(copy)) as opened:
        try:
            with opened.read() as connection:
                return file_damage(connection) is None and next(responses.damaged_ids(connection), None) is None
        except DatabaseError:
            return False


def _count(copy: Path) -> int:
    with closing(open_copy(copy)) as opened, opened.read() as connection:
        return responses.count(connection)
