"""Compares the figures of a round in release 0.1 and after migration; counts the differences by their reason.

    python -m tests.release_0_1.compare OLD.csv NEW.csv

Both files are of `read_figures.py`. Prints a table in Markdown; ends with 1 where a difference has no reason.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ABSENT = "absent"
SIGNS = frozenset({"hidden", "unpublished", "unreliable", "not_published"})
SAMPLED = frozenset({"se", "low", "high", "deff", "differs"})
ONE_DECIMAL = 0.0501  # the most that a figure changes by being rounded to one decimal
PERSONS_OF_RATINGS = frozenset({"count", "n"})

SAME = "the same"
NEW_FIGURE = "release 0.1 did not have this figure"
STILL_HIDDEN = "hidden before and now, with a sign that says why"
NOW_SHOWN = "hidden before to protect a neighbour or a few; shown now"
NO_COHORT = "no cohort at the place: too few people, who count further up"
ROUNDED = "one decimal of it is published"
POOLED = "some people of the place are in a cohort that counts further up"
GROUPED = "too few of some cohorts were asked a question: it counts further up for them"
PERSONS = "people are counted, not answers"
REPEATS = "release 0.1 took all answers in repeats for none"
ONE_UNIT = "one sampling unit at the place: no standard error"
UNITS = "the sampling unit is the place of collection or the cohort, as far as it is published"
UNEXPLAINED = "unexplained"


class Key(NamedTuple):
    respondent: str
    locality: str
    chart: str
    row: str
    column: str

    @property
    def kind(self) -> str:
        return self.chart.partition("-")[0]

    def part(self, name: str) -> str:
        """A part of the row, such as its task; "" without it."""
        parts = dict(each.partition("=")[::2] for each in self.row.split(" "))
        return parts.get(name, "")

    @property
    def place(self) -> str:
        """The locality that the figure is about: of a row, or of the page."""
        return self.part("locality") or self.locality

    @property
    def questionnaire(self) -> str:
        return self.part("questionnaire") or self.chart.split("-")[1]


Figures = Mapping[Key, str]


def read(path: Path) -> Figures:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.reader(file)][1:]
    return {Key(*row[:5]): row[5] for row in rows}


@dataclass(frozen=True, slots=True)
class Comparison:
    old: Figures
    new: Figures

    def reasons(self) -> Iterator[tuple[Key, str]]:
        """Of every figure: SAME, or why it differs."""
        for key in sorted({*self.old, *self.new}):
            if key.kind != "tally" or key.respondent == "organisation":
                yield key, self._reason(key, *self._values(key))

    def _values(self, key: Key) -> tuple[str, str]:
        default = "0.0000" if key.kind == "tally" else ABSENT
        return self.old.get(key, default), self.new.get(key, default)

    def _reason(self, key: Key, old: str, new: str) -> str:
        if old == new:
            return SAME
        if old == ABSENT:
            return NEW_FIGURE
        if key.respondent == "organisation":
            return REPEATS if key.kind == "tally" and key.part("repeat") else UNEXPLAINED
        if new == ABSENT:
            return UNEXPLAINED
        if old in SIGNS:
            return STILL_HIDDEN if new in SIGNS else NOW_SHOWN
        if new == "unpublished":
            return NO_COHORT
        return self._reason_of_numbers(key, old, new)

    def _reason_of_numbers(self, key: Key, old: str, new: str) -> str:
        """Of figures about people that are not hidden as a whole."""
        if _is_rounded(key, old, new):
            return ROUNDED
        if self._is_changed(key, "", "responses"):
            return POOLED
        if key.kind == "ratings_by_task":
            return self._reason_of_ratings(key, old)
        if self._is_changed(key, f"task={key.part('task')}", "scored"):
            return GROUPED
        if key.column in SAMPLED:
            return ONE_UNIT if new == "-" else UNITS
        return UNEXPLAINED

    def _reason_of_ratings(self, key: Key, old: str) -> str:
        if old == "-":
            return NOW_SHOWN
        answers = self.new.get(key._replace(column="answers"))
        if answers != self.old.get(key._replace(column="n")):
            return GROUPED
        return PERSONS if key.column in PERSONS_OF_RATINGS else UNEXPLAINED

    def _is_changed(self, key: Key, row: str, column: str) -> bool:
        """Whether what the figure is made of has another number of people."""
        fact = Key(key.respondent, key.place, f"tally-{key.questionnaire}", row, column)
        return self.old.get(fact) != self.new.get(fact)


def _is_rounded(key: Key, old: str, new: str) -> bool:
    if key.column not in {*SAMPLED, "estimate"} or not {old[-1], new[-1]} <= set("0123456789"):
        return False
    return abs(float(old) - float(new)) <= ONE_DECIMAL


def print_table(comparison: Comparison) -> int:
    """Returns the number of figures that differ without a reason."""
    counts = Counter((key.respondent, reason) for key, reason in comparison.reasons())
    respondents = sorted({respondent for respondent, _ in counts})
    reasons = sorted({reason for _, reason in counts}, key=lambda reason: (reason != SAME, reason))
    print("| figures |", " | ".join(respondents), "|")
    print("| --- |", " | ".join("---:" for _ in respondents), "|")
    for reason in reasons:
        print(f"| {reason} |", " | ".join(f"{counts[each, reason]:,}" for each in respondents), "|")
    return sum(n for (_, reason), n in counts.items() if reason == UNEXPLAINED)


if __name__ == "__main__":
    sys.exit(1 if print_table(Comparison(*(read(Path(each)) for each in sys.argv[1:3]))) else 0)
