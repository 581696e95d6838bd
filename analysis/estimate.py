"""Means, proportions and totals of complex samples, with standard errors by Taylor linearisation.

Designs: simple random, stratified, clustered, two-stage; weights; finite population correction at each stage. Equal to
R's `survey` package (Lumley 2004; svymean, svytotal, svyciprop(method = "logit"), svyby). A group is a domain of the
whole sample: rows outside it count as zeros, units without any of it count too. docs/analysis.md has the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.design import Design, Sample, Truths, Vector, check_columns, numbers, take_sample
from analysis.distributions import t_quantile, wilson

__all__ = ["Design", "estimate_mean", "estimate_proportion", "estimate_total"]
COLUMNS = ["estimate", "se", "low", "high", "n", "deff"]
By = str | Sequence[str] | None


def estimate_mean(
    frame: pd.DataFrame, variable: str, design: Design, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """Estimate, se, low, high (Student's t), n, deff; a row a group, sorted, rows without a group left out.

    Degrees of freedom: the PSUs of the group less its strata. Rows where the variable is missing count as outside the
    group. A group of a single PSU has no se: its PSU's linearised values add up to 0 whatever they are (R prints that
    0). A group where the variable is always missing is NaN with n = 0.
    Raises KeyError for an unknown column, ValueError for a stratum with a single PSU or an unusable weight, fpc or
    variable (see `analysis.design.take_sample`).
    """
    return _by_group(frame, variable, design, by, level, _mean)


def estimate_proportion(
    frame: pd.DataFrame, variable: str, design: Design, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """The share of rows where `variable` is true (or 1); the interval on the logit scale, so never outside 0–1, and
    Wilson's where all or none say yes. Raises as `estimate_mean`, and ValueError for other values than 0 and 1."""
    return _by_group(frame, variable, design, by, level, _proportion)


def estimate_total(
    frame: pd.DataFrame, variable: str, design: Design, by: By = None, level: float = 0.95
) -> pd.DataFrame:
    """The weighted total of a variable; otherwise as `estimate_mean`."""
    return _by_group(frame, variable, design, by, level, _total)


class _Domain:
    """A group within its sample. `inside`: rows of the group; `known`: those of them that have a value."""

    def __init__(self, sample: Sample, y: Vector, inside: Truths, level: float) -> None:
        self.sample, self.level = sample, level
        self.known = inside & ~np.isnan(y)
        self.y = np.where(self.known, y, 0.0)
        self.w = np.where(self.known, sample.weight, 0.0)
        self.n = int(self.known.sum())
        self.size = float(self.w.sum())
        self.df = float(sample.df(inside))

    @property
    def mean(self) -> float:
        return float((self.w * self.y).sum() / self.size)

    def variance_of_mean(self) -> float:
        """NaN where all lie in one PSU and no second stage says more."""
        if self.sample.second is None and self.sample.units(self.known) < 2:
            return math.nan
        return self.sample.variance(self.w * (self.y - self.mean) / self.size)

    def reach(self, se: float) -> float:
        return t_quantile((1 + self.level) / 2, self.df) * se

    def around(self, estimate: float, variance: float, scale: float = 1.0) -> _Row:
        """The estimate, its standard error, a symmetric interval, and the design effect."""
        se = math.sqrt(variance)
        reach = self.reach(se)
        return estimate, se, estimate - reach, estimate + reach, self.deff(variance, scale)

    def deff(self, variance: float, scale: float = 1.0) -> float:
        """Against a simple random sample of as many from a population of Σw, without replacement; with replacement
        where the weights do not add up to more than the sample."""
        n = int((self.w > 0).sum())
        if n < 2:
            return math.nan
        unsampled = 1 - n / self.size if self.size > n * (1 + 1e-9) else 1.0
        spread = float((self.w * (self.y - self.mean) ** 2).sum() / self.size) * n / (n - 1)
        simple = spread * unsampled / n * scale**2
        return variance / simple if simple > 0 else math.nan


_Row = tuple[float, float, float, float, float]
_EMPTY: _Row = (math.nan,) * 5
_Estimator = Callable[[_Domain], _Row]


def _by_group(
    frame: pd.DataFrame, variable: str, design: Design, by: By, level: float, rule: _Estimator
) -> pd.DataFrame:
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not be {level}")
    keys = [by] if isinstance(by, str) else list(by or ())
    check_columns(frame, [variable, *keys])
    sample, y = take_sample(frame, design), numbers(frame, variable)
    if rule is _proportion and not np.isin(y[~np.isnan(y)], (0.0, 1.0)).all():
        raise ValueError(f"column {variable!r} must hold truths, or 0 and 1")
    groups = list(_groups(frame, keys))
    rows = []
    for _, inside in groups:
        domain = _Domain(sample, y, inside, level)
        estimate, se, low, high, deff = rule(domain) if domain.size > 0 else _EMPTY
        rows.append([estimate, se, low, high, domain.n, deff])
    found = pd.DataFrame(rows, columns=COLUMNS).astype({"n": "int64"})
    if not keys:
        return found
    labels = pd.DataFrame([label for label, _ in groups], columns=keys)
    labels = labels.astype({key: frame[key].dtype for key in keys}) if len(labels) else labels
    return pd.concat([labels, found], axis=1)


def _groups(frame: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[Any, ...], Truths]]:
    """Each group's labels and its rows; sorted, a factor in the order of its levels."""
    if not keys:
        yield (), np.ones(len(frame), dtype=bool)
        return
    rows = np.arange(len(frame))
    for label, group in frame.reset_index(drop=True).groupby(keys, sort=True, observed=True):
        yield label, np.isin(rows, group.index)


def _mean(domain: _Domain) -> _Row:
    return domain.around(domain.mean, domain.variance_of_mean())


def _proportion(domain: _Domain) -> _Row:
    mean, se, _low, _high, deff = _mean(domain)
    if not 0 < mean < 1:
        low, high = wilson(mean, domain.n, domain.level)
        return mean, se, low, high, deff
    logit = math.log(mean / (1 - mean))
    reach = domain.reach(se) / (mean * (1 - mean))
    return mean, se, _expit(logit - reach), _expit(logit + reach), deff


def _expit(x: float) -> float:
    """1 / (1 + e⁻ˣ), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _total(domain: _Domain) -> _Row:
    total = float((domain.w * domain.y).sum())
    return domain.around(total, domain.sample.variance(domain.w * domain.y), domain.size)
