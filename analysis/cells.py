"""What stands in the cells of a chart's table and CSV: names for codes, and a sign where a number may not be told.

A sign never tells whether a cell is hidden because few answered, or because it would give an adjacent one away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.charts.texts import in_language
from analysis.codebook import Choices
from analysis.disclosure import is_never_published
from analysis.plots.frame import Subject
from analysis.ratings import NOT_ASKED, UNANSWERED

Row = Mapping[Any, Any]
_TOLD_OR_HIDDEN = frozenset({"count", "n", "missing", "responses", "received", "late", UNANSWERED, NOT_ASKED})
_HIDDEN_WITH_THE_ROW = frozenset({"share", "estimate", "se", "low", "high", "deff", "differs"})


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one chart; `listed`: the choices that it shows, where it shows any."""

    subject: Subject
    listed: Choices | None

    @property
    def sign(self) -> str:
        return self.subject.say("hidden", limit=self.subject.rt.suppress_below)

    def task(self, row: Row) -> str:
        return f"{self.subject.task_number(row['task'])}. {self.subject.task(row['task'])}"

    def choice(self, code: str) -> str:
        return in_language(self.listed.options[code], self.subject.language) if self.listed is not None else code

    def reason(self, code: str) -> str:
        """What a reason for having no rating is called."""
        given = self.listed.missing.get(code) if self.listed is not None else None
        return in_language(given, self.subject.language) if given is not None else self.subject.say(code)

    def questionnaire(self, row: Row) -> str:
        return in_language(self.subject.rt.book(row["questionnaire"]).title, self.subject.language)

    def hidden(self, row: Row, column: str) -> str:
        """The sign that stands for a number; nothing where there is none to hide."""
        if not is_missing(row.get(column)):
            return ""
        if self._is_never_told(row, column):
            return self.subject.say("not_published")
        if "estimate" in row:  # a row of scores: all of it or nothing
            return self.sign if row["hidden"] else ""
        reason = self.listed is not None and column in self.listed.missing
        withheld = column in _TOLD_OR_HIDDEN or reason or (column in _HIDDEN_WITH_THE_ROW and row["hidden"])
        return self.sign if withheld else ""

    def _is_never_told(self, row: Row, column: str) -> bool:
        """Of people in a table of completeness: what officials sent below the province, and how many were late."""
        if "received" not in row:
            return False
        level = self.subject.rt.localities[row["locality"]].level
        respondent = self.subject.rt.book(row["questionnaire"]).respondent
        return column == "late" or (column == "received" and is_never_published(respondent, level))


def is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))
