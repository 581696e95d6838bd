"""A questionnaire as the rest of the program knows it: frozen records, made by `load`, read by all.

A `Text` maps a language code to its text. An `Expression` is what `expressions` compiled: a JSON tree of
lists, strings, numbers, booleans and None, read alike by the Python and the JavaScript interpreter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Text = Mapping[str, str]
Expression = list[object] | str | float | bool | None
Respondent = Literal["organisation", "official", "resident"]
Evidence = Literal["visit", "self_review"]
QuestionType = Literal[
    "text", "integer", "decimal", "select_one", "select_multiple", "date", "note", "calculate", "number_table",
    "group", "repeat",
]  # fmt: skip
IndicatorKind = Literal["rating", "yes_no", "count", "money", "ratio"]
Aspect = Literal["deploy", "direct", "carry_out"]
Aggregate = Literal["sum", "mean", "ratio", "none"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where in the file something stands; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a number table: one figure over the periods; `indicator` belongs to the question's task."""

    code: str
    label: Text
    unit: Text = field(default_factory=dict)
    indicator: str | None = None


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """The answers offered. `scores` maps a code to 0–100 and is empty where the list is not scored."""

    name: str
    scale: Literal["ordinal", "nominal"]
    options: tuple[Choice, ...]
    missing: tuple[Choice, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or a group or repeat of questions (`questions` holds what it contains).

    `relevant`, `constraint`, `calculation` are compiled expressions or None; `required` is an expression too
    (True for always). The `…_source` fields keep what the author wrote.
    """

    name: str
    type: QuestionType
    label: Text
    position: Position
    hint: Text = field(default_factory=dict)
    choices: str | None = None
    task: str | None = None
    indicator: str | None = None
    relevant: Expression = None
    relevant_source: str | None = None
    required: Expression = False
    constraint: Expression = None
    constraint_source: str | None = None
    constraint_message: Text = field(default_factory=dict)
    calculation: Expression = None
    rows: tuple[Row, ...] = ()
    periods: tuple[Choice, ...] = ()
    missing: tuple[Choice, ...] = ()
    unit: Text = field(default_factory=dict)
    appearance: str | None = None
    consent: bool = False
    questions: tuple[Question, ...] = ()


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
