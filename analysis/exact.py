"""Sums without rounding: whole numbers of 2⁻⁶⁴ (fixed point), of any length.

A term is computed in IEEE doubles and then becomes a whole number of 2⁻⁶⁴. That is exact for terms of 2⁻¹² and more,
whose last bit is worth at least 2⁻⁶⁴; below, the error is at most 2⁻⁶⁵ a term. Whole numbers add up without rounding:
a sum depends neither on the order nor on the grouping of its terms, and a term can be taken away again.
"""

from __future__ import annotations

from collections.abc import Sequence

FRACTION_BITS = 64
ONE = 1 << FRACTION_BITS
_SCALE = float(ONE)
_EXACT_SQUARE = 1 << 26  # the square of a whole number up to this is a double


def fixed(number: float) -> int:
    """The nearest whole number of 2⁻⁶⁴, halves to even. Raises OverflowError from 2⁹⁶⁰ on, ValueError for NaN."""
    return round(number * _SCALE)


def fixed_sums(numbers: Sequence[int | float]) -> tuple[int, int]:
    """Σ fixed(x) and Σ fixed(x·x) of numbers x, each taken as a double."""
    if set(map(type, numbers)) == {int} and min(numbers) >= -_EXACT_SQUARE and max(numbers) <= _EXACT_SQUARE:
        total, squares = sum(numbers), sum([number * number for number in numbers])  # no double would be rounded
        return int(total) * ONE, int(squares) * ONE
    doubles = [float(number) for number in numbers]
    return sum([fixed(each) for each in doubles]), sum([fixed(each * each) for each in doubles])


def to_float(sum_: int) -> float:
    """The nearest double. Raises OverflowError where there is none."""
    return sum_ / ONE
