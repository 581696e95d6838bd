"""The steps of a route: each question with its expressions compiled, and its value for expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.evaluate import Compiled, Condition, compile_condition, compile_expression
from survey_server.questionnaire.model import (
    MAX_NUMBER,
    ChoiceList,
    Expression,
    Question,
    Role,
    is_given,
    missing_codes,
)

Answered = Callable[[Any], bool]


@dataclass(slots=True)
class Step:
    """A question with its expressions compiled. `around` is the group or repeat it lies in, `repeat` that repeat's
    name, `section_relevant` the condition of its section."""

    question: Question
    around: Step | None
    repeat: str | None
    section_relevant: Condition | None
    relevant: Condition | None
    required: Condition | None
    constraint: Condition | None
    calculation: Compiled | None
    missing: frozenset[str]
    name: str
    role: Role
    is_answered: Answered
    is_number: bool
    is_plain: bool  # nothing around it can take it off the route
    value: Callable[[Any], Any] | None  # of an answer in expressions; None where there are no inputs
    is_visited: bool  # it may be off the route, or another question's expression reads it

    @property
    def has_rules(self) -> bool:
        ruled = self.required is not None or self.constraint is not None
        return ruled and self.role in ("answer", "repeat") and self.calculation is None

    def is_missing(self, given: Any) -> bool:
        """Whether a code stands for why there is no answer."""
        return isinstance(given, str) and (self.is_number or given in self.missing)


def compile_step(
    question: Question,
    around: Step | None,
    repeat: str | None,
    section: Expression,
    choices: Mapping[str, ChoiceList],
    read: set[str],
) -> Step:
    """`section` is the condition of the question's section; `read` are the questions whose values an expression
    reads."""
    is_plain, is_answered = around is None and section is None, question.type.is_answered
    value = question.type.value if question.role == "answer" and question.calculation is None else None
    return Step(
        question=question,
        around=around,
        repeat=repeat,
        section_relevant=_condition(section),
        relevant=_condition(question.relevant),
        required=None if question.required is False else compile_condition(question.required),
        constraint=_condition(question.constraint),
        calculation=None if question.calculation is None else compile_expression(question.calculation),
        missing=missing_codes(choices, question),
        name=question.name,
        role=question.role,
        is_answered=is_given if is_answered is None else partial(is_answered, question),
        is_number=question.type.value_kind == "number",
        is_plain=is_plain,
        value=value,
        is_visited=not is_plain or question.relevant is not None or value is None or question.name in read,
    )


def _condition(tree: Expression) -> Condition | None:
    return None if tree is None else compile_condition(tree)


def is_nothing(result: Any) -> bool:
    """Whether a calculation came to nothing, or to a number larger than any answer may be: no response carries it."""
    return abs(result) > MAX_NUMBER if isinstance(result, (int, float)) else values.is_empty(result)


def plain(result: Any) -> Any:
    """A calculated value as JSON writes it: a whole number without a point."""
    if isinstance(result, float) and result.is_integer() and abs(result) < 2**53:
        return int(result)
    return list(result) if isinstance(result, tuple) else result
