"""Which cells about people are told of a locality: that hangs on its neighbours, too.

A further cell is hidden where a total would give away another one; so what may be told of a commune may change when
only the commune beside it changed. Charts carry this with them, and are drawn anew when it is another.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from analysis.disclosure import Shown
from analysis.ratings import rated_by, rating_cells, rating_lists
from analysis.round_tally import RoundTally


class Told:
    """What may be told of a round. The tally keeps each decision, so asking again costs little."""

    def __init__(self, rt: RoundTally) -> None:
        self._rt = rt
        self._hidden: dict[str, Mapping[str, int]] = {}

    def at(self, path: str, questionnaires: Iterable[str]) -> str:
        """A digest of what is hidden of a locality and of those directly below it; "" where nothing is."""
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
        """Path → its hidden cells, a bit each; without paths that hide nothing."""
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
    """Everything that is decided of a questionnaire, in a fixed order."""
    book = rt.book(questionnaire)
    yield rt.shown(questionnaire)
    for task in book.scored:
        yield rt.shown(questionnaire, task)
    for listed in rating_lists(book):
        for task, asked in rated_by(book, listed).items():
            yield from rating_cells(rt, questionnaire, listed, task, asked).values()
