"""Answers as they stand in the inputs of a form: the way back from `question_fields`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_server.questionnaire.model import Question
from survey_server.web.numbers import type_number
from survey_server.web.question_fields import PREFIX

Pair = tuple[str, str]


def typed_answers(questions: tuple[Question, ...], answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Name → text of every input; empty inputs are left out."""
    return MultiDict(_pairs(questions, answers, ""))


def _pairs(questions: tuple[Question, ...], answers: Mapping[str, Any], parent: str) -> Iterator[Pair]:
    for question in questions:
        if question.type == "group":
            yield from _pairs(question.questions, answers, parent)
        elif question.name in answers and question.type in _WRITERS:
            yield from _WRITERS[question.type](question, parent + PREFIX + question.name, answers[question.name])


def _text(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    yield name, str(answer)


def _number(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    if isinstance(answer, str):
        yield f"{name}-missing", answer
    else:
        yield name, type_number(answer)


def _several(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for code in answer if isinstance(answer, list) else [answer]:
        yield name, code


def _date(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    year, month, day = str(answer).split("-")
    yield from ((f"{name}-day", day), (f"{name}-month", month), (f"{name}-year", year))


def _table(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for row, cells in answer.items():
        for period, cell in cells.items():
            own = f"{name}-{row}-{period}"
            if isinstance(cell, str):
                yield f"{own}-missing", cell
            elif isinstance(cell, dict):
                yield own, type_number(cell["value"])
                yield f"{own}-estimated", "1"
            else:
                yield own, type_number(cell)


def _repeat(question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for index, instance in enumerate(answer):
        # Names no input: it keeps an instance in which nothing is answered yet.
        yield f"{name}-{index}-kept", ""
        yield from _pairs(question.questions, instance, f"{name}-{index}-")


_WRITERS = {
    "text": _text,
    "integer": _number,
    "decimal": _number,
    "select_one": _text,
    "select_multiple": _several,
    "date": _date,
    "number_table": _table,
    "repeat": _repeat,
}
