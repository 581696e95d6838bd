"""A questionnaire as the rest of the program knows it: frozen records, made by `load`.

A `QuestionType` is the record through which the rest of the program knows what a type of question does. A `Text` maps a
language code to its text. An `Expression` is a compiled JSON tree of lists, strings, numbers, booleans and None, read
alike by the Python and the JavaScript interpreter.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.elements import (
    Choice as Choice,
    ChoiceList as ChoiceList,
    Expression as Expression,
    Position as Position,
    Row as Row,
    Text as Text,
)
from survey_server.questionnaire.typed_text import is_blank

if TYPE_CHECKING:
    from survey_server.questionnaire.drawing import Drawing
    from survey_server.questionnaire.mapping_reader import MappingReader

MAX_NUMBER = 1e15  # of an answer, given or calculated
MAX_INSTANCES = 500  # of a repeat
MAX_ANSWER_LENGTH = 20_000  # characters of a text

COMMON_KEYS = ("name", "type", "label", "hint", "relevant", "task", "indicator")
RULED_KEYS = (*COMMON_KEYS, "required", "constraint", "constraint_message")
ANSWER_KEYS = (*RULED_KEYS, "default")

# What a question is on the route: most are answered; the others are shown, calculated, or hold questions.
Role = Literal["answer", "calculated", "note", "group", "repeat"]
# What exports, tallies and tables see of the answers; `analysis` counts by these and knows no type.
DataKind = Literal["text", "number", "choice", "choices", "moment", "table", "instances"]
# What expressions see; "table" and "instances" are referred to in ways of their own.
ValueKind = Literal["text", "number", "codes", "date", "time", "datetime", "any", "table", "instances"]
Check = Callable[[Any], Problem | None]


ChoiceLists = Mapping[str, ChoiceList]


class FlatRow(NamedTuple):
    """A line of answers.csv, without its response. `row`: what of the answer it is; `missing`: the code of a reason, in
    place of a value; `flag`: one of the flags below."""

    question: str
    row: str
    value: Any
    flag: str = ""
    missing: str = ""


NOT_ASKED = "not_asked"  # off the route
ESTIMATED = "estimated"
NONE_TICKED = "none"  # of several choices: an answer without any
CALCULATED_TEXT = "text"  # the value is a text, though it may look like a number
INVALID = "invalid"  # no answer of its question's type: the value is its JSON


@dataclass(frozen=True, slots=True)
class Options:
    """The attributes that only one type of question has; most types have none."""

    def axes(self) -> dict[str, tuple[Choice, ...]]:
        """The coded parts of an answer, by the key that names them in the file: rows and periods of a table."""
        return {}


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or a group or repeat of questions (`questions` holds what it contains).

    `relevant`, `constraint`, `calculation`, `default` are compiled expressions or None; `required` is an expression
    too (True for always). The `…_source` fields keep the author's text. `own`: the attributes of its type alone.
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
    constraint_message: Text = field(default_factory=dict)
    calculation: Expression = None
    default: Expression = None
    missing: tuple[Choice, ...] = ()
    unit: Text = field(default_factory=dict)
    consent: bool = False
    questions: tuple[Question, ...] = ()
    own: Options = field(default_factory=Options)

    @property
    def role(self) -> Role:
        return self.type.role


def is_given(given: Any) -> bool:
    """An empty list or object and a text in which nothing can be seen are no answer; 0 is one."""
    return not is_blank(given) if isinstance(given, str) else bool(given) or given == 0


def text_value(given: Any) -> str | None:
    """A text in NFC; None where nothing of it can be seen."""
    if not isinstance(given, str) or is_blank(given):
        return None
    return given if given.isascii() else unicodedata.normalize("NFC", given)


def wrong_kind(question: Question) -> Problem:
    return Problem(answer_problems.WRONG_KIND, {"type": question.type.name})


def plain_value(number: int | float) -> int | float:
    """As a cell of a table holds it: whole numbers without a point, true and false as 1 and 0."""
    is_whole = isinstance(number, bool) or (isinstance(number, float) and number.is_integer())
    return int(number) if is_whole else number


def invalid_row(question: Question, answer: Any, row: str = "") -> FlatRow:
    return FlatRow(question.name, row, json.dumps(answer, ensure_ascii=False), INVALID)


def text_row(question: Question, answer: Any, _choices: ChoiceLists) -> Iterator[FlatRow]:
    yield FlatRow(question.name, "", answer) if isinstance(answer, str) else invalid_row(question, answer)


def number_row(question: Question, answer: Any, row: str = "", flag: str = "") -> FlatRow:
    """Of a number or the code of a reason for having none: 98 is a number, "98" may be a code."""
    if isinstance(answer, str) and any(answer == choice.code for choice in question.missing):
        return FlatRow(question.name, row, "", flag, answer)
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return invalid_row(question, answer, row)
    return FlatRow(question.name, row, plain_value(answer), flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionType:
    """One type of question.

    `keys`: those that the file may give. `data`: None where there is no column. `value_kind`: None where no
    expression may refer to it. `is_whole`: its numbers have no fraction. `expected`: an answer in the words of people
    who never read a questionnaire's file.
    `read_options` reads the type's own attributes. `compile_check` gives the check of an answer (None: it is fine).
    `value`: an answer as expressions see it; it takes any JSON. `is_answered`: None for `is_given`.
    `coerce`: the answer that a default's value stands for, None where it stands for none.
    `draw`: a simulated answer. `flatten`: the lines of answers.csv, of any JSON but null and the empty text, with the
    questionnaire's lists of choices; `analysis.flat_answers` reads the answer back from them.
    """

    name: str
    keys: tuple[str, ...] = ANSWER_KEYS
    role: Role = "answer"
    data: DataKind | None = None
    value_kind: ValueKind | None = None
    is_whole: bool = False
    may_repeat: bool = True  # whether it may lie in a repeat
    default_missing: tuple[Choice, ...] = ()  # the reasons for no answer where the file names none
    expected: str = ""  # where it has answers
    read_options: Callable[[MappingReader], Options] = lambda _reader: Options()
    compile_check: Callable[[Question, ChoiceList | None], Check] = lambda _question, _choices: lambda _given: None
    value: Callable[[Any], Any] = text_value
    is_answered: Callable[[Question, Any], bool] | None = None
    coerce: Callable[[Any], Any] = text_value
    draw: Callable[[Drawing, Question], Any] = lambda _drawing, _question: None
    flatten: Callable[[Question, Any, ChoiceLists], Iterator[FlatRow]] = text_row

    def __str__(self) -> str:
        """The name, as the file and the templates write it."""
        return self.name


def missing_codes(choices: ChoiceLists, question: Question) -> frozenset[str]:
    """The codes of the question's list that stand for why there is no answer."""
    listed = choices.get(question.choices or "")
    return frozenset(choice.code for choice in listed.missing) if listed is not None else frozenset()


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
    choices: ChoiceLists
    sections: tuple[Section, ...]
    sha256: str

    def walk(self) -> Iterator[Question]:
        """Every question in the order of the page, groups and repeats before what they contain."""
        return (question for section in self.sections for question, _ in walk_questions(section.questions))

    def walk_tasks(self) -> Iterator[tuple[Section, Question, str | None]]:
        """Every question with its section and the task named by itself, by a group around it or by its section."""

        def descend(questions: tuple[Question, ...], task: str | None) -> Iterator[tuple[Question, str | None]]:
            for question in questions:
                own = question.task or task
                yield question, own
                yield from descend(question.questions, own)

        for section in self.sections:
            for question, task in descend(section.questions, section.task):
                yield section, question, task


def walk_questions(questions: tuple[Question, ...], repeat: str | None = None) -> Iterator[tuple[Question, str | None]]:
    """Every question in the order of the page, with the name of the repeat that it lies in."""
    for question in questions:
        yield question, repeat
        yield from walk_questions(question.questions, question.name if question.role == "repeat" else repeat)
