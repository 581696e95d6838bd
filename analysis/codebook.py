"""The codebook and the framework of a dataset: what each question means, and how it is scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Text = Mapping[str, str]
JOINED_BY = "+"  # between versions that are read together; no version has it in its name
SCORED_KINDS = frozenset({"rating", "yes_no"})
# What the answers to a question are, whatever its type.
KINDS = frozenset({"text", "number", "choice", "choices", "moment", "table", "instances"})
# The types of question that release 0.1 had: its datasets name no kinds.
_KINDS_OF_0_1 = {
    "text": "text", "integer": "number", "decimal": "number", "select_one": "choice", "select_multiple": "choices",
    "date": "moment", "calculate": "number", "number_table": "table", "repeat": "instances",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    title: Text
    kind: str
    aspect: str
    weight: float
    direction: str
    unit: Text
    aggregate: str


@dataclass(frozen=True, slots=True)
class Task:
    code: str
    title: Text
    short: Text
    weight: float
    indicators: Mapping[str, Indicator]


@dataclass(frozen=True, slots=True)
class Framework:
    id: str
    title: Text
    tasks: Mapping[str, Task]

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Framework:
        """From framework.json. Raises KeyError where a part is missing."""
        tasks = {
            task["code"]: Task(
                task["code"], task["title"], task["short"], float(task["weight"]),
                {
                    each["code"]: Indicator(
                        each["code"], each["title"], each["kind"], each["aspect"], float(each["weight"]),
                        each["direction"], each["unit"], each["aggregate"],
                    )
                    for each in task["indicators"]
                },
            )
            for task in given["tasks"]
        }  # fmt: skip
        return cls(given["id"], given["title"], tasks)


@dataclass(frozen=True, slots=True)
class Choices:
    """A choice list: options in the author's order, reasons for no answer, scores 0–100 by option."""

    name: str
    scale: str
    options: Mapping[str, Text]
    missing: Mapping[str, Text]
    scores: Mapping[str, float]
    version: str = ""  # of the questionnaire, where the list is not comparable with that of the newest


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    section: str
    repeat: str | None
    type: str
    kind: str  # of its answers: one of KINDS
    label: Text
    task: str | None
    indicator: str | None
    choices: str | None
    universe: str | None
    rows: tuple[Mapping[str, Any], ...]
    periods: tuple[Mapping[str, Any], ...]
    missing: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Scored:
    """A question that is scored: for which indicator, with which score for which choice (direction applied)."""

    question: str
    indicator: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an older version's answers to a question are read in the newest. `codes`: older → newest code of a choice or
    of a reason; `cells`: of a number table's cell "row/period"; only those that differ."""

    is_apart: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, given: str | Mapping[str, Any]) -> Comparison:
        if isinstance(given, str):
            return cls(is_apart=given == "apart")
        return cls(False, given["recode"], given.get("cells", {}))


@dataclass(frozen=True, slots=True)
class QuestionnaireBook:
    """One version of a questionnaire in the codebook. `series`: the first of the versions that it is comparable with;
    `comparison`: of an older version, by question, with the newest; `comparisons`: with later ones of its series, by
    version."""

    id: str
    version: str
    title: Text
    respondent: str
    evidence: str
    locality_level: str
    questions: Mapping[str, Question]
    choices: Mapping[str, Choices]
    scored: Mapping[str, tuple[Scored, ...]] = field(default_factory=dict)  # task → its scored questions
    series: str = ""
    comparison: Mapping[str, Comparison] = field(default_factory=dict)
    comparisons: Mapping[str, Mapping[str, Comparison]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, given: Mapping[str, Any], framework: Framework) -> QuestionnaireBook:
        choices = {
            name: Choices(name, each["scale"], _labels(each["options"]), _labels(each["missing"]), each["scores"])
            for name, each in given["choices"].items()
        }
        questions = {
            each["name"]: Question(
                each["name"],
                each["section"],
                each["repeat"],
                each["type"],
                _kind(each),
                each["label"],
                each["task"],
                each["indicator"],
                each["choices"],
                each["universe"],
                tuple(each["rows"]),
                tuple(each["periods"]),
                _labels(each["missing"]),
            )
            for each in given["questions"]
        }
        compared = given.get("comparison", {}).get("questions", {})
        comparisons = given.get("comparisons", {})
        return cls(
            given["id"], given["version"], given["title"], given["respondent"], given["evidence"],
            given["locality_level"], questions, choices, scored_questions(questions, choices, framework),
            given.get("series", given["version"]),
            _comparisons(compared), {version: _comparisons(each) for version, each in comparisons.items()},
        )  # fmt: skip


def _comparisons(given: Mapping[str, Any]) -> dict[str, Comparison]:
    return {name: Comparison.from_json(each) for name, each in given.items()}


def _labels(given: Iterable[Mapping[str, Any]]) -> dict[str, Text]:
    return {each["code"]: each["label"] for each in given}


def _kind(given: Mapping[str, Any]) -> str:
    kind = str(given["kind"] if "kind" in given else _KINDS_OF_0_1[given["type"]])
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind} of the question {given['name']}")
    return kind


def scored_questions(
    questions: Mapping[str, Question], choices: Mapping[str, Choices], framework: Framework
) -> dict[str, tuple[Scored, ...]]:
    """By task, in the order of the framework."""
    found: dict[str, list[Scored]] = {}
    for question in questions.values():
        task = framework.tasks.get(question.task or "")
        indicator = task.indicators.get(question.indicator or "") if task is not None else None
        listed = choices.get(question.choices or "")
        if task is None or indicator is None or listed is None or question.kind != "choice":
            continue
        if indicator.kind in SCORED_KINDS and listed.scores and question.repeat is None:
            turned = indicator.direction == "lower"
            scores = {code: 100.0 - score if turned else float(score) for code, score in listed.scores.items()}
            found.setdefault(task.code, []).append(Scored(question.name, indicator.code, scores))
    return {code: tuple(found[code]) for code in framework.tasks if code in found}


@dataclass(frozen=True, slots=True)
class Codebook:
    """Every questionnaire version of a round, by (id, version)."""

    questionnaires: Mapping[tuple[str, str], QuestionnaireBook]

    @classmethod
    def from_json(cls, given: Mapping[str, Any], framework: Framework) -> Codebook:
        books = (QuestionnaireBook.from_json(each, framework) for each in given["questionnaires"])
        return cls({(book.id, book.version): book for book in books})

    def newest(self, questionnaire: str) -> QuestionnaireBook:
        """The last version named in the codebook. Raises KeyError."""
        return {id_: book for (id_, _), book in self.questionnaires.items()}[questionnaire]

    def joined_series(self, questionnaire: str, version: str) -> str:
        """The name of all versions of a version's series together: "1+2". Raises KeyError."""
        series = self.series_of(questionnaire, version)
        found = (
            each for (id_, each), book in self.questionnaires.items() if (id_, book.series) == (questionnaire, series)
        )
        return JOINED_BY.join(found)

    def series_of(self, questionnaire: str, version: str) -> str:
        """The series of comparable versions that a version belongs to. Raises KeyError."""
        return self.questionnaires[questionnaire, version].series
