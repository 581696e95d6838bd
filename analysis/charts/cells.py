"""The cells of a chart's table and CSV: names for codes, and a sign in place of a suppressed number.

A sign does not tell whether a cell is suppressed because few answered, or because it would disclose an adjacent one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.charts.subject import Subject
from analysis.disclosure import is_never_published
from analysis.ratings import NOT_ASKED, UNANSWERED

Row = Mapping[Any, Any]
_BLANK_IF_SUPPRESSED = frozenset({"count", "n", "missing", "responses", "received", "late", UNANSWERED, NOT_ASKED})
_BLANK_IN_HIDDEN_ROWS = frozenset({"share", "estimate", "se", "low", "high", "deff", "differs"})


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one chart."""

    subject: Subject

    def choice(self, code: str) -> str:
        choices = self.subject.choices
        return self.subject.text(choices.options[code]) if choices is not None else code

    def reason(self, code: str) -> str:
        """The name of a reason for having no rating."""
        given = self.subject.choices.missing.get(code) if self.subject.choices is not None else None
        return self.subject.text(given) if given is not None else self.subject.say(code)

    def questionnaire(self, row: Row) -> str:
        return self.subject.text(self.subject.rt.book(row["questionnaire"]).title)

    def sign(self, row: Row, column: str) -> str:
        """The sign in place of a number; "" where the number is present, or absent for another reason."""
        if not is_missing(row.get(column)):
            return ""
        if self._is_never_published(row, column):
            return self.subject.say("not_published")
        sign = self.subject.suppressed_sign
        if "estimate" in row:  # a row of scores is suppressed as a whole or not at all
            return sign if row["hidden"] else ""
        is_reason = self.subject.choices is not None and column in self.subject.choices.missing
        is_hidden = column in _BLANK_IN_HIDDEN_ROWS and row["hidden"]
        return sign if column in _BLANK_IF_SUPPRESSED or is_reason or is_hidden else ""

    def _is_never_published(self, row: Row, column: str) -> bool:
        """Of people in a table of completeness: responses of officials below the province, and late responses."""
        if "received" not in row:
            return False
        level = self.subject.rt.localities[row["locality"]].level
        respondent = self.subject.rt.book(row["questionnaire"]).respondent
        return column == "late" or (column == "received" and is_never_published(respondent, level))


def is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))
