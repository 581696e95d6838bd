"""Limits on attempts, against guessing. They are counted in the database, for all web processes together.

An attempt is counted before it is checked, so that many at the same time all count.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from survey_server.clock import shift_instant
from survey_server.problems import ProblemError, people as problems
from survey_server.storage import Connection, throttles

THROTTLE_WINDOW = 15 * 60.0  # seconds in which attempts are counted


def count_attempt(connection: Connection, now: str, limits: Mapping[str, int]) -> None:
    """Count an attempt for each key. `limits`: attempts a key may have in the window. Raises ProblemError
    too_many_tries."""
    window_from = shift_instant(now, -THROTTLE_WINDOW)
    for key, limit in limits.items():
        if throttles.count(connection, key, window_from) >= limit:
            raise ProblemError(problems.TOO_MANY_TRIES, minutes=ceil(THROTTLE_WINDOW / 60))
        throttles.add_failure(connection, key, now, window_from)
