"""A date and time: the inputs of a day, and one of the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from survey_server.questionnaire.model import Question
from survey_server.web.language import gettext as _
from survey_server.web.question_types import Answer, AnswerInWords, GivenAnswer, Pair, WebType, field_of, show_value
from survey_server.web.questions.date import PARTS, DateField, day_in_words, type_day
from survey_server.web.questions.time import read_time


class DatetimeField(DateField):
    suffixes = (*PARTS, "-time")

    def read(self, formdata: Any) -> Answer | None:
        day, time = super().read(formdata), read_time(self, "-time")
        if (day is None) != (time is None):
            self.unreadable.setdefault("", _("Ghi cả ngày và giờ."))
        return f"{day}T{time}" if day and time else None


def _type_answer(question: Question, name: str, answer: Any) -> Iterator[Pair]:
    if isinstance(answer, str):
        day, _separator, time = answer.partition("T")
        yield from type_day(question, name, day)
        yield f"{name}-time", time


def _show(given: GivenAnswer) -> AnswerInWords:
    if not isinstance(given.answer, str):
        return show_value(given)
    day, _separator, time = given.answer.partition("T")
    return show_value(replace(given, answer=f"{time} {day_in_words(day)}".strip()))


WEB = WebType(make_field=field_of(DatetimeField), type_answer=_type_answer, show=_show)
