"""Scores of many responses at once: the additions of `analysis.scores`, in the same order, a question after another.

A question without a score adds 0.0, which changes no double.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.bulk_tally import BulkSums, Mask
from analysis.counter import ResponseCounter
from analysis.exact_sums import Doubles

MAX_BITS = 62


class Scored(NamedTuple):
    """`values`: where `mask` does not hold they mean nothing."""

    values: Doubles
    mask: Mask


class TaskScores:
    """The scores of one task and of its indicators, and the people who gave each of its ratings."""

    def __init__(self, counter: ResponseCounter, task: str) -> None:
        self._task = counter.framework.tasks[task]
        self._place = counter.moments[task]
        self._indicators = {name: counter.moments[f"{task}/{name}"] for name in self._task.indicators}
        scored = counter.book.scored[task]
        self.questions = [each.question for each in scored]
        counted = {each.question.name: each for each in counter.counted if each.question.name in self.questions}
        by_code = counter.people_by_code[task]
        self._people = sorted({place for places in by_code.values() for own in places.values() for place in own})
        self._indicator_of = [each.indicator for each in scored]
        self._not_asked, self._scores, self._given = [], [], []
        for each in scored:
            places = counted[each.question].places
            width = places.number - places.first
            self._not_asked.append(places.not_asked - places.first)
            scores, given = np.full(width, np.nan), np.zeros((width, len(self._people)), np.bool_)
            for code, place in counted[each.question].by_code.items():
                scores[place - places.first] = each.scores.get(code, np.nan)
                for person in by_code[each.question].get(code, ()):
                    given[place - places.first, self._people.index(person)] = True
            self._scores.append(scores)
            self._given.append(given)

    def add(self, outcomes: Mapping[str, npt.NDArray[np.int32]], weights: Doubles, sums: BulkSums[Any]) -> None:
        """`outcomes`: by scored question, for each row its place from the question's first on."""
        found = [outcomes[name] for name in self.questions]
        self._add_people(found, sums)
        indicators, task = self.score(found)
        for name, place in self._indicators.items():
            sums.add_scores(place, indicators[name].values, weights, indicators[name].mask)
        sums.add_scores(self._place, task.values, weights, task.mask)

    def score(self, outcomes: Sequence[npt.NDArray[np.int32]]) -> tuple[dict[str, Scored], Scored]:
        """The scores of the indicators by name, and of the task. `outcomes`: by scored question, in their order."""
        n = len(outcomes[0])
        asked, answered = np.zeros(n, np.int32), np.zeros(n, np.int32)
        totals = {name: np.zeros(n) for name in self._indicators}
        counts = {name: np.zeros(n, np.int32) for name in self._indicators}
        for own, scores, not_asked, name in zip(
            outcomes, self._scores, self._not_asked, self._indicator_of, strict=True
        ):
            given = scores[own]
            has_score = ~np.isnan(given)
            asked += own != not_asked
            counts[name] += has_score
            totals[name] += np.where(has_score, given, 0.0)
        weight_sum, weighted = np.zeros(n), np.zeros(n)
        indicators: dict[str, Scored] = {}
        for name in self._indicators:
            is_known = counts[name] > 0
            answered += counts[name]
            mean = totals[name] / np.maximum(counts[name], 1)
            indicators[name] = Scored(mean, is_known)
            weight = self._task.indicators[name].weight
            weight_sum += np.where(is_known, weight, 0.0)
            weighted += np.where(is_known, weight * mean, 0.0)
        is_scored: Mask = (answered > 0) & (2 * answered >= asked) & (weight_sum > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return indicators, Scored(weighted / weight_sum, is_scored)

    def _add_people(self, outcomes: list[npt.NDArray[np.int32]], sums: BulkSums[Any]) -> None:
        for start in range(0, len(self._people), MAX_BITS):
            places = self._people[start : start + MAX_BITS]
            bits = np.int64(1) << np.arange(len(places))
            given = np.zeros(len(outcomes[0]), np.int64)
            for own, table in zip(outcomes, self._given, strict=True):
                given |= (table[:, start : start + MAX_BITS] @ bits)[own]
            for bit, place in zip(bits, places, strict=True):
                sums.count(place, (given & bit) != 0)
