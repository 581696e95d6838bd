"""Medians and other quantiles of complex samples, with Woodruff's interval; R's svyquantile (survey 4.1 and later).

Woodruff (1952): the interval of the share at or below the estimated quantile, carried back to the values.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.design import Design, Vector
from analysis.domain import By, Row, SampleDomain, design_effect, estimate_by_group
from analysis.estimate import share_interval

RULES = ("math", "school")
METHODS = ("mean", "beta", "logit")
_TIE = 1e-10  # of the sum of weights; rounding errors of a cumulated sum are smaller, weights of a person larger


def estimate_median(
    frame: pd.DataFrame, variable: str, design: Design, by: By = None, level: float = 0.95, method: str = "mean"
) -> pd.DataFrame:
    """The smallest value that at least half of the weight lies at or below; otherwise as `estimate_quantile`."""
    return estimate_quantile(frame, variable, design, 0.5, by, level, method)


def estimate_quantile(
    frame: pd.DataFrame,
    variable: str,
    design: Design,
    p: float,
    by: By = None,
    level: float = 0.95,
    method: str = "mean",
    rule: str = "math",
) -> pd.DataFrame:
    """The value below which the share `p` of the population lies: estimate, se, low, high, n, deff; a row a group.

    `rule` "math": the smallest value with at least the share p of the weight at or below it; "school": the same, but
    half-way to the next value where it is exactly p. `method` of the interval of that share: "mean" (Student's t),
    "beta" (Korn and Graubard), "logit"; R's interval.type "mean", "beta", "xlogit". A limit is NaN where the share's
    leaves 0–1: there are too few values beyond the quantile. se = (high − low) / 2t, deff is that of the share.
    Degrees of freedom: the PSUs with a value less their strata.
    Raises as `analysis.estimate_mean`, and ValueError for a p outside 0–1, an unknown method or rule.
    """
    if not 0 < p < 1:
        raise ValueError(f"p must lie between 0 and 1, not be {p}")
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}, not {rule!r}")
    return estimate_by_group(frame, variable, design, by, level, lambda domain: _quantile(domain, p, method, rule))


def _quantile(domain: SampleDomain, p: float, method: str, rule: str) -> Row:
    weighing = np.flatnonzero(domain.w > 0)
    order = weighing[np.argsort(domain.y[weighing], kind="stable")]
    values, cumulated = domain.y[order], np.cumsum(domain.w[order])
    estimate = _at_share(values, cumulated, p, rule)
    known = SampleDomain(
        domain.sample, domain.rows, domain.rows, (domain.y <= estimate).astype(np.float64), domain.level
    )
    variance = known.variance_of_mean()
    low, high = (
        _at_share(values, cumulated, limit, rule) if 0 <= limit <= 1 else math.nan
        for limit in _limits(known, variance, method)
    )
    # Where the share does not vary, the school rule may put both limits half-way to the next value.
    low, high = min(low, estimate), max(high, estimate)
    return estimate, (high - low) / (2 * known.t), low, high, design_effect(variance, known.simple_variance())


def _limits(below: SampleDomain, variance: float, method: str) -> tuple[float, float]:
    """Of the share at or below the quantile; NaN where the method has none."""
    if method == "mean":
        reach = below.t * math.sqrt(variance)
        return below.mean - reach, below.mean + reach
    return share_interval(below, variance, method) if 0 < below.mean < 1 else (math.nan, math.nan)


def _at_share(values: Vector, cumulated: Vector, p: float, rule: str) -> float:
    """`values` ascending, `cumulated`: the weight at or below each."""
    tie = _TIE * cumulated[-1]
    at = min(int(np.searchsorted(cumulated, p * cumulated[-1] - tie)), len(values) - 1)
    is_exact = abs(cumulated[at] - p * cumulated[-1]) <= tie
    if rule == "school" and is_exact and at + 1 < len(values):
        return float(values[at] + values[at + 1]) / 2
    return float(values[at])
