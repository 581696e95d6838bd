"""`publish-charts`: a round's charts as a folder, from the tally in the database."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.folder import write_folder
from survey_server.pipeline.books import read_books
from survey_server.pipeline.counting import count_beside_publisher
from survey_server.pipeline.round_tally import read_round_tally, release
from survey_server.problems import ProblemError
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.settings import Settings
from survey_server.storage.database import Database


def publish_folder(database: Database, settings: Settings, round_code: str, out: Path) -> Path:
    """Count what changed, then write the folder; returns its index. Raises ProblemError round_unknown."""
    books = read_books(database, settings, round_code)
    if books is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    count_beside_publisher(database, settings, books)
    release(database, books)
    return write_folder(read_round_tally(database, books), out, workers=os.cpu_count() or 1)
