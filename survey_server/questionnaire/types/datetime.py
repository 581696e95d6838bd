"""A local date and time, to the minute: "2012-06-05T08:30"."""

from __future__ import annotations

from typing import Any

from survey_server.problems import Problem, problem_type
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.elements import ChoiceList
from survey_server.questionnaire.language import values
from survey_server.questionnaire.question import Check, Question, QuestionType, wrong_kind
from survey_server.questionnaire.types.date import draw_day
from survey_server.questionnaire.types.time import draw_time

NOT_A_DATETIME = problem_type("not_a_datetime", "{given!r} không phải là ngày giờ có trong lịch.")


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return wrong_kind(question)
        return None if values.to_datetime(given) else Problem(NOT_A_DATETIME, {"given": given[:64]})

    return check


def _draw(drawing: Drawing, question: Question) -> str:
    return f"{draw_day(drawing, question)}T{draw_time(drawing, question)}"


TYPE = QuestionType(
    name="datetime",
    data="moment",
    value_kind="datetime",
    expected="một ngày giờ",
    compile_check=_compile_check,
    coerce=values.to_datetime,
    draw=_draw,
)
