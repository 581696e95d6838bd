"""Answers as the texts of a form's inputs: the inverse of `question_fields`.

Whoever sends a response may call anything an answer, and it is stored. What no input can hold stays out of the inputs;
the checker reports what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_server.questionnaire.model import Question
from survey_server.web.question_fields import PREFIX
from survey_server.web.question_types import Pair, web_type


def typed_answers(questions: tuple[Question, ...], answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Name → text of every input; what is empty or fits no input is left out."""
    return MultiDict(type_answers(questions, answers))


def type_answers(questions: tuple[Question, ...], answers: Mapping[str, Any], parent: str = "") -> Iterator[Pair]:
    """`parent` is the prefix of the names inside an instance of a repeat."""
    for question in questions:
        web = web_type(question.type.name)
        if question.role == "group":
            yield from type_answers(question.questions, answers, parent)
        elif question.name in answers and web.make_field is not None:
            yield from web.type_answer(question, parent + PREFIX + question.name, answers[question.name])
