"""Answers as they stand in the inputs of a form: the way back from `question_fields`.

Whoever sends a response may call anything an answer, and it is kept. What no input can hold stays out of the inputs;
the checker says of each what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from survey_server.questionnaire.model import Question
from survey_server.questionnaire.route import MAX_INSTANCES
from survey_server.web.numbers import type_number
from survey_server.web.question_fields import PREFIX

Pair = tuple[str, str]
# Of any length, as it can be typed: "31/123/2012" comes back as it was.
_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]+)-(?P<day>[0-9]+)")


def typed_answers(questions: tuple[Question, ...], answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """Name → text of every input; what is empty or fits no input is left out."""
    return MultiDict(_pairs(questions, answers, ""))


def _pairs(questions: tuple[Question, ...], answers: Mapping[str, Any], parent: str) -> Iterator[Pair]:
    for question in questions:
        if question.type == "group":
            yield from _pairs(question.questions, answers, parent)
        elif question.name in answers and question.type in _WRITERS:
            yield from _WRITERS[question.type](question, parent + PREFIX + question.name, answers[question.name])


def _text(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    if isinstance(answer, str):
        yield name, answer


def _number(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    if isinstance(answer, str):
        yield f"{name}-missing", answer
    elif _is_number(answer):
        yield name, type_number(answer)


def _several(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    codes = answer if isinstance(answer, list) else [answer]
    yield from ((name, code) for code in codes if isinstance(code, str))


def _date(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    written = _DAY.fullmatch(answer) if isinstance(answer, str) else None
    if written is not None:
        yield from ((f"{name}-{part}", written[part]) for part in ("day", "month", "year"))


def _table(question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for row in question.rows:
        for period in question.periods:
            yield from _cell(f"{name}-{row.code}-{period.code}", _inside(_inside(answer, row.code), period.code))


def _cell(own: str, cell: Any) -> Iterator[Pair]:
    if isinstance(cell, str):
        yield f"{own}-missing", cell
        return
    figure = _inside(cell, "value") if isinstance(cell, dict) else cell
    if _is_number(figure):
        yield own, type_number(figure)
        if isinstance(cell, dict) and cell.get("estimated") is True:
            yield f"{own}-estimated", "1"


def _repeat(question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for index, instance in enumerate(instances_shown(answer)):
        # Names no input: it keeps an instance in which nothing is answered yet.
        yield f"{name}-{index}-kept", ""
        yield from _pairs(question.questions, instance, f"{name}-{index}-")


def instances_shown(answer: Any) -> list[dict[str, Any]]:
    """What of a repeat's answer stands on a page: no more instances than there may be, and nothing but instances."""
    given = answer if isinstance(answer, list) else []
    return [instance for instance in given if isinstance(instance, dict)][:MAX_INSTANCES]


def _inside(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None


def _is_number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool)


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
