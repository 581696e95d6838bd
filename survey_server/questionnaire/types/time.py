"""A time of day, to the minute: "08:30"."""

from __future__ import annotations

from typing import Any

from survey_server.problems import problem_type
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import Question, QuestionType
from survey_server.questionnaire.types.date import moment_check

NOT_A_TIME = problem_type("not_a_time", "{given!r} không phải là một giờ trong ngày.")


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
    compile_check=moment_check(values.to_time, NOT_A_TIME),
    coerce=_coerce,
    draw=draw_time,
)
