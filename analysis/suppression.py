"""Digests of what is suppressed about people at a locality, which depends on its neighbours.

A further cell is suppressed where a total would disclose another one, so what may be shown of a commune can change
when only its neighbour changed. Chart versions include the digest, so that such charts are drawn again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from analysis.disclosure import Shown
from analysis.rating_groups import rated_by, rating_lists
from analysis.ratings import rating_cells
from analysis.round_tally import RoundTally


class SuppressionDigests:
    """The digests of one round. The tally caches each decision, so that further calls are cheap."""

    def __init__(self, rt: RoundTally) -> None:
        self._rt = rt
        self._hidden: dict[str, Mapping[str, int]] = {}

    def at(self, path: str, questionnaires: Iterable[str]) -> str:
        """The digest of what is hidden of a locality and of those directly below it; "" where nothing is."""
        below = [path, *(row.path for row in self._rt.children(path))]
        hidden = [
            f"{questionnaire}/{each}/{cells[each]:x}"
            for questionnaire in questionnaires
            if (cells := self._hidden_of(questionnaire))
            for each in below
            if each in cells
        ]
        return hashlib.sha256("\n".join(hidden).encode()).hexdigest()[:8] if hidden else ""

    def _hidden_of(self, questionnaire: str) -> Mapping[str, int]:
        """Hidden cells by path, a bit each; without paths where nothing is hidden."""
        if questionnaire not in self._hidden:
            found: dict[str, int] = defaultdict(int)
            if self._rt.book(questionnaire).respondent != "organisation":
                for number, cell in enumerate(_cells(self._rt, questionnaire)):
                    for path, shown in cell.items():
                        if shown.hidden:
                            found[path] |= 1 << number
            self._hidden[questionnaire] = dict(found)
        return self._hidden[questionnaire]


def _cells(rt: RoundTally, questionnaire: str) -> Iterable[dict[str, Shown]]:
    """Every decision about a questionnaire, in a fixed order."""
    book = rt.book(questionnaire)
    yield rt.shown(questionnaire)
    for task in book.scored:
        yield rt.shown(questionnaire, task)
    for listed in rating_lists(book):
        for task, asked in rated_by(book, listed).items():
            yield from rating_cells(rt, questionnaire, listed, task, asked).values()
