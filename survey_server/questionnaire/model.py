"""A questionnaire as the rest of the program knows it: frozen records, made by `load`.

A `Text` maps a language code to its text. An `Expression` is a compiled JSON tree of lists, strings, numbers,
booleans and None, read alike by the Python and the JavaScript interpreter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from survey_server.questionnaire.elements import Choice, ChoiceList, Expression, Position, Row, Text
from survey_server.questionnaire.question import Question

__all__ = [
    "Choice", "ChoiceList", "Expression", "Framework", "Indicator", "Position", "Question", "Questionnaire", "Row",
    "Section", "Task", "Text",
]  # fmt: skip
Respondent = Literal["organisation", "official", "resident"]
Evidence = Literal["visit", "self_review"]
IndicatorKind = Literal["rating", "yes_no", "count", "money", "ratio"]
Aspect = Literal["deploy", "direct", "carry_out"]
Aggregate = Literal["sum", "mean", "ratio", "none"]


@dataclass(frozen=True, slots=True)
class Section:
    """`outside_tasks`: the author wrote `task: none`; its questions belong to no task on purpose."""

    name: str
    title: Text
    position: Position
    questions: tuple[Question, ...]
    task: str | None = None
    outside_tasks: bool = False
    relevant: Expression = None
    relevant_source: str | None = None
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    title: Text
    kind: IndicatorKind
    aspect: Aspect
    weight: float = 1.0
    unit: Text = field(default_factory=dict)
    period: str | None = None
    aggregate: Aggregate = "none"
    direction: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True, slots=True)
class Task:
    code: str
    title: Text
    short: Text
    indicators: tuple[Indicator, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Framework:
    id: str
    title: Text
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of a questionnaire. `sha256` is of the YAML file's bytes."""

    id: str
    version: str
    title: Text
    respondent: Respondent
    evidence: Evidence
    locality_level: str
    framework: Framework
    languages: tuple[str, ...]
    choices: Mapping[str, ChoiceList]
    sections: tuple[Section, ...]
    sha256: str

    def walk(self) -> Iterator[Question]:
        """Every question in the order of the page, groups and repeats before what they contain."""
        for section in self.sections:
            yield from _walk(section.questions)


def _walk(questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        yield question
        yield from _walk(question.questions)
