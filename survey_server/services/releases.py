"""What coordinators are shown of people: the newest cut, or in a closed round all that is published."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.domain import ResultCut, Round, is_over
from survey_server.storage import Connection, result_cuts


@dataclass(frozen=True, slots=True)
class Release:
    """`cut`: None in a closed round, of which all that is published is released; `struck`: the revision at which a
    cohort of the cut was struck last, else 0."""

    cut: ResultCut | None
    struck: int = 0

    @property
    def name(self) -> str:
        """Another one where the numbers of a cut are others."""
        return "closed" if self.cut is None else f"{self.cut.id}-{self.struck}"


def find_release(connection: Connection, round_: Round, today: str) -> Release | None:
    """None before the first cut of an open round. `today`: ISO day; the round is closed after its last day."""
    if is_over(round_.ends_on, today):
        return Release(None)
    newest = result_cuts.newest(connection, round_.id)
    return Release(newest, result_cuts.struck_revision(connection, newest.id)) if newest is not None else None
