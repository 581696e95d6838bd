"""Expressions with the kinds of their parts, as `resolve` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_server.i18n import Message
from survey_server.questionnaire.language.operators import Kind
from survey_server.questionnaire.language.syntax import Syntax
from survey_server.questionnaire.model import Question

KIND_NAMES = {
    "number": Message("số"),
    "text": Message("chữ", "kind of value"),
    "boolean": Message("đúng/sai"),
    "date": Message("ngày", "kind of value"),
    "day": Message("ngày", "kind of value"),
    "time": Message("giờ", "kind of value"),
    "hour": Message("giờ", "kind of value"),
    "datetime": Message("ngày giờ", "kind of value"),
    "codes": Message("nhiều phương án"),
    "list": Message("nhiều giá trị"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the expressions of a questionnaire may refer to.

    `repeats` maps a question inside a repeat to the repeat; `codes` maps a choice list to its codes, reasons for not
    answering included, each with its label in the first language.
    """

    questions: Mapping[str, Question]
    repeats: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression stands: its `owner` for messages, the `question` that `.` means, the `repeat` around it;
    `is_default`: now() may be used."""

    owner: str
    question: Question | None = None
    repeat: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of an expression: tree and kind, name and choice list of a question's value, value of a literal, and the
    parts of it."""

    tree: Any
    kind: Kind
    name: str = ""
    choices: str | None = None
    literal: str | float | None = None
    syntax: Syntax | None = None
    parts: tuple[Typed, ...] = ()


UNKNOWN = Typed(None, "any")
