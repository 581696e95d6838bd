"""A round's charts as a folder that needs no server."""

from __future__ import annotations

import os
from pathlib import Path

from survey_server.clock import now_in_vietnam
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.round_tally import read_released_tally, read_round_tally
from survey_server.problems import ProblemError
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.services.releases import find_release
from survey_server.settings import Settings
from survey_server.storage import Database


def publish_folder(
    database: Database, settings: Settings, round_code: str, out: Path, *, for_coordinators: bool = False
) -> Path:
    """Write a round's charts, from the tally in the database as it is; returns the index page of the folder.
    `for_coordinators`: of people only what was released to them. Raises ProblemError round_unknown."""
    from analysis.folder import ForCoordinators, write_folder  # imports pandas, which other verbs do not need

    context = read_round_context(database, settings, round_code)
    if context is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    audience = None
    if for_coordinators:
        with database.read() as connection:
            release = find_release(connection, context.round, now_in_vietnam()[:10])
        released = read_released_tally(database, context, release) if release is not None else None
        audience = ForCoordinators(released)
    return write_folder(read_round_tally(database, context), out, workers=os.cpu_count() or 1, audience=audience)
