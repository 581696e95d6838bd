"""The tally of a leaf: the sums over its responses, from which every result is computed.

Plain Python: the publisher tallies a leaf in a millisecond. Sums are exact (`math.fsum`), so that the order of
responses and leaves has no effect.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
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


NO_MOMENTS = Moments(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


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
    questions = (_tally_question(question, counted, book) for question in book.questions.values())
    return LeafTally(
        n=len(counted),
        late=sum(each.late for each in counted),
        simulated=sum(each.simulated for each in counted),
        questions=dict(chain.from_iterable(questions)),
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
        moments={name: add_moments(part.moments[name] for part in parts if name in part.moments) for name in scores},
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


def add_moments(parts: Iterable[Moments]) -> Moments:
    """The exact sum of at least one."""
    n, *sums = zip(*parts, strict=True)
    return Moments(sum(n), *map(math.fsum, sums))


def _add_questions(parts: list[QuestionTally]) -> QuestionTally:
    return QuestionTally(
        _add_counts([part.choices for part in parts]),
        _add_counts([part.missing for part in parts]),
        sum(part.not_asked for part in parts),
        sum(part.unanswered for part in parts),
        sum(part.estimated for part in parts),
        Numbers(sum(part.number.n for part in parts), *(math.fsum(part.number[at] for part in parts) for at in (1, 2))),
    )


def _add_counts(parts: list[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items()))


class _Counter:
    """Counts the answers to one question, or in one cell."""

    def __init__(self, question: Question, book: QuestionnaireBook) -> None:
        self.question = question
        self.listed = book.choices.get(question.choices or "")
        self.choices, self.missing = Counter[str](), Counter[str]()
        self.not_asked = self.unanswered = self.estimated = 0
        self.numbers: list[float] = []

    def count_choices(self, given: Any) -> None:
        assert self.listed is not None
        codes = [code for code in (given if isinstance(given, list) else [given]) if isinstance(code, str)]
        chosen = [code for code in codes if code in self.listed.options and code not in self.listed.missing]
        missing = [code for code in codes if code in self.listed.missing]
        self.choices.update(chosen)
        self.missing.update(missing)
        self.unanswered += not chosen + missing

    def count_number(self, given: Any) -> None:
        if isinstance(given, Mapping):
            self.estimated += given.get("estimated") is True
            given = given.get("value")
        if isinstance(given, str) and given in self.question.missing:
            self.missing[given] += 1
        elif self.question.type != "calculate" and isinstance(given, bool):
            self.unanswered += 1
        elif isinstance(given, int | float) and math.isfinite(given):  # a calculated true or false is 1 or 0
            self.numbers.append(float(given))
        else:
            self.unanswered += 1

    def count_present(self, given: Any) -> None:
        """Of texts, dates and repeats only how many gave one; of a repeat also how many instances."""
        if given in (None, "", []):
            self.unanswered += 1
        else:
            self.numbers.append(float(len(given)) if isinstance(given, list) else 1.0)

    def done(self) -> QuestionTally:
        number = Numbers(len(self.numbers), math.fsum(self.numbers), math.fsum(each * each for each in self.numbers))
        return QuestionTally(
            dict(sorted(self.choices.items())), dict(sorted(self.missing.items())), self.not_asked, self.unanswered,
            self.estimated, number,
        )  # fmt: skip


def _tally_question(
    question: Question, responses: list[CountedResponse], book: QuestionnaireBook
) -> Iterator[tuple[str, QuestionTally]]:
    """By name: one tally, of a table one for each cell."""
    cells = [(row["code"], period["code"]) for row in question.rows for period in question.periods]
    for cell in cells if question.kind == "table" else [()]:
        counter = _Counter(question, book)
        for each in responses:
            if question.name in each.not_asked:
                counter.not_asked += 1
                continue
            given = each.answers.get(question.name)
            for code in cell:
                given = given.get(code) if isinstance(given, Mapping) else None
            _COUNTS[question.kind](counter, given)
        yield "/".join((question.name, *cell)), counter.done()


_COUNTS: Mapping[str, Callable[[_Counter, Any], None]] = {
    "choice": _Counter.count_choices,
    "choices": _Counter.count_choices,
    "number": _Counter.count_number,
    "table": _Counter.count_number,
    "text": _Counter.count_present,
    "moment": _Counter.count_present,
    "instances": _Counter.count_present,
}
