"""Temporary folders of a backup, a restore or an export. A killed run leaves its folder behind, with a copy of
everybody's answers: the next run removes it.

A folder is locked while it is in use, so that only abandoned ones are removed.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from survey_server.storage.lock import FolderLock

BACKUP, RESTORE = "backup", "restore"  # in the data directory
PACKING = ".survey-backup"  # where a backup is written
EXPORT = ".export"  # where an export is written
MAX_AGE_WITHOUT_LOCKS = 24 * 3600.0  # seconds, where the system does not lock folders
_log = logging.getLogger(__name__)


@contextmanager
def working_folder(parent: Path, kind: str) -> Iterator[Path]:
    """A new folder, readable by its owner only, that is removed at the end; first those that killed runs left."""
    remove_abandoned(parent, kind)
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{kind}-"))
        with closing(FolderLock(folder)) as lock:
            if not (lock.try_acquire() and folder.exists()):  # taken for abandoned by another run at this moment
                continue
            try:
                yield folder
            finally:
                shutil.rmtree(folder)
            return


def find_abandoned(parent: Path, *kinds: str) -> list[Path]:
    """The folders of these kinds that no process uses."""
    found = sorted(path for kind in kinds for path in parent.glob(f"{kind}-*") if path.is_dir())
    return [path for path in found if _is_abandoned(path)]


def remove_abandoned(parent: Path, *kinds: str) -> None:
    for folder in find_abandoned(parent, *kinds):
        _log.warning("removing %s, which an interrupted run left", folder)
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    try:
        if not FolderLock.is_supported():
            return time.time() - folder.stat().st_mtime > MAX_AGE_WITHOUT_LOCKS
        with closing(FolderLock(folder)) as lock:
            return lock.try_acquire()
    except FileNotFoundError:  # removed meanwhile
        return False
