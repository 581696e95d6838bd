"""A text in one line or several."""

from __future__ import annotations

from dataclasses import replace

from survey_server.questionnaire.types.text import TextOptions
from survey_server.web.question_types import AnswerField, AnswerInWords, GivenAnswer, WebType, field_of, show_value


def _show(given: GivenAnswer) -> AnswerInWords:
    own = given.question.own
    is_long = isinstance(own, TextOptions) and own.is_multiline
    return replace(show_value(given), kind="long" if is_long else "short")


WEB = WebType(make_field=field_of(AnswerField), show=_show)
