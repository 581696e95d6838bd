"""Differences between the means of groups of one sample, with their covariance: groups that share clusters, or of
which one contains the other, are not independent. R: svycontrast of svyby(…, covmat = TRUE)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations, groupby
from typing import Any

import numpy as np
import pandas as pd

from analysis.design import Design, numbers, take_sample
from analysis.distributions import t_quantile
from analysis.domain import (
    By,
    SampleDomain,
    check_request,
    design_effect,
    divide,
    make_domain,
    result_table,
    simple_variance,
)

_HEADS = ["first", "second"]


def estimate_difference(
    frame: pd.DataFrame,
    variable: str,
    design: Design,
    between: str,
    by: By = None,
    level: float = 0.95,
    pair: tuple[Any, Any] | None = None,
    from_whole: bool = False,
) -> pd.DataFrame:
    """The mean of one group less that of another; of truths the difference of two shares.

    `between`: the column that tells the groups apart; a row for each two of its values, in their order, or for the one
    `pair`; `by`: within each of these groups. `from_whole`: each group less all rows that have one, its own included.
    Columns: those of `by`, first, second (missing for the whole), estimate (first − second), se, low, high, n (of
    all that are compared), deff (against simple random samples). The interval is Student's t, with the PSUs of both
    less their strata as degrees of freedom. No se where either lies within a single PSU.
    Raises as `estimate_mean`, and ValueError where no row has a value of `pair`.
    """
    keys = check_request(frame, variable, by, level)
    check_request(frame, variable, [*keys, between], level)
    taken = [key for key in keys if key in _HEADS]
    if taken:
        raise ValueError(f"the result has a column {taken[0]!r} of its own: rename the one that by names")
    if from_whole and pair is not None:
        raise ValueError("pair and from_whole exclude each other")
    sample, y = take_sample(frame, design), numbers(frame, variable)
    labels, groups = divide(frame, [*keys, between])
    _check_pair(labels[between], pair)
    parts = [make_domain(sample, y, inside, level) for inside in groups]
    nobody = make_domain(sample, y, np.arange(0), level)
    places, compared, rows = [], [], []
    for positions in _runs(labels[keys]):
        by_name = {labels[between].iloc[at]: parts[at] for at in positions}
        together = np.concatenate([each.inside for each in by_name.values()]) if from_whole else np.arange(0)
        whole = make_domain(sample, y, together, level)
        for first, second in _compared(list(by_name), pair, from_whole):
            one = by_name.get(first, nobody)
            other = whole if from_whole else by_name.get(second, nobody)
            places.append(positions[0])
            compared.append([first, second])
            rows.append(_difference(one, other, from_whole))
    heads = labels[keys].iloc[places].reset_index(drop=True)
    return pd.concat([heads, pd.DataFrame(compared, columns=_HEADS), result_table(rows)], axis=1)


def _check_pair(names: pd.Series, pair: tuple[Any, Any] | None) -> None:
    for name in pair or ():
        if name not in set(names):
            known = ", ".join(map(str, dict.fromkeys(names)))
            raise ValueError(f"no row has {name!r} in column {names.name!r}; there are {known}")


def _runs(labels: pd.DataFrame) -> Iterator[list[int]]:
    """The positions of equal rows, which follow each other."""
    rows = [tuple(each) for each in labels.itertuples(index=False)]
    for _label, positions in groupby(range(len(rows)), key=rows.__getitem__):
        yield list(positions)


def _compared(names: list[Any], pair: tuple[Any, Any] | None, from_whole: bool) -> list[tuple[Any, Any]]:
    if from_whole:
        return [(name, None) for name in names]
    return [pair] if pair else list(combinations(names, 2))


def _difference(one: SampleDomain, other: SampleDomain, is_part: bool) -> list[float]:
    """`is_part`: one lies within the other."""
    n = other.n if is_part else one.n + other.n
    if one.size == 0 or other.size == 0:
        return [math.nan] * 4 + [n, math.nan]
    estimate, variance = one.mean - other.mean, math.nan
    if one.has_variance() and other.has_variance():
        (z, rows), (other_z, other_rows) = one.collapsed, other.collapsed
        variance = one.sample.variance(np.concatenate([z, -other_z]), np.concatenate([rows, other_rows]))
    se = math.sqrt(variance)
    df = other.df if is_part else float(one.sample.df(np.concatenate([one.inside, other.inside])))
    reach = t_quantile((1 + one.level) / 2, df) * se
    return [estimate, se, estimate - reach, estimate + reach, n, design_effect(variance, _simple(one, other, is_part))]


def _simple(one: SampleDomain, other: SampleDomain, is_part: bool) -> float:
    """The variance of the difference where persons are drawn singly. A part less its whole is (1 − its share) times the
    part less the rest."""
    if not is_part:
        return one.simple_variance() + other.simple_variance()
    size = other.size - one.size
    if other.n_weighing - one.n_weighing < 2:
        return math.nan
    between = one.size * (one.mean - other.mean) ** 2 * (1 + one.size / size)  # of the two means, about the whole's
    rest = simple_variance(other.n_weighing - one.n_weighing, size, max(other.squares - one.squares - between, 0.0))
    return (size / other.size) ** 2 * (one.simple_variance() + rest)
