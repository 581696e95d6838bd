"""Quantiles of Student's t and of the beta distribution, without a library of statistics.

The distribution function of the beta by the continued fraction of the incomplete beta function (Press et al., Numerical
Recipes, 6.4), inverted by Newton's method within a bracket. Within 1e-11 of R's qt() and qbeta().
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_TINY = 1e-300
_MAX_STEPS = 200
_STIRLING_FROM = 10.0  # from there on the series below is exact to a double


@lru_cache(4096)
def t_quantile(p: float, df: float) -> float:
    """The value below which Student's t with `df` degrees of freedom lies with probability `p` (0.5 < p < 1); NaN
    without degrees of freedom."""
    if not 0.5 < p < 1:
        raise ValueError("p must lie between 0.5 and 1")
    if math.isinf(df):
        return NormalDist().inv_cdf(p)
    if not df > 0:
        return math.nan
    # t² / (df + t²) has the beta distribution with shapes 1/2 and df/2.
    if df < 2:  # there the beta lies near 1, where only its complement keeps its digits
        rest = beta_quantile(2 * (1 - p), df / 2, 0.5)
        return math.sqrt(df * (1 - rest) / rest)
    share = beta_quantile(2 * p - 1, 0.5, df / 2)
    return math.sqrt(df * share / (1 - share))


def beta_quantile(p: float, a: float, b: float) -> float:
    """The value below which the beta distribution with shapes `a` and `b` lies with probability `p`. A shape of 0 puts
    all of it at that end: 0 for a = 0, 1 for b = 0. NaN where a shape is not a number."""
    if not 0 < p < 1:
        raise ValueError("p must lie between 0 and 1")
    if math.isnan(a) or math.isnan(b):
        return math.nan
    if min(a, b) < 0 or a == b == 0:
        raise ValueError("the shapes of a beta distribution must not be negative, nor both 0")
    if a == 0 or b == 0:
        return 0.0 if a == 0 else 1.0
    constant = -_log_beta(a, b)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MAX_STEPS):
        excess = _incomplete_beta(a, b, x) - p
        low, high = (low, x) if excess > 0 else (x, high)
        density = math.exp(constant + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        following = x - excess / density if density > 0 else low
        if not low < following < high:
            following = (low + high) / 2
        if following in (low, high) or abs(following - x) <= 4e-16 * x:
            return following
        x = following
    return x


def _log_beta(a: float, b: float) -> float:
    """ln Γ(a) + ln Γ(b) − ln Γ(a + b). For large shapes by Stirling's series: the difference of two values of ln Γ
    would keep only a few digits."""
    small, large = min(a, b), max(a, b)
    if large < _STIRLING_FROM:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    correction = _stirling_rest(large) - _stirling_rest(a + b)
    if small < _STIRLING_FROM:
        log_ratio = small * (math.log(a + b) - 1) + (large - 0.5) * math.log1p(small / large)
        return math.lgamma(small) - log_ratio + correction
    share = small / (a + b)
    return (
        0.5 * math.log(2 * math.pi / large) + _stirling_rest(small) + correction
        + (small - 0.5) * math.log(share) + large * math.log1p(-share)
    )  # fmt: skip


def _stirling_rest(x: float) -> float:
    """What Stirling's formula lacks of ln Γ(x)."""
    inverse = 1 / (x * x)
    series = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
    value = 0.0
    for coefficient in reversed(series):
        value = value * inverse + coefficient
    return value / x


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b))
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
