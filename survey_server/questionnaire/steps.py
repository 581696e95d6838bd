"""The steps of a route: each question with its expressions compiled, and what expressions see of its answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.evaluate import Compiled, Condition
from survey_server.questionnaire.model import Expression, Question

SILENT = frozenset({"note", "group"})
MAX_NUMBER = 1e15  # of an answer, given or calculated
_MADE = SILENT | {"repeat", "calculate"}
_NUMBERS = frozenset({"integer", "decimal"})


@dataclass(slots=True)
class Step:
    """A question with its expressions compiled. `around` is the group or repeat it stands in."""

    question: Question
    around: Step | None
    repeat: str | None
    section: Expression  # when its section is asked
    section_relevant: Condition | None
    relevant: Condition | None
    required: Condition | None
    constraint: Condition | None
    calculation: Compiled | None
    missing: frozenset[str]
    name: str
    type: str
    is_plain: bool  # nothing around it can take it off the route
    sees: Callable[[Any], Any] | None  # what expressions see of an answer; None where it is not given but made
    is_visited: bool  # it may be off the route, or another question's expression reads it

    @property
    def has_rules(self) -> bool:
        ruled = self.required is not None or self.constraint is not None
        return ruled and self.type not in SILENT and self.calculation is None

    @property
    def is_number(self) -> bool:
        return self.type in _NUMBERS

    def is_answered(self, given: Any) -> bool:
        """An empty text, list or object is no answer; a number table is answered once every cell is."""
        if self.type != "number_table":
            return bool(given) or given == 0
        rows = table(given)
        cells = [
            rows.get(row.code, {}).get(period.code) for row in self.question.rows for period in self.question.periods
        ]
        return all(not values.is_empty(cell) for cell in cells)

    def is_missing(self, given: Any) -> bool:
        """Whether a code stands for why there is no answer."""
        return isinstance(given, str) and (self.is_number or given in self.missing)


def _seen_text(given: Any) -> Any:
    if not isinstance(given, str) or not given:
        return None
    return given if given.isascii() else unicodedata.normalize("NFC", given)


def _seen_number(given: Any) -> Any:
    """A missing code in place of a number is no number."""
    return None if isinstance(given, (bool, str)) else values.to_number(given)


def _seen_codes(given: Any) -> Any:
    return [each for each in given if isinstance(each, str)] or None if isinstance(given, list) else None


def table(given: Any) -> dict[str, dict[str, Any]]:
    """The rows of a number table that are shaped as rows."""
    if not isinstance(given, Mapping):
        return {}
    return {row: dict(cells) for row, cells in given.items() if isinstance(cells, Mapping)}


_SEES: dict[str, Callable[[Any], Any]] = {
    "integer": _seen_number,
    "decimal": _seen_number,
    "number_table": table,
    "select_multiple": _seen_codes,
}


def sees_of(question: Question) -> Callable[[Any], Any] | None:
    made = question.type in _MADE or question.calculation is not None
    return None if made else _SEES.get(question.type, _seen_text)


def is_nothing(result: Any) -> bool:
    """Whether a calculation came to nothing, or to a number larger than any answer may be: no response carries it."""
    return abs(result) > MAX_NUMBER if isinstance(result, (int, float)) else values.is_empty(result)


def plain(result: Any) -> Any:
    """A calculated value as JSON writes it: a whole number without a point."""
    if isinstance(result, float) and result.is_integer() and abs(result) < 2**53:
        return int(result)
    return list(result) if isinstance(result, tuple) else result
