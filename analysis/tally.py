"""The tally of a leaf: the sums over its responses, from which every result is computed.

Plain Python: the publisher tallies a leaf in a millisecond. Sums are exact (`math.fsum`), so that the order of
responses and leaves has no effect.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analysis.codebook import Framework, Question, QuestionnaireBook
from analysis.scores import score_response


@dataclass(frozen=True, slots=True)
class CountedResponse:
    """One response as the tally counts it. `answers` are flat, as in a response's body; `not_asked` are the names of
    questions off its route."""

    id: str
    answers: Mapping[str, Any]
    not_asked: frozenset[str] = frozenset()
    weight: float = 1.0
    late: bool = False
    simulated: bool = False


class Moments(NamedTuple):
    """Sums over the responses that have a score y with weight w: n, Σw, Σwy, Σwy², Σw², Σw²y, Σw²y²."""

    n: int
    w: float
    wy: float
    wyy: float
    ww: float
    wwy: float
    wwyy: float

    @property
    def mean(self) -> float:
        return self.wy / self.w


class Numbers(NamedTuple):
    """n, Σ and Σ² of a number."""

    n: int
    sum: float
    sum2: float


_NO_NUMBERS = Numbers(0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """One question, or one cell of a number table: counts by choice and by missing code, and the number's sums."""

    choices: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    not_asked: int = 0
    unanswered: int = 0
    estimated: int = 0
    number: Numbers = _NO_NUMBERS


