"""Reads answers back from the lines of answers.csv, typed as in the response's body: 98 is a number, "98" a code.

The question types of the server write these lines (`QuestionType.flatten`); the kinds of answers are read here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from analysis.codebook import Question

NOT_ASKED = "not_asked"
ESTIMATED = "estimated"
NONE_TICKED = "none"
CALCULATED_TEXT = "text"
INVALID = "invalid"


class Line(NamedTuple):
    """A line of answers.csv without its response, in the order of the file's columns."""

    question: str
    row: str
    value: str
    missing: str
    flag: str


def put_line(answers: dict[str, Any], question: Question, line: Line) -> None:
    """Add a line to the answers of its response. The line of a repeat comes before those of its instances."""
    if question.repeat is None:
        _PUT[question.kind](answers, line)
        return
    number, _, row = line.row.partition("/")
    instances = answers.get(question.repeat)
    if number.isdecimal() and isinstance(instances, list) and 0 < int(number) <= len(instances):
        instance = instances[int(number) - 1]
        if isinstance(instance, dict):
            _PUT[question.kind](instance, line._replace(row=row))


def _value(line: Line) -> Any:
    return json.loads(line.value) if line.flag == INVALID else line.missing or line.value


def _number(line: Line) -> Any:
    """Release 0.1 had no column for missing codes: they stand in place of the number."""
    if line.missing or line.flag in (INVALID, CALCULATED_TEXT):
        return _value(line)
    try:
        return float(line.value)
    except ValueError:
        return line.value


def _put_single(answers: dict[str, Any], line: Line) -> None:
    answers[line.question] = _value(line)


def _put_number(answers: dict[str, Any], line: Line) -> None:
    answers[line.question] = _number(line)


def _put_choices(answers: dict[str, Any], line: Line) -> None:
    """A reason stands alone, as a code; choices are a list."""
    name = line.question
    if line.flag == INVALID:
        answers[name] = _value(line)
    elif line.flag == NONE_TICKED:
        answers[name] = []
    elif name not in answers:
        answers[name] = line.missing or [line.row or line.value]
    else:
        given = answers[name]
        answers[name] = [*([given] if isinstance(given, str) else given), line.missing or line.row or line.value]


def _put_cell(answers: dict[str, Any], line: Line) -> None:
    if line.row == "":
        answers[line.question] = _value(line)
        return
    row, slash, period = line.row.partition("/")
    table = answers.setdefault(line.question, {})
    figure = _number(line)
    if slash:
        table.setdefault(row, {})[period] = {"value": figure, "estimated": True} if line.flag == ESTIMATED else figure
    else:
        table[row] = figure


def _put_instances(answers: dict[str, Any], line: Line) -> None:
    if line.row:  # an instance that is none
        answers[line.question][int(line.row) - 1] = _value(line)
    else:
        answers[line.question] = _value(line) if line.flag == INVALID else [{} for _ in range(int(line.value))]


_PUT: Mapping[str, Callable[[dict[str, Any], Line], None]] = {
    "text": _put_single,
    "moment": _put_single,
    "choice": _put_single,
    "number": _put_number,
    "choices": _put_choices,
    "table": _put_cell,
    "instances": _put_instances,
}
