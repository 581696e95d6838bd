"""A day in three inputs: day, month, year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from survey_server.questionnaire.model import Question
from survey_server.questionnaire.typed_text import trim
from survey_server.web.language import gettext as _, shown_day
from survey_server.web.question_types import (
    Answer,
    AnswerField,
    AnswerInWords,
    GivenAnswer,
    Pair,
    WebType,
    field_of,
    show_value,
)

PARTS = ("-day", "-month", "-year")
# Of any length, as it can be typed: "31/123/2012" comes back as it was.
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]+)-(?P<day>[0-9]+)")


class DateField(AnswerField):
    suffixes: tuple[str, ...] = PARTS

    def read(self, formdata: Any) -> Answer | None:
        """As ISO text. A day that no calendar has ("31/02") is for the checker to refuse, as on the tablet."""
        day, month, year = (trim(self.typed[suffix]) for suffix in PARTS)
        if not (day or month or year):
            return None
        if not all(re.fullmatch(r"[0-9]+", part) for part in (day, month, year)) or len(year) != 4:
            self.unreadable[""] = _("Ngày chưa đủ. Ghi ngày, tháng và năm bằng số, năm có bốn chữ số.")
            return None
        return f"{year}-{month:0>2}-{day:0>2}"


def type_day(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    typed = _DAY.fullmatch(answer) if isinstance(answer, str) else None
    if typed is not None:
        yield from ((f"{name}-{part}", typed[part]) for part in ("day", "month", "year"))


def day_in_words(day: str) -> str:
    """As the language writes it; what is no day stays as it is."""
    try:
        return shown_day(day)
    except ValueError:
        return day


def _show(given: GivenAnswer) -> AnswerInWords:
    if not isinstance(given.answer, str):
        return show_value(given)
    return show_value(replace(given, answer=given.labels.get(given.answer) or day_in_words(given.answer)))


WEB = WebType(make_field=field_of(DateField), type_answer=type_day, show=_show)
