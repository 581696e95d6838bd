"""Guessing is slowed down: attempts are counted in the database, so that every web process sees the same ones.

An attempt is counted before it is judged: a thousand at once are a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from survey_server.clock import shift_instant
from survey_server.problems import ProblemError
from survey_server.problems.people import TOO_MANY_TRIES
from survey_server.storage import throttles
from survey_server.storage.database import Connection

WINDOW = 15 * 60.0  # seconds in which attempts are counted


def count_attempt(connection: Connection, now: str, most: Mapping[str, int]) -> None:
    """`most`: how many attempts each key may have. Raises ProblemError too_many_tries."""
    window_from = shift_instant(now, -WINDOW)
    for key, allowed in most.items():
        if throttles.count(connection, key, window_from) >= allowed:
            raise ProblemError(TOO_MANY_TRIES, minutes=ceil(WINDOW / 60))
        throttles.add_failure(connection, key, now, window_from)
