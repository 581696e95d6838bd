"""A round's charts as a folder that needs no server."""

from __future__ import annotations

import os
from pathlib import Path

from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.round_tally import read_round_tally
from survey_server.problems import ProblemError
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.settings import Settings
from survey_server.storage import Database


def publish_folder(database: Database, settings: Settings, round_code: str, out: Path) -> Path:
    """Write a round's charts, from the tally in the database as it is; returns the index page of the folder. Raises
    ProblemError round_unknown."""
    from analysis.folder import write_folder  # imports pandas, which other verbs do not need

    context = read_round_context(database, settings, round_code)
    if context is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    return write_folder(read_round_tally(database, context), out, workers=os.cpu_count() or 1)
