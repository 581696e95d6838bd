"""The forms of questionnaires: a field a question, by the web record of its type; and answers as texts of the inputs.

A response may hold anything as an answer, and it is stored. What no input can hold stays out of the inputs;
the checker reports what is wrong with it.

Names are prefixed with `q_`, so that a question called `data` or `errors` hides nothing of the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.web.question_types import Answer, FieldMaker, Pair, ungrouped, web_type

PREFIX = "q_"


def fields_of(questions: tuple[Question, ...], questionnaire: Questionnaire) -> dict[str, Any]:
    """The fields of these questions by input name; a group adds no level."""
    return {PREFIX + question.name: make(question, questionnaire) for question, make in _with_fields(questions)}


def answers_of(form: Any, questions: tuple[Question, ...]) -> dict[str, Answer]:
    """The answers typed into a form by question name, empty ones left out."""
    answers = {question.name: form[PREFIX + question.name].answer for question, _make in _with_fields(questions)}
    return {name: answer for name, answer in answers.items() if answer is not None}


def typed_answers(questions: tuple[Question, ...], answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Name → text of every input, the inverse of `answers_of`; what is empty or fits no input is left out."""
    return MultiDict(type_answers(questions, answers))


def type_answers(questions: tuple[Question, ...], answers: Mapping[str, Any], parent: str = "") -> Iterator[Pair]:
    """`parent` is the prefix of the names inside an instance of a repeat."""
    for question, _make in _with_fields(questions):
        if question.name in answers:
            name = parent + PREFIX + question.name
            yield from web_type(question.type.name).type_answer(question, name, answers[question.name])


def form_class(questionnaire: Questionnaire) -> type[FlaskForm]:
    """The form of a questionnaire; `WebState.form_class` makes it once for each version."""
    questions = tuple(question for section in questionnaire.sections for question in section.questions)
    return type("QuestionnaireForm", (FlaskForm,), fields_of(questions, questionnaire))


def _with_fields(questions: tuple[Question, ...]) -> Iterator[tuple[Question, FieldMaker]]:
    for question in ungrouped(questions):
        if (make := web_type(question.type.name).make_field) is not None:
            yield question, make
