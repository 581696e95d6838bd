"""Adds the scores of many responses: what `analysis.scores` computes for one, indicator by indicator.

The combinations of answers to an indicator's few questions recur, those of a task's do not: what the former add is
remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.answer_columns import NOT_ASKED, Columns, Sums
from analysis.codebook import Scored
from analysis.exact import ONE, fixed_sums
from analysis.tally import moments_of

_MAX_KNOWN = 1 << 12  # combinations of answers that are remembered of an indicator
Codes = tuple[str | object | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """What the answers to an indicator's questions add to a response. `people`: the places that count this person, as
    bits."""

    asked: int
    answered: int
    mean: float
    sums: tuple[int, int, int]  # n, fixed(y), fixed(y·y) of the mean y; zeros where nothing was answered
    people: int


@dataclass(frozen=True, slots=True)
class IndicatorColumns:
    """An indicator with its scored questions, in the order of the codebook; `place`: of its moments, `people`: for each
    question the places of those who gave a code, as bits."""

    place: int
    weight: float
    scored: Sequence[Scored]
    people: Sequence[Mapping[str, int]]
    known: dict[Codes, Rated] = field(default_factory=dict)

    def rate(self, columns: Columns) -> list[Rated]:
        """Of each response."""
        if not self.scored:
            return []
        known, found = self.known, []
        for codes in zip(*(columns.codes(each.question) for each in self.scored), strict=True):
            rated = known.get(codes)
            if rated is None:
                if len(known) >= _MAX_KNOWN:
                    known.clear()
                rated = known[codes] = self._read(codes)
            found.append(rated)
        return found

    def _read(self, codes: Codes) -> Rated:
        asked = answered = people = 0
        total = 0.0
        for code, scored, places in zip(codes, self.scored, self.people, strict=True):
            if code is NOT_ASKED:
                continue
            asked += 1
            if isinstance(code, str):
                people |= places.get(code, 0)
                score = scored.scores.get(code)
                if score is not None:
                    answered += 1
                    total += score
        mean = total / answered if answered else 0.0
        return Rated(asked, answered, mean, (1, *fixed_sums([mean])) if answered else (0, 0, 0), people)


@dataclass(frozen=True, slots=True)
class TaskColumns:
    """A task: the place of its moments, and its indicators in the order of the framework."""

    place: int
    indicators: Sequence[IndicatorColumns]

    def add(self, columns: Columns, weights: Sequence[float] | None, sums: Sums) -> None:
        """`weights`: of the responses; None where all are 1."""
        rated = [(each, each.rate(columns)) for each in self.indicators if each.scored]
        for indicator, own in rated:
            if weights is None:
                _add_unweighted(sums, indicator.place, *map(sum, zip(*(each.sums for each in own), strict=True)))
            else:
                means = [each.mean if each.answered else None for each in own]
                _add_weighted(sums, indicator.place, weights, means)
        scores, people = self._combine([indicator.weight for indicator, _ in rated], [own for _, own in rated])
        if weights is None:
            given = [score for score in scores if score is not None]
            _add_unweighted(sums, self.place, len(given), *fixed_sums(given))
        else:
            _add_weighted(sums, self.place, weights, scores)
        for bits, times in Counter(people).items():
            _add_people(sums, bits, times)

    def _combine(
        self, indicator_weights: Sequence[float], rated: Sequence[Sequence[Rated]]
    ) -> tuple[list[float | None], list[int]]:
        """Of each response the task's score, where it has one, and the people's places."""
        scores: list[float | None] = []
        people = []
        for parts in zip(*rated, strict=True):
            asked = answered = given = 0
            weight_sum = total = 0.0
            for weight, part in zip(indicator_weights, parts, strict=True):
                asked += part.asked
                given |= part.people
                if part.answered:
                    answered += part.answered
                    weight_sum += weight
                    total += weight * part.mean
            is_scored = answered > 0 and asked <= 2 * answered and weight_sum > 0
            scores.append(total / weight_sum if is_scored else None)
            people.append(given)
        return scores, people


def _add_unweighted(sums: Sums, place: int, n: int = 0, total: int = 0, squares: int = 0) -> None:
    """Add the moments of n scores of weight 1 with these sums."""
    _add_terms(sums, place, (n, n * ONE, total, squares, n * ONE, total, squares))


def _add_weighted(sums: Sums, place: int, weights: Sequence[float], scores: Sequence[float | None]) -> None:
    moments = [moments_of(w, y) for w, y in zip(weights, scores, strict=False) if y is not None]
    _add_terms(sums, place, map(sum, zip(*moments, strict=True)))


def _add_terms(sums: Sums, place: int, terms: Iterable[int]) -> None:
    for k, term in enumerate(terms, place):
        sums[k] = sums.get(k, 0) + term


def _add_people(sums: Sums, bits: int, times: int) -> None:
    while bits:
        lowest = bits & -bits
        place = lowest.bit_length() - 1
        sums[place] = sums.get(place, 0) + times
        bits ^= lowest
