"""A local date and time, to the minute: "2012-06-05T08:30"."""

from __future__ import annotations

from survey_server.problems import problem_type
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import Question, QuestionType
from survey_server.questionnaire.types.date import draw_day, moment_check
from survey_server.questionnaire.types.time import draw_time

NOT_A_DATETIME = problem_type("not_a_datetime", "{given!r} không phải là ngày giờ có trong lịch.")


def _draw(drawing: Drawing, question: Question) -> str:
    return f"{draw_day(drawing, question)}T{draw_time(drawing, question)}"


TYPE = QuestionType(
    name="datetime",
    data="moment",
    value_kind="datetime",
    expected="một ngày giờ",
    compile_check=moment_check(values.to_datetime, NOT_A_DATETIME),
    coerce=values.to_datetime,
    draw=_draw,
)
