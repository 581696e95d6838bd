"""A group of a sample, for which something is estimated, and how a frame is divided into such groups.

A group is a domain of the whole sample: rows outside it count as zeros, units without any of it count too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.design import Codes, Design, Sample, Vector, check_columns, numbers, take_sample
from analysis.distributions import t_quantile

COLUMNS = ["estimate", "se", "low", "high", "n", "deff"]
By = str | Sequence[str] | None
Row = tuple[float, float, float, float, float]
"""estimate, se, low, high, deff"""
EMPTY: Row = (math.nan,) * 5


@dataclass(frozen=True)
class SampleDomain:
    """`inside`: all rows of the group, also those without a value; `rows`: those with one, and `y` their values.
    `level`: of confidence, of all intervals."""

    sample: Sample
    inside: Codes
    rows: Codes
    y: Vector
    level: float

    @property
    def n(self) -> int:
        return len(self.rows)

    @cached_property
    def w(self) -> Vector:
        return self.sample.weight[self.rows]

    @cached_property
    def size(self) -> float:
        """Σw."""
        return float(self.w.sum())

    @cached_property
    def mean(self) -> float:
        if self.is_constant:  # Σwy / Σw would differ by a rounding error, which then passes for a variance
            return float(self.y[0])
        return float((self.w * self.y).sum() / self.size)

    @cached_property
    def is_constant(self) -> bool:
        return bool(self.n and (self.y == self.y[0]).all())

    @cached_property
    def df(self) -> float:
        """Degrees of freedom: PSUs less strata, of all rows of the group."""
        return float(self.sample.df(self.inside))

    @cached_property
    def units(self) -> int:
        """PSUs with a value."""
        return self.sample.units(self.rows)

    @cached_property
    def t(self) -> float:
        return t_quantile((1 + self.level) / 2, self.df)

    @cached_property
    def linearised(self) -> Vector:
        """Of the mean, by row, with the weights."""
        return np.asarray(self.w * (self.y - self.mean) / self.size)

    @cached_property
    def collapsed(self) -> tuple[Vector, Codes]:
        """`linearised` by smallest unit, and a row of each: one domain may be compared with many."""
        return self.sample.collapse(self.linearised, self.rows)

    def has_variance(self) -> bool:
        """Whether the mean has one: not where all rows lie in one PSU and no second stage says more, since there the
        linearised values add up to 0 whatever they are."""
        return self.sample.second is not None or self.units > 1

    def variance_of_mean(self) -> float:
        return self.sample.variance(self.linearised, self.rows) if self.has_variance() else math.nan

    @cached_property
    def squares(self) -> float:
        """Σw (y − mean)²."""
        return float((self.w * (self.y - self.mean) ** 2).sum())

    @cached_property
    def n_weighing(self) -> int:
        """How many of the rows weigh something."""
        return int((self.w > 0).sum())

    def simple_variance(self) -> float:
        return simple_variance(self.n_weighing, self.size, self.squares)

    def symmetric(self, estimate: float, variance: float, simple: float) -> Row:
        """With Student's t; `simple`: the variance in a simple random sample."""
        se = math.sqrt(variance)
        return estimate, se, estimate - self.t * se, estimate + self.t * se, design_effect(variance, simple)


def simple_variance(n: int, size: float, squares: float) -> float:
    """Of the mean of a simple random sample of n from a population of `size` = Σw, without replacement; with
    replacement where the weights do not add up to more than the sample. `squares`: Σw (y − mean)². NaN for fewer
    than two."""
    if n < 2:
        return math.nan
    unsampled = 1 - n / size if size > n * (1 + 1e-9) else 1.0
    return squares / size / (n - 1) * unsampled


def design_effect(variance: float, simple: float) -> float:
    return variance / simple if simple > 0 else math.nan


def make_domain(sample: Sample, y: Vector, inside: Codes, level: float) -> SampleDomain:
    """`y`: the values of all rows of the frame, NaN where missing."""
    values = y[inside]
    known = ~np.isnan(values)
    return SampleDomain(sample, inside, inside[known], values[known], level)


def estimate_by_group(
    frame: pd.DataFrame,
    variable: str,
    design: Design,
    by: By,
    level: float,
    rule: Callable[[SampleDomain], Row],
) -> pd.DataFrame:
    """A row a group, sorted, rows without a group left out; NaN and n = 0 where a group has no value. Raises as
    `analysis.estimate.estimate_mean`."""
    keys = check_request(frame, variable, by, level)
    sample, y = take_sample(frame, design), numbers(frame, variable)
    labels, groups = divide(frame, keys)
    rows = []
    for inside in groups:
        domain = make_domain(sample, y, inside, level)
        estimate, se, low, high, deff = rule(domain) if domain.size > 0 else EMPTY
        rows.append([estimate, se, low, high, domain.n, deff])
    return pd.concat([labels, result_table(rows)], axis=1)


def check_request(frame: pd.DataFrame, variable: str, by: By, level: float) -> list[str]:
    """The names of the columns that divide the frame. Raises KeyError and ValueError."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not be {level}")
    keys = [by] if isinstance(by, str) else list(by or ())
    check_columns(frame, [variable, *keys])
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"by names column {key!r} more than once")
        if key in COLUMNS:
            raise ValueError(f"the result has a column {key!r} of its own: rename the one that by names")
    return keys


def divide(frame: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, Iterator[Codes]]:
    """The labels of the groups, a row a group, and the rows of each; sorted, a factor in the order of its levels.
    Without keys one group without a label. Each row of the frame is looked at once, however many groups there are."""
    if not keys:
        return pd.DataFrame(index=[0]), iter([np.arange(len(frame))])
    columns = frame[keys].reset_index(drop=True)
    codes = columns.groupby(keys, sort=True, observed=True).ngroup().fillna(-1).to_numpy(dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max(initial=-1) + 2))
    labels = columns.iloc[order[starts[:-1]]].reset_index(drop=True)
    return labels, (order[start:end] for start, end in pairwise(starts))


def result_table(rows: list[list[float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS, "float64") | {"n": "int64"})
