"""The tally of many responses to one version of a questionnaire, as arrays by leaf.

The numbers are those of `analysis.counter`, at the same places. Bulk tallies of parts of the responses add up to that
of all of them, in any order, and give the same `LeafTally` as counting one response after another.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from analysis.answer_readers import Places
from analysis.counter import ResponseCounter
from analysis.exact_sums import Doubles, Integers, Limbs, join, sum_by_group, whole_limbs
from analysis.tally import LeafTally

Mask = npt.NDArray[np.bool_]


Key = TypeVar("Key", bound=Hashable)
"""What a column is of: mostly a leaf, else a cohort."""


@dataclass(frozen=True, slots=True)
class BulkTally(Generic[Key]):
    """`counts`: a row a place, a column a leaf. `sums`: by place, where the number is a sum in units of 2⁻⁶⁴."""

    leaves: tuple[Key, ...]
    counts: Integers
    sums: dict[int, Limbs]

    def to_tallies(self, counter: ResponseCounter) -> dict[Key, LeafTally]:
        """`counter`: of the version."""
        by_leaf = np.ascontiguousarray(self.counts.T)
        sums = [(place, join(limbs)) for place, limbs in sorted(self.sums.items()) if limbs]
        found: dict[Key, LeafTally] = {}
        for column, leaf in enumerate(self.leaves):
            counts = by_leaf[column]
            places = np.flatnonzero(counts)
            numbers = dict(zip(places.tolist(), counts[places].tolist(), strict=True))
            numbers |= {place: number for place, all_ in sums if (number := all_[column])}
            found[leaf] = counter.to_tally(numbers)
        return found


def add_bulk(tallies: Iterable[BulkTally[Key]]) -> BulkTally[Key]:
    """The sum of at least one, all of the same version."""
    parts = list(tallies)
    if len(parts) == 1:
        return parts[0]
    columns = {
        leaf: column for column, leaf in enumerate(dict.fromkeys(leaf for each in parts for leaf in each.leaves))
    }
    counts = np.zeros((len(parts[0].counts), len(columns)), np.int64)
    sums: dict[int, Limbs] = {}
    for each in parts:
        where = np.array([columns[leaf] for leaf in each.leaves], np.intp)
        counts[:, where] += each.counts
        for place, limbs in each.sums.items():
            own = sums.setdefault(place, [])
            own += [np.zeros(len(columns), np.int64) for _ in range(len(limbs) - len(own))]
            for total, limb in zip(own, limbs, strict=False):
                total[where] += limb
    return BulkTally(tuple(columns), counts, sums)


class BulkSums(Generic[Key]):
    """Adds up the rows of one table. `groups`: for each row the number of its leaf."""

    def __init__(self, size: int, groups: Integers, leaves: tuple[Key, ...]) -> None:
        self._groups, self._leaves, self._n = groups, leaves, len(leaves)
        self._counts = np.zeros((size, self._n), np.int64)
        self._sums: dict[int, Limbs] = {}

    def tally(self) -> BulkTally[Key]:
        return BulkTally(self._leaves, self._counts, self._sums)

    def count(self, place: int, mask: Mask | None = None) -> None:
        """Count the rows of a mask, or all."""
        self._counts[place] += self._number(self._groups if mask is None else self._groups[mask])

    def count_outcomes(self, places: Places, outcomes: npt.NDArray[np.int32]) -> None:
        """Count each row at one of a question's places; `outcomes`: which, from the first on."""
        first, width = places.first, places.number - places.first
        cells = outcomes * np.int64(self._n) + self._groups
        found = np.bincount(cells, minlength=width * self._n)
        self._counts[first : first + width] += found.reshape(width, self._n)

    def count_ones(self, place: int, mask: Mask, of: Integers | None = None) -> None:
        """Add the number 1 for each of a mask; `of`: their rows, where they are instances."""
        numbers = self._number(self._groups_of(mask, of))
        self._counts[place] += numbers
        self._sums[place + 1] = self._sums[place + 2] = whole_limbs(numbers)

    def add_numbers(self, place: int, values: Doubles, mask: Mask, of: Integers | None = None) -> None:
        """Add n, Σ and Σ² of the values of a mask."""
        groups, values = self._groups_of(mask, of), values if mask.all() else values[mask]
        self._counts[place] += self._number(groups)
        self._sums[place + 1] = sum_by_group(groups, self._n, values)
        self._sums[place + 2] = sum_by_group(groups, self._n, values * values)

    def add_scores(self, place: int, scores: Doubles, weights: Doubles, mask: Mask) -> None:
        """Add the moments of the scores y of a mask with their weights w: the terms of `analysis.tally.moments_of`."""
        groups = self._groups_of(mask, None)
        y, w = (scores, weights) if mask.all() else (scores[mask], weights[mask])
        numbers = self._number(groups)
        self._counts[place] += numbers
        sums = self._sums
        if (w == 1.0).all():
            sums[place + 1] = sums[place + 4] = whole_limbs(numbers)
            sums[place + 2] = sums[place + 5] = sum_by_group(groups, self._n, y)
            sums[place + 3] = sums[place + 6] = sum_by_group(groups, self._n, y * y)
            return
        wy, ww = w * y, w * w
        wwy = ww * y
        for k, terms in enumerate((w, wy, wy * y, ww, wwy, wwy * y), 1):
            sums[place + k] = sum_by_group(groups, self._n, terms)

    def _groups_of(self, mask: Mask, of: Integers | None) -> Integers:
        groups = self._groups if of is None else self._groups[of]
        return groups if mask.all() else groups[mask]

    def _number(self, groups: Integers) -> Integers:
        return np.bincount(groups, minlength=self._n)
