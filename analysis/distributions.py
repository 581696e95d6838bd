"""Quantiles of Student's t and Wilson's interval, without a library of statistics.

The distribution function by the continued fraction of the incomplete beta function (Press et al., Numerical Recipes,
6.4), inverted by bisection; within 1e-11 of R's qt().
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_TINY = 1e-300


@lru_cache(4096)
def t_quantile(p: float, df: float) -> float:
    """The value below which Student's t with `df` degrees of freedom lies with probability `p` (0.5 < p < 1)."""
    if not 0.5 < p < 1:
        raise ValueError("p must lie between 0.5 and 1")
    if math.isinf(df):
        return NormalDist().inv_cdf(p)
    if df <= 0:
        return math.nan
    low, high = 0.0, 1.0
    while _t_below(high, df) < p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _t_below(middle, df) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def wilson(p: float, n: int, level: float) -> tuple[float, float]:
    """The interval of a share p of n; Wilson (1927). Where all or none say yes the logit has no interval; this has."""
    z = t_quantile((1 + level) / 2, math.inf)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 0.0 if p == 0 else centre - reach, 1.0 if p == 1 else centre + reach


def _t_below(t: float, df: float) -> float:
    return 1 - 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's method."""
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, 1000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + step * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + step / c
            c = c if abs(c) > _TINY else _TINY
            value *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return value
