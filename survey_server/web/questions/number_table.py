"""A table of figures: the inputs of a cell are `-<row>-<period>`, with `-estimated`, `-missing` and `-as` after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.questionnaire.model import Question
from survey_server.questionnaire.types.number_table import options_of
from survey_server.web.language import gettext as _, in_language
from survey_server.web.question_types import (
    Answer,
    AnswerField,
    AnswerInWords,
    GivenAnswer,
    Pair,
    WebType,
    field_of,
    figure_in_words,
    show_value,
)
from survey_server.web.questions.decimal import type_figure


class TableField(AnswerField):
    def __init__(self, question: Question, codes: frozenset[str] = frozenset(), **options: Any) -> None:
        cells = (suffix for _row, _period, suffix in _cells(question))
        self.suffixes = tuple(cell + part for cell in cells for part in ("", "-estimated", "-missing", "-as"))
        super().__init__(question, codes, **options)

    def read(self, formdata: Any) -> Answer | None:
        table: dict[str, dict[str, Answer]] = {}
        for row, period, suffix in _cells(self.question):
            figure: Answer | None = self.figure(suffix)
            if isinstance(figure, (int, float)) and self.typed[suffix + "-estimated"]:
                figure = {"value": figure, "estimated": True}
            if figure is not None:
                table.setdefault(row, {})[period] = figure
        return table or None


def _cells(question: Question) -> Iterator[tuple[str, str, str]]:
    """Row, period and the suffix of the input's name, cell by cell."""
    own = options_of(question)
    for row in own.rows:
        for period in own.periods:
            yield row.code, period.code, f"-{row.code}-{period.code}"


def _type_answer(question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for row, period, suffix in _cells(question):
        cell = _inside(_inside(answer, row), period)
        if not isinstance(cell, dict):
            yield from type_figure(question, name + suffix, cell)
        elif not isinstance(cell.get("value"), str):
            typed = list(type_figure(question, name + suffix, cell.get("value")))
            yield from typed
            if typed and cell.get("estimated") is True:
                yield f"{name}{suffix}-estimated", "1"


def _inside(answer: Any, code: str) -> Any:
    return answer.get(code) if isinstance(answer, dict) else None


def _show(given: GivenAnswer) -> AnswerInWords:
    if not isinstance(given.answer, dict):
        return show_value(given)
    own = options_of(given.question)
    heads = (_("Chỉ tiêu"), *(in_language(period.label) for period in own.periods))
    rows = []
    for row in own.rows:
        label = in_language(row.label) + (f" ({in_language(row.unit)})" if row.unit else "")
        cells = (_inside(given.answer.get(row.code), period.code) for period in own.periods)
        rows.append((label, tuple(figure_in_words(cell, given.labels) for cell in cells)))
    return AnswerInWords(given.label, "table", heads=heads, rows=tuple(rows))


WEB = WebType(make_field=field_of(TableField), type_answer=_type_answer, show=_show)
