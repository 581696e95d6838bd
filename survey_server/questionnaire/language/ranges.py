"""Sets of ordered values as unions of intervals: numbers, or moments of one kind as ISO texts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# A cut lies between values: just below one (side 0), just above one (side 1), or beyond all of them. Cuts compare as
# tuples; an interval goes from one cut to the next.
Cut = tuple[Any, ...]
Interval = tuple[Cut, Cut]
_LOWEST: Cut = (0,)
_HIGHEST: Cut = (2,)
MAX_INTERVALS = 64  # of a union; beyond, the gaps are ignored, which makes the set larger


def _below(value: Any) -> Cut:
    return (1, value, 0)


def _above(value: Any) -> Cut:
    return (1, value, 1)


@dataclass(frozen=True, slots=True)
class Ranges:
    """Disjoint intervals in order. `is_whole`: only whole numbers are members."""

    intervals: tuple[Interval, ...] = ((_LOWEST, _HIGHEST),)
    is_whole: bool = False

    @property
    def is_void(self) -> bool:
        return not self.intervals

    @property
    def low(self) -> Any:
        """The largest known lower bound, None where there is none; a member or not."""
        first = self.intervals[0][0]
        return None if first == _LOWEST else first[1]

    @property
    def high(self) -> Any:
        last = self.intervals[-1][1]
        return None if last == _HIGHEST else last[1]

    @property
    def only_value(self) -> Any:
        """The single member of a set of one, else None."""
        if len(self.intervals) != 1:
            return None
        low, high = self.intervals[0]
        return low[1] if low != _LOWEST and high == _above(low[1]) and low[2] == 0 else None

    def meet(self, other: Ranges) -> Ranges:
        found: list[Interval] = []
        mine, theirs = list(self.intervals), list(other.intervals)
        while mine and theirs:
            low, high = max(mine[0][0], theirs[0][0]), min(mine[0][1], theirs[0][1])
            if low < high:
                found.append((low, high))
            (mine if mine[0][1] <= theirs[0][1] else theirs).pop(0)
        return _ranges(found, is_whole=self.is_whole or other.is_whole)

    def join(self, other: Ranges) -> Ranges:
        merged: list[Interval] = []
        for low, high in sorted((*self.intervals, *other.intervals)):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        if len(merged) > MAX_INTERVALS:
            merged = [(merged[0][0], merged[-1][1])]
        return Ranges(tuple(merged), self.is_whole and other.is_whole)

    def without(self, other: Ranges) -> Ranges:
        return self.meet(Ranges(tuple(_gaps(other.intervals))))


def at_most(value: Any) -> Ranges:
    return Ranges(((_LOWEST, _above(value)),))


def less_than(value: Any) -> Ranges:
    return Ranges(((_LOWEST, _below(value)),))


def at_least(value: Any) -> Ranges:
    return Ranges(((_below(value), _HIGHEST),))


def more_than(value: Any) -> Ranges:
    return Ranges(((_above(value), _HIGHEST),))


def exactly(value: Any) -> Ranges:
    return Ranges(((_below(value), _above(value)),))


def between(low: float, high: float, *, is_whole: bool = False) -> Ranges:
    """The numbers from `low` to `high`, both included; infinite where there is no bound."""
    lowest = _below(low) if math.isfinite(low) else _LOWEST
    highest = _above(high) if math.isfinite(high) else _HIGHEST
    return _ranges([(lowest, highest)], is_whole=is_whole)


EVERYTHING = Ranges()
NOTHING = Ranges(())


def _gaps(intervals: tuple[Interval, ...]) -> Iterator[Interval]:
    at = _LOWEST
    for low, high in intervals:
        if at < low:
            yield at, low
        at = high
    if at < _HIGHEST:
        yield at, _HIGHEST


def _ranges(intervals: list[Interval], *, is_whole: bool) -> Ranges:
    if is_whole:
        intervals = [each for each in map(_whole, intervals) if each[0] < each[1]]
    return Ranges(tuple(intervals), is_whole)


def _whole(interval: Interval) -> Interval:
    """The interval from its first whole number to its last."""
    low, high = interval
    if low != _LOWEST:
        low = _below(float(math.ceil(low[1]) if low[2] == 0 else math.floor(low[1]) + 1))
    if high != _HIGHEST:
        high = _above(float(math.floor(high[1]) if high[2] == 1 else math.ceil(high[1]) - 1))
    return low, high
