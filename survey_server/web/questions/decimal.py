"""A number as Vietnamese writes it, or, where the question offers them, a reason for having none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.questionnaire.model import Question
from survey_server.web.numbers import format_for_input
from survey_server.web.question_types import Answer, AnswerField, Pair, WebType, field_of


class NumberField(AnswerField):
    suffixes = ("", "-missing", "-as")

    def read(self, formdata: Any) -> Answer | None:
        return self.figure("")


def type_figure(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    if isinstance(answer, str):
        yield f"{name}-missing", answer
    elif isinstance(answer, int | float) and not isinstance(answer, bool):
        yield name, format_for_input(answer)


WEB = WebType(make_field=field_of(NumberField), type_answer=type_figure)
