"""A number, or the code of a reason for having none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import (
    ANSWER_KEYS,
    MAX_NUMBER,
    Check,
    ChoiceList,
    ChoiceLists,
    FlatRow,
    Question,
    QuestionType,
    number_row,
    wrong_kind,
)


def number_value(given: Any) -> float | None:
    """A missing code in place of a number is not a number."""
    return None if isinstance(given, (bool, str)) else values.to_number(given)


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    missing = frozenset(choice.code for choice in question.missing)

    def check(given: Any) -> Problem | None:
        if isinstance(given, str):
            return None if given in missing else wrong_kind(question)
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            return wrong_kind(question)
        if not abs(given) <= MAX_NUMBER:  # NaN included
            return Problem(answer_problems.TOO_LARGE)
        return None

    return check


def _draw(drawing: Drawing, question: Question) -> float | str:
    missing = question.missing
    return drawing.reason(missing) if drawing.is_unknown(missing) else round(drawing.amount(question.name), 1)


def _flatten(question: Question, answer: Any, _choices: ChoiceLists) -> Iterator[FlatRow]:
    yield number_row(question, answer)


TYPE = QuestionType(
    name="decimal",
    keys=(*ANSWER_KEYS, "unit", "missing"),
    data="number",
    value_kind="number",
    expected="một số",
    compile_check=_compile_check,
    value=number_value,
    coerce=values.to_number,
    draw=_draw,
    flatten=_flatten,
)
