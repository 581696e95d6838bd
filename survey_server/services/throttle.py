"""Attempts against guessing: after some failures each further attempt has to wait, twice as long each time.

Failures are counted in the database, for all web processes together. An attempt is counted before it is checked, so
that many at the same time all count.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil
from typing import NamedTuple

from survey_server.clock import now_text, shift_instant
from survey_server.domain import DatabaseUnavailableError
from survey_server.i18n import Message
from survey_server.problems import ProblemError, people as problems
from survey_server.storage import Connection, Database, throttles

# In seconds.
FIRST_DELAY = 5.0
MAX_DELAY = 15 * 60.0
FORGET_AFTER = 24 * 3600.0  # without a further failure


class Limit(NamedTuple):
    """How many failures of a key delay nothing."""

    key: str
    free: int


def count_attempt(connection: Connection, now: str, limits: Iterable[Limit]) -> None:
    """Count an attempt for each key. Raises ProblemError too_many_tries, and counts nothing, where one has to wait."""
    limits = list(limits)
    check_delays(connection, now, limits)
    for limit in limits:
        throttles.add_failure(connection, limit.key, now, _since(now))


def check_delays(connection: Connection, now: str, limits: Iterable[Limit]) -> None:
    """Raises ProblemError too_many_tries where a key has to wait."""
    wait = max((_remaining(connection, now, limit) for limit in limits), default=0.0)
    if wait > 0:
        seconds = ceil(wait)
        shown = Message("{n} giây", n=seconds) if seconds < 60 else Message("{n} phút", n=ceil(seconds / 60))
        raise ProblemError(problems.TOO_MANY_TRIES, wait=shown, seconds=seconds)


def count_or_check(database: Database, limits: Iterable[Limit]) -> None:
    """Count an attempt; while nothing can be written, keep to the delays that are known."""
    now, limits = now_text(), list(limits)
    try:
        database.write(lambda connection: count_attempt(connection, now, limits))
    except DatabaseUnavailableError:  # a full disk must not stop people from signing in
        with database.read() as connection:
            check_delays(connection, now, limits)


def forget_old_failures(connection: Connection, now: str) -> None:
    throttles.remove_before(connection, _since(now))


def delay_after(failures: int, free: int) -> float:
    """Seconds that the next attempt has to wait after the last failure."""
    if failures < free:
        return 0.0
    return min(FIRST_DELAY * 2.0 ** min(failures - free, 32), MAX_DELAY)


def _remaining(connection: Connection, now: str, limit: Limit) -> float:
    failures, last_at = throttles.find(connection, limit.key, _since(now))
    passed = (datetime.fromisoformat(now) - datetime.fromisoformat(last_at)).total_seconds()
    delay = delay_after(failures, limit.free)
    return min(delay - passed, delay)  # a clock that was set back makes no delay longer


def _since(now: str) -> str:
    return shift_instant(now, -FORGET_AFTER)
