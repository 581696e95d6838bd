"""Whether a server can do its work, for monitoring: nothing that tells how many responses there are."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from survey_server.clock import now_text, shift_instant
from survey_server.settings import Settings
from survey_server.storage import Database, response_changes
from survey_server.storage.lock import FileLock
from survey_server.storage.migrate import is_current

PUBLISHER_LOCK = "publisher.lock"  # in the data directory: held by the one publisher
MAX_WAIT = 60.0  # seconds until a publisher has counted a change


@dataclass(frozen=True, slots=True)
class Readiness:
    """`is_migrated`: whether every migration has run; `has_publisher`: whether one runs on this data directory;
    `is_late`: whether changes wait for longer than MAX_WAIT."""

    is_migrated: bool
    has_publisher: bool
    is_late: bool


def check_readiness(database: Database, settings: Settings) -> Readiness:
    """Raises DatabaseError where the database does not answer."""
    with database.read() as connection:
        if not is_current(connection):
            return Readiness(False, has_publisher(settings), False)
        since = response_changes.waits_since(connection)
    is_late = since is not None and since < shift_instant(now_text(), -MAX_WAIT)
    return Readiness(True, has_publisher(settings), is_late)


def has_publisher(settings: Settings) -> bool:
    """Whether the lock of the publisher is held; it is free for everybody where the system has no flock."""
    with closing(FileLock(settings.data_dir / PUBLISHER_LOCK)) as lock:
        return not lock.try_acquire()
