"""Exact sums of doubles by group, with numpy: the whole numbers of 2⁻⁶⁴ that `analysis.exact` adds one by one.

A term is cut into limbs of 32 bits. A limb is summed by group in doubles, which is exact for up to 2²⁰ terms, and the
sums of these in int64. Sums can be added in any order; joined to Python ints they are those of the running tally.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.exact import FRACTION_BITS

LIMB_BITS = 32
MAX_TERMS = 1 << 20
Integers = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
Limbs = list[Integers]
"""By group, the least first: limb k counts 2^(32k − 64)."""
ONE_LIMB = FRACTION_BITS // LIMB_BITS
"""The limb that counts ones."""


def sum_by_group(groups: Integers, n_groups: int, terms: Doubles) -> Limbs:
    """The sums of finite terms by their group from 0 to n_groups − 1."""
    rest = np.rint(np.ldexp(terms, FRACTION_BITS))
    largest = float(np.abs(rest).max(initial=0.0))
    limbs: Limbs = []
    for k in reversed(range(1, -(-math.frexp(largest)[1] // LIMB_BITS))):
        unit = math.ldexp(1.0, LIMB_BITS * k)
        part = np.trunc(rest / unit)
        rest -= part * unit
        limbs.append(_sum(groups, n_groups, part))
    if largest:
        limbs.append(_sum(groups, n_groups, rest))
    return limbs[::-1]


def _sum(groups: Integers, n_groups: int, limb: Doubles) -> Integers:
    total = np.zeros(n_groups, np.int64)
    for start in range(0, len(limb), MAX_TERMS):
        chosen = slice(start, start + MAX_TERMS)
        total += np.bincount(groups[chosen], limb[chosen], n_groups).astype(np.int64)
    return total


def whole_limbs(numbers: Integers) -> Limbs:
    """Of whole numbers by group."""
    nothing = np.zeros_like(numbers)
    return [*(nothing for _ in range(ONE_LIMB)), numbers]


def join(limbs: Sequence[Integers]) -> list[int]:
    """The sums by group in units of 2⁻⁶⁴."""
    total: Any = 0
    for k, limb in enumerate(limbs):
        total = total + (limb.astype(object) << LIMB_BITS * k)
    return list(total) if limbs else []
