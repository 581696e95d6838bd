"""Means, proportions and totals of complex samples, with standard errors by Taylor linearisation.

Designs: simple random, stratified, clustered, two-stage; weights; finite population correction at each stage. Equal to
R's `survey` package (Lumley 2004; svymean, svytotal, svyciprop, svyby). docs/analysis.md has the formulas;
`analysis.quantiles` has medians, `analysis.differences` differences between groups.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.design import Design, numbers
from analysis.distributions import t_quantile
from analysis.domain import By, Row, SampleDomain, check_request, design_effect, estimate_by_group
from analysis.intervals import korn_graubard_interval, logit_interval, wilson_interval

__all__ = ["Design", "estimate_mean", "estimate_proportion", "estimate_total"]
METHODS = ("logit", "beta", "korn-graubard", "wilson")


def estimate_mean(
    frame: pd.DataFrame, variable: str, design: Design, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """Estimate, se, low, high (Student's t), n, deff; a row a group, sorted, rows without a group left out.

    Degrees of freedom: the PSUs of the group less its strata. Rows where the variable is missing count as outside the
    group. A group of a single PSU has no se: its PSU's linearised values add up to 0 whatever they are (R prints that
    0). A group where the variable is always missing is NaN with n = 0.
    Raises KeyError for an unknown column; ValueError for a name that several columns have, a stratum with a single PSU
    unless `design.lonely` says what to do, or an unusable weight, fpc or variable (see `analysis.design.take_sample`).
    """
    return estimate_by_group(frame, variable, design, by, level, _mean)


def estimate_proportion(
    frame: pd.DataFrame,
    variable: str,
    design: Design,
    by: By = None,
    level: float = 0.95,
    method: str = "logit",
) -> pd.DataFrame:
    """The share of rows where `variable` is true (or 1). `method` of the interval, none of which leaves 0–1: "logit",
    "beta" (Korn and Graubard, also by the name "korn-graubard") or "wilson".

    A share of 0 or 1 has no variance to build on. Of a clustered sample it gets Korn and Graubard's interval with the
    number of PSUs: persons of a cluster who all say the same may be one observation only. Of a sample of single persons
    it gets Wilson's with their number (Korn and Graubard's where the method is that).
    Raises as `estimate_mean`, and ValueError for other values than 0 and 1 and for an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    check_request(frame, variable, by, level)
    y = numbers(frame, variable)
    if not np.isin(y[~np.isnan(y)], (0.0, 1.0)).all():
        raise ValueError(f"column {variable!r} must hold truths, or 0 and 1")
    return estimate_by_group(frame, variable, design, by, level, lambda domain: _proportion(domain, method))


def estimate_total(
    frame: pd.DataFrame, variable: str, design: Design, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """The weighted total of a variable; otherwise as `estimate_mean`."""
    return estimate_by_group(frame, variable, design, by, level, _total)


def _mean(domain: SampleDomain) -> Row:
    return domain.symmetric(domain.mean, domain.variance_of_mean(), domain.simple_variance())


def _total(domain: SampleDomain) -> Row:
    total = float((domain.w * domain.y).sum())
    variance = domain.sample.variance(domain.w * domain.y, domain.rows)
    return domain.symmetric(total, variance, domain.simple_variance() * domain.size**2)


def _proportion(domain: SampleDomain, method: str) -> Row:
    variance = domain.variance_of_mean()
    low, high = share_interval(domain, variance, method)
    return domain.mean, math.sqrt(variance), low, high, design_effect(variance, domain.simple_variance())


def share_interval(domain: SampleDomain, variance: float, method: str) -> tuple[float, float]:
    """Of the mean of truths. Where all or none say yes see `estimate_proportion`."""
    p = domain.mean
    if not 0 < p < 1:
        if domain.sample.is_clustered or method in ("beta", "korn-graubard"):
            units = domain.units
            return korn_graubard_interval(p, units * _df_factor(units, domain.df, domain.level), domain.level)
        return wilson_interval(p, domain.units, t_quantile((1 + domain.level) / 2, math.inf))
    if math.isnan(variance):
        return math.nan, math.nan
    if variance == 0:
        return p, p
    effective_n = p * (1 - p) / variance
    if method == "wilson":
        return wilson_interval(p, effective_n, domain.t)
    if method == "logit":
        return logit_interval(p, math.sqrt(variance), domain.t)
    factor = _df_factor(len(domain.inside), domain.df, domain.level)
    return korn_graubard_interval(p, effective_n * factor, domain.level)


def _df_factor(n: int, df: float, level: float) -> float:
    """By which Korn and Graubard reduce an effective sample size, since the variance is known from few PSUs only: the
    quantiles of Student's t with n − 1 and with `df` degrees of freedom, divided and squared. 1 without any."""
    if df <= 0 or n < 2:
        return 1.0
    p = (1 + level) / 2
    return (t_quantile(p, n - 1) / t_quantile(p, df)) ** 2
