"""A day of the calendar, as ISO text: "2012-06-05"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from survey_server.problems import Problem, ProblemType, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import Check, ChoiceList, Question, QuestionType, wrong_kind

_EARLIEST = date(2010, 3, 1)


def moment_check(
    parse: Callable[[Any], str | None], not_one: ProblemType
) -> Callable[[Question, ChoiceList | None], Check]:
    """The check of a moment that `parse` reads; `not_one` is the problem of a text that it does not."""

    def compile_check(question: Question, _choices: ChoiceList | None) -> Check:
        def check(given: Any) -> Problem | None:
            if not isinstance(given, str):
                return wrong_kind(question)
            return None if parse(given) else Problem(not_one, {"given": given[:64]})

        return check

    return compile_check


def _coerce(value: Any) -> str | None:
    """Of a moment its day."""
    return values.to_date(value[:10]) if isinstance(value, str) else None


def draw_day(drawing: Drawing, question: Question) -> str:
    """Between the baseline and today, or within the usual number of days before today."""
    span = max(1, (drawing.today - _EARLIEST).days)
    if question.name in drawing.manner.amounts:
        span = round(drawing.manner.amounts[question.name][1])
        return (drawing.today - timedelta(days=drawing.random.randint(0, span))).isoformat()
    return (_EARLIEST + timedelta(days=drawing.random.randrange(span))).isoformat()


TYPE = QuestionType(
    name="date",
    data="moment",
    value_kind="date",
    expected="một ngày",
    compile_check=moment_check(values.to_date, answer_problems.NOT_A_DAY),
    coerce=_coerce,
    draw=draw_day,
)
