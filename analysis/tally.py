"""The tally of a leaf: exact sums over its responses, from which every result is computed.

Every number is whole: a count, or a sum in units of 2⁻⁶⁴ (`analysis.exact`). So responses and tallies can be added and
taken away in any order and grouping, and equal sums are equal texts. Plain Python: the publisher counts without numpy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from analysis.exact import fixed, to_float

T = TypeVar("T")
Counts = Mapping[str, int]


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


class Sums(NamedTuple):
    """`Moments` as doubles, to compute with."""

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


class Moments(NamedTuple):
    """Sums over the responses that have a score y with weight w: n, and Σw, Σwy, Σwy², Σw², Σw²y, Σw²y² in units of
    2⁻⁶⁴."""

    n: int
    w: int
    wy: int
    wyy: int
    ww: int
    wwy: int
    wwyy: int

    def to_floats(self) -> Sums:
        return Sums(self.n, *map(to_float, self[1:]))


NO_MOMENTS = Moments(0, 0, 0, 0, 0, 0, 0)


class Numbers(NamedTuple):
    """n of a number, and its Σ and Σ² in units of 2⁻⁶⁴."""

    n: int
    sum: int
    sum2: int


NO_NUMBERS = Numbers(0, 0, 0)


@lru_cache(1 << 14)
def moments_of(w: float, y: float) -> Moments:
    """Of one response. The terms are doubles, multiplied from the left: w, wy, (wy)y, ww, (ww)y, ((ww)y)y."""
    wy, ww = w * y, w * w
    wwy = ww * y
    return Moments(1, fixed(w), fixed(wy), fixed(wy * y), fixed(ww), fixed(wwy), fixed(wwy * y))


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """One question, or one cell of a number table. All but `number` count people: a choice counts those who gave it at
    least once, whether the question allows several or stands in a repeat.

    `answered`, `missing` (by code), `unanswered` and `not_asked` add up to the responses. `number` sums every number
    given: in a repeat one an instance; of a text or a date 1, of a repeat the number of its instances.
    """

    answered: int = 0
    choices: Counts = field(default_factory=dict)
    missing: Counts = field(default_factory=dict)
    not_asked: int = 0
    unanswered: int = 0
    estimated: int = 0
    number: Numbers = NO_NUMBERS


NO_ANSWERS = QuestionTally()


@dataclass(frozen=True, slots=True)
class LeafTally:
    """`questions` by name ("figures/meetings/y2010" for a cell), `moments` by task and by "task/indicator", `people` by
    `rating_groups.people_key`. What is zero is left out, so that equal tallies are equal."""

    n: int = 0
    late: int = 0
    simulated: int = 0
    questions: Mapping[str, QuestionTally] = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)
    people: Counts = field(default_factory=dict)

    def restrict(self, questions: Collection[str], moments: Collection[str], people: Collection[str]) -> LeafTally:
        """The same responses with these questions (of a table: with all its cells), moments and counts of people
        only."""
        return LeafTally(
            self.n,
            self.late,
            self.simulated,
            {name: each for name, each in self.questions.items() if name.partition("/")[0] in questions},
            {name: each for name, each in self.moments.items() if name in moments},
            {name: each for name, each in self.people.items() if name in people},
        )

    def to_json(self) -> str:
        """Canonical: equal tallies give equal texts."""
        written = {
            "n": self.n,
            "late": self.late,
            "simulated": self.simulated,
            "questions": {name: _question_to_json(each) for name, each in self.questions.items()},
            "moments": {name: _moments_to_json(each) for name, each in self.moments.items()},
            "people": dict(self.people),
        }
        return json.dumps(written, sort_keys=True, separators=(",", ":"))

    @classmethod
    def counts_from_json(cls, text: str) -> LeafTally:
        """The counts of responses without their answers: all that coverage needs, for a fraction of time and memory."""
        given = json.loads(text)
        return cls(given["n"], given["late"], given["simulated"])

    @classmethod
    def from_json(cls, text: str) -> LeafTally:
        given = json.loads(text)
        return cls(
            given["n"],
            given["late"],
            given["simulated"],
            {name: _question_from_json(each) for name, each in given["questions"].items()},
            {name: Moments(*each, *(each[1:] if len(each) == 4 else ())) for name, each in given["moments"].items()},
            given["people"],
        )


def _question_to_json(tally: QuestionTally) -> dict[str, Any]:
    parts = (
        ("a", tally.answered), ("c", tally.choices), ("m", tally.missing), ("x", tally.not_asked),
        ("u", tally.unanswered), ("e", tally.estimated), ("s", tally.number if any(tally.number) else None),
    )  # fmt: skip
    return {key: part for key, part in parts if part}


def _question_from_json(given: Mapping[str, Any]) -> QuestionTally:
    get = given.get
    number = Numbers(*given["s"]) if "s" in given else NO_NUMBERS
    return QuestionTally(get("a", 0), get("c", {}), get("m", {}), get("x", 0), get("u", 0), get("e", 0), number)


def _moments_to_json(moments: Moments) -> tuple[int, ...]:
    """Without Σw², Σw²y, Σw²y² where they are Σw, Σwy, Σwy²: where all weights are 1."""
    return moments[:4] if moments[1:4] == moments[4:] else moments


def add(tallies: Iterable[LeafTally]) -> LeafTally:
    """The sum of tallies, in any order."""
    parts = list(tallies)
    return parts[0] if len(parts) == 1 else _combine(parts)


def subtract(whole: LeafTally, part: LeafTally) -> LeafTally:
    """What remains of a tally without a part of it."""
    return _combine([whole, _negative(part)])


def _combine(parts: list[LeafTally]) -> LeafTally:
    return LeafTally(
        sum(part.n for part in parts),
        sum(part.late for part in parts),
        sum(part.simulated for part in parts),
        _combine_by_name([part.questions for part in parts], _add_questions, NO_ANSWERS),
        _combine_by_name([part.moments for part in parts], add_moments, NO_MOMENTS),
        _add_counts([part.people for part in parts]),
    )


def _combine_by_name(parts: list[Mapping[str, T]], add_all: Callable[[list[T]], T], nothing: T) -> dict[str, T]:
    found: dict[str, list[T]] = {}
    for part in parts:
        for name, each in part.items():
            found.setdefault(name, []).append(each)
    sums = {name: add_all(found[name]) if len(found[name]) > 1 else found[name][0] for name in sorted(found)}
    return {name: each for name, each in sums.items() if each != nothing}


def add_moments(parts: Iterable[Moments]) -> Moments:
    """The sum of at least one."""
    return Moments(*map(sum, zip(*parts, strict=True)))


def _add_questions(parts: list[QuestionTally]) -> QuestionTally:
    return QuestionTally(
        sum(part.answered for part in parts),
        _add_counts([part.choices for part in parts]),
        _add_counts([part.missing for part in parts]),
        sum(part.not_asked for part in parts),
        sum(part.unanswered for part in parts),
        sum(part.estimated for part in parts),
        Numbers(*map(sum, zip(*(part.number for part in parts), strict=True))),
    )


def _add_counts(parts: list[Counts]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for code, count in part.items():
            total[code] = total.get(code, 0) + count
    return {code: total[code] for code in sorted(total) if total[code]}


def _negative(tally: LeafTally) -> LeafTally:
    return LeafTally(
        -tally.n,
        -tally.late,
        -tally.simulated,
        {name: _negative_question(each) for name, each in tally.questions.items()},
        {name: Moments(*(-number for number in each)) for name, each in tally.moments.items()},
        _negative_counts(tally.people),
    )


def _negative_question(tally: QuestionTally) -> QuestionTally:
    return QuestionTally(
        -tally.answered, _negative_counts(tally.choices), _negative_counts(tally.missing), -tally.not_asked,
        -tally.unanswered, -tally.estimated, Numbers(*(-number for number in tally.number)),
    )  # fmt: skip


def _negative_counts(counts: Counts) -> dict[str, int]:
    return {code: -count for code, count in counts.items()}
