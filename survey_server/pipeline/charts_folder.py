"""A round's charts as a folder that needs no server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from survey_server.clock import now_in_vietnam
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.round_tally import read_released_tally, read_round_tally
from survey_server.problems import ProblemError
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.services.releases import find_release
from survey_server.settings import Settings
from survey_server.storage import Database

FolderAudience = Literal["centre", "coordinators"]


def publish_folder(
    database: Database,
    settings: Settings,
    round_code: str,
    out: Path,
    *,
    audience: FolderAudience | None = None,
    has_communes: bool = False,
) -> Path:
    """Write a round's charts, from the tally in the database as it is; returns the index page of the folder.

    `audience`: for coordinators the folder has of people only what was released to them. None: as for the centre, but
    no page of a commune has people's figures. `has_communes`: whether communes have pages.

    Raises ProblemError round_unknown.
    """
    from analysis.folder import CommunePages, ForCoordinators, write_folder  # with pandas: slow to import

    context = read_round_context(database, settings, round_code)
    if context is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    readers = None
    if audience == "coordinators":
        with database.read() as connection:
            release = find_release(connection, context.round, now_in_vietnam()[:10])
        released = read_released_tally(database, context, release) if release is not None else None
        readers = ForCoordinators(released)
    communes = CommunePages.NONE
    if has_communes:
        communes = CommunePages.EVERYTHING if audience == "centre" else CommunePages.ORGANISATIONS
    return write_folder(
        read_round_tally(database, context), out, workers=os.cpu_count() or 1, audience=readers, communes=communes
    )