@dataclass(frozen=True, slots=True)
class LeafTally:
    """`questions` by name ("figures/meetings/y2010" for a cell), `moments` by task and by "task/indicator"."""

    n: int = 0
    late: int = 0
    simulated: int = 0
    questions: Mapping[str, QuestionTally] = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)

    def to_json(self) -> str:
        """Canonical: equal tallies give equal texts."""
        written = {
            "n": self.n,
            "late": self.late,
            "simulated": self.simulated,
            "questions": {
                name: {
                    key: value
                    for key, value in (
                        ("c", dict(each.choices)), ("m", dict(each.missing)), ("x", each.not_asked),
                        ("u", each.unanswered), ("e", each.estimated), ("s", list(each.number) if each.number.n else 0),
                    )
                    if value
                }
                for name, each in self.questions.items()
            },
            "moments": {name: list(each) for name, each in self.moments.items()},
        }  # fmt: skip
        return json.dumps(written, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> LeafTally:
        given = json.loads(text)
        questions = {
            name: QuestionTally(
                each.get("c", {}), each.get("m", {}), each.get("x", 0), each.get("u", 0), each.get("e", 0),
                Numbers(*each["s"]) if "s" in each else _NO_NUMBERS,
            )
            for name, each in given["questions"].items()
        }  # fmt: skip
        moments = {name: Moments(*each) for name, each in given["moments"].items()}
        return cls(given["n"], given["late"], given["simulated"], questions, moments)


def tally_leaf(responses: Iterable[CountedResponse], book: QuestionnaireBook, framework: Framework) -> LeafTally:
    """The tally of the responses of one leaf."""
    counted = sorted(responses, key=lambda each: each.id)
    weighed: dict[str, list[tuple[float, float]]] = {}
    for each in counted:
        for name, score in score_response(each.answers, each.not_asked, book, framework).items():
            weighed.setdefault(name, []).append((each.weight, score))
    questions: dict[str, QuestionTally] = {}
    for question in book.questions.values():
        questions.update(_COUNTERS[question.kind](question, counted, book))
    return LeafTally(
        n=len(counted),
        late=sum(each.late for each in counted),
        simulated=sum(each.simulated for each in counted),
        questions=questions,
        moments={name: _moments(pairs) for name, pairs in sorted(weighed.items())},
    )


def add(tallies: Iterable[LeafTally]) -> LeafTally:
    """The exact sum of tallies, in any order."""
    parts = list(tallies)
    names = sorted({name for part in parts for name in part.questions})
    scores = sorted({name for part in parts for name in part.moments})
    return LeafTally(
        n=sum(part.n for part in parts),
        late=sum(part.late for part in parts),
        simulated=sum(part.simulated for part in parts),
        questions={name: _add_questions([p.questions[name] for p in parts if name in p.questions]) for name in names},
        moments={name: _add_moments([part.moments[name] for part in parts if name in part.moments]) for name in scores},
    )


def _moments(pairs: list[tuple[float, float]]) -> Moments:
    return Moments(
        len(pairs),
        math.fsum(w for w, _ in pairs),
        math.fsum(w * y for w, y in pairs),
        math.fsum(w * y * y for w, y in pairs),
        math.fsum(w * w for w, _ in pairs),
        math.fsum(w * w * y for w, y in pairs),
        math.fsum(w * w * y * y for w, y in pairs),
    )


def _add_moments(parts: list[Moments]) -> Moments:
    return Moments(sum(part.n for part in parts), *(math.fsum(column) for column in list(zip(*parts, strict=True))[1:]))


def _add_questions(parts: list[QuestionTally]) -> QuestionTally:
    return QuestionTally(
        _add_counts([part.choices for part in parts]),
        _add_counts([part.missing for part in parts]),
        sum(part.not_asked for part in parts),
        sum(part.unanswered for part in parts),
        sum(part.estimated for part in parts),
        Numbers(
            sum(part.number.n for part in parts),
            math.fsum(part.number.sum for part in parts),
            math.fsum(part.number.sum2 for part in parts),
        ),
    )


def _add_counts(parts: list[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for code, n in part.items():
            total[code] = total.get(code, 0) + n
    return dict(sorted(total.items()))


class _Counter:
    """Counts one question or cell."""

    def __init__(self) -> None:
        self.choices: dict[str, int] = {}
        self.missing: dict[str, int] = {}
        self.not_asked = self.unanswered = self.estimated = 0
        self.numbers: list[float] = []

    def number(self, given: Any, missing: Mapping[str, Any]) -> None:
        if isinstance(given, Mapping):
            self.estimated += given.get("estimated") is True
            given = given.get("value")
        if isinstance(given, str) and given in missing:
            _count(self.missing, given)
        elif isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
            self.numbers.append(float(given))
        else:
            self.unanswered += 1

    def done(self) -> QuestionTally:
        number = Numbers(len(self.numbers), math.fsum(self.numbers), math.fsum(each * each for each in self.numbers))
        return QuestionTally(
            dict(sorted(self.choices.items())), dict(sorted(self.missing.items())), self.not_asked, self.unanswered,
            self.estimated, number,
        )  # fmt: skip


def _count(counts: dict[str, int], code: str) -> None:
    counts[code] = counts.get(code, 0) + 1


def _count_choices(
    question: Question, responses: list[CountedResponse], book: QuestionnaireBook
) -> dict[str, QuestionTally]:
    counter = _Counter()
    listed = book.choices[question.choices or ""]
    for each in responses:
        if question.name in each.not_asked:
            counter.not_asked += 1
            continue
        given = each.answers.get(question.name)
        codes = given if isinstance(given, list) else [given]
        known = [code for code in codes if isinstance(code, str) and (code in listed.options or code in listed.missing)]
        for code in known:
            _count(counter.missing if code in listed.missing else counter.choices, code)
        counter.unanswered += not known
    return {question.name: counter.done()}


def _count_numbers(
    question: Question, responses: list[CountedResponse], _book: QuestionnaireBook
) -> dict[str, QuestionTally]:
    counter = _Counter()
    for each in responses:
        if question.name in each.not_asked:
            counter.not_asked += 1
        else:
            counter.number(each.answers.get(question.name), question.missing)
    return {question.name: counter.done()}


def _count_table(
    question: Question, responses: list[CountedResponse], _book: QuestionnaireBook
) -> dict[str, QuestionTally]:
    found: dict[str, QuestionTally] = {}
    for row in question.rows:
        for period in question.periods:
            counter = _Counter()
            for each in responses:
                if question.name in each.not_asked:
                    counter.not_asked += 1
                    continue
                table = each.answers.get(question.name)
                cells = table.get(row["code"]) if isinstance(table, Mapping) else None
                given = cells.get(period["code"]) if isinstance(cells, Mapping) else None
                counter.number(given, question.missing)
            found[f"{question.name}/{row['code']}/{period['code']}"] = counter.done()
    return found


def _count_texts(
    question: Question, responses: list[CountedResponse], _book: QuestionnaireBook
) -> dict[str, QuestionTally]:
    """Of texts, dates and repeats only how many gave one; of a repeat also how many instances."""
    counter = _Counter()
    for each in responses:
        given = each.answers.get(question.name)
        if question.name in each.not_asked:
            counter.not_asked += 1
        elif given in (None, "", []):
            counter.unanswered += 1
        else:
            counter.numbers.append(float(len(given)) if isinstance(given, list) else 1.0)
    return {question.name: counter.done()}


_COUNTERS = {
    "choice": _count_choices,
    "choices": _count_choices,
    "number": _count_numbers,
    "table": _count_table,
    "text": _count_texts,
    "moment": _count_texts,
    "instances": _count_texts,
}
