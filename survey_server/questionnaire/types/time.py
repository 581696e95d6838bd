"""A time of day, to the minute: "08:30"."""

from __future__ import annotations

from typing import Any

from survey_server.problems import Problem, problem_type
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.elements import ChoiceList
from survey_server.questionnaire.language import values
from survey_server.questionnaire.question import Check, Question, QuestionType, wrong_kind

NOT_A_TIME = problem_type("not_a_time", "{given!r} không phải là một giờ trong ngày.")


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return wrong_kind(question)
        return None if values.to_time(given) else Problem(NOT_A_TIME, {"given": given[:64]})

    return check


def _coerce(value: Any) -> str | None:
    """Of a date and time its time."""
    return values.to_time(value[11:] if values.to_datetime(value) is not None else value)


def draw_time(drawing: Drawing, _question: Question) -> str:
    """Within working hours."""
    return f"{drawing.random.randint(7, 16):02}:{drawing.random.randint(0, 59):02}"


TYPE = QuestionType(
    name="time",
    data="moment",
    value_kind="time",
    expected="một giờ trong ngày",
    compile_check=_compile_check,
    coerce=_coerce,
    draw=draw_time,
)
