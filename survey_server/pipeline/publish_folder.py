"""`publish-charts`: a round's charts as a folder, from the tally in the database."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.folder import write_folder
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_outside_publisher
from survey_server.pipeline.round_tally import read_round_tally, release_leaves
from survey_server.problems import ProblemError
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.settings import Settings
from survey_server.storage import Database


def publish_folder(database: Database, settings: Settings, round_code: str, out: Path) -> Path:
    """Count pending changes, then write the folder; returns its index page. Raises ProblemError round_unknown."""
    context = read_round_context(database, settings, round_code)
    if context is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    count_outside_publisher(database, settings, context)
    release_leaves(database, context)
    return write_folder(read_round_tally(database, context), out, workers=os.cpu_count() or 1)
