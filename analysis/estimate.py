"""Means, proportions and totals of complex samples, with standard errors by Taylor linearisation.

Designs: simple random, stratified, clustered, two-stage; weights; finite population correction at each stage. Equal to
R's `survey` package (Lumley 2004; svymean, svytotal, svyciprop(method = "logit"), svyby); Särndal, Swensson, Wretman
(1992), chapters 4 and 5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.distributions import t_quantile

Vector = NDArray[np.float64]
COLUMNS = ["estimate", "se", "low", "high", "n", "deff"]


@dataclass(frozen=True, slots=True)
class Design:
    """Column names. `fpc` gives the population size at each stage: one name, or one for each of two stages.
    Without a weight every row weighs 1, or N/n where an fpc of a simple sample says so."""

    weight: str | None = None
    stratum: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc: str | Sequence[str] | None = None


def estimate_mean(
    frame: pd.DataFrame, variable: str, design: Design, by: str | Sequence[str] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Estimate, se, low, high (Student's t with PSUs − strata degrees of freedom), n, deff; a row a group.

    Rows where the variable is missing count as outside the group. Raises KeyError for an unknown column, ValueError
    for a stratum with a single PSU or an unusable weight.
    """
    return _by_group(frame, variable, design, by, level, _mean)


def estimate_proportion(
    frame: pd.DataFrame, variable: str, design: Design, by: str | Sequence[str] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """The share of rows where `variable` is true (or 1); the interval on the logit scale, so never outside 0–1."""
    return _by_group(frame, variable, design, by, level, _proportion)


def estimate_total(
    frame: pd.DataFrame, variable: str, design: Design, by: str | Sequence[str] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """The weighted total of a variable."""
    return _by_group(frame, variable, design, by, level, _total)


@dataclass(frozen=True, slots=True)
class _Sample:
    """The columns of a design as arrays. Codes count from 0; `psu` is unique over strata, `ssu` over PSUs."""

    weight: Vector
    stratum: NDArray[np.int64]
    psu: NDArray[np.int64]
    ssu: NDArray[np.int64] | None
    sizes: tuple[Vector, ...]

    @property
    def df(self) -> int:
        return len(np.unique(self.psu)) - len(np.unique(self.stratum))


_Row = tuple[float, float, float, float, float]
_Estimator = Callable[[_Sample, Vector, NDArray[np.bool_], float], _Row]


def _by_group(
    frame: pd.DataFrame, variable: str, design: Design, by: str | Sequence[str] | None, level: float, rule: _Estimator
) -> pd.DataFrame:
    whole = frame.reset_index(drop=True)
    known = whole[variable].notna().to_numpy()
    sample = _sample(whole, design)
    y = np.where(known, whole[variable].fillna(0).to_numpy(dtype=np.float64), 0.0)
    if by is None:
        return pd.DataFrame([_row(rule, sample, y, known, level)], columns=COLUMNS)
    keys = [by] if isinstance(by, str) else list(by)
    rows: list[list[float]] = []
    index: list[Any] = []
    for key, positions in whole.groupby(keys, sort=True).indices.items():
        inside = np.zeros(len(whole), dtype=bool)
        inside[positions] = True
        inside &= known
        index.append(key[0] if isinstance(key, tuple) and len(keys) == 1 else key)
        rows.append(_row(rule, sample, y, inside, level))
    labels = pd.Index(index, name=keys[0]) if len(keys) == 1 else pd.MultiIndex.from_tuples(index, names=keys)
    return pd.DataFrame(rows, columns=COLUMNS, index=labels).reset_index()


def _row(rule: _Estimator, sample: _Sample, y: Vector, inside: NDArray[np.bool_], level: float) -> list[float]:
    estimate, se, low, high, deff = rule(sample, y, inside, level)
    return [estimate, se, low, high, int(inside.sum()), deff]


def _mean(sample: _Sample, y: Vector, inside: NDArray[np.bool_], level: float) -> _Row:
    w = np.where(inside, sample.weight, 0.0)
    total = w.sum()
    mean = float((w * y).sum() / total)
    variance = _variance(sample, w * (y - mean) / total)
    se = math.sqrt(variance)
    reach = t_quantile((1 + level) / 2, float(sample.df)) * se
    return mean, se, mean - reach, mean + reach, _deff(variance, w, y, mean, int(inside.sum()), scale=1.0)


def _proportion(sample: _Sample, y: Vector, inside: NDArray[np.bool_], level: float) -> _Row:
    mean, se, _low, _high, deff = _mean(sample, y, inside, level)
    if not 0 < mean < 1:
        low, high = _wilson(mean, int(inside.sum()), level)
        return mean, se, low, high, deff
    logit = math.log(mean / (1 - mean))
    reach = t_quantile((1 + level) / 2, float(sample.df)) * se / (mean * (1 - mean))
    return mean, se, 1 / (1 + math.exp(reach - logit)), 1 / (1 + math.exp(-reach - logit)), deff


def _wilson(p: float, n: int, level: float) -> tuple[float, float]:
    """Where all or none say yes the logit has no interval; Wilson (1927) has."""
    z = t_quantile((1 + level) / 2, math.inf)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def _total(sample: _Sample, y: Vector, inside: NDArray[np.bool_], level: float) -> _Row:
    w = np.where(inside, sample.weight, 0.0)
    total = float((w * y).sum())
    variance = _variance(sample, w * y)
    se = math.sqrt(variance)
    reach = t_quantile((1 + level) / 2, float(sample.df)) * se
    size = float(w.sum())
    mean = total / size
    return total, se, total - reach, total + reach, _deff(variance, w, y, mean, int(inside.sum()), scale=size)


def _deff(variance: float, w: Vector, y: Vector, mean: float, n: int, scale: float) -> float:
    """Against a simple random sample of n from a population of Σw, without replacement."""
    size = float(w.sum())
    if n < 2 or size <= n:
        size = math.inf if n >= 2 else math.nan
    spread = float((w * (y - mean) ** 2).sum() / w.sum()) * n / (n - 1) if n >= 2 else math.nan
    simple = spread * (1 - n / size) / n * scale**2
    return variance / simple if simple > 0 else math.nan


def _variance(sample: _Sample, z: Vector) -> float:
    """Of Σz, where z are linearised values that already carry their weights."""
    variance = 0.0
    for stratum in np.unique(sample.stratum):
        inside = sample.stratum == stratum
        psus, place = np.unique(sample.psu[inside], return_inverse=True)
        sums = np.bincount(place, weights=z[inside])
        n = len(psus)
        if n == 1:
            raise ValueError("a stratum with a single PSU has no variance: merge it with another")
        sampled = n / float(sample.sizes[0][inside][0]) if sample.sizes else 0.0
        variance += (1 - sampled) * n / (n - 1) * float(((sums - sums.mean()) ** 2).sum())
        if sample.ssu is not None and len(sample.sizes) > 1:
            variance += sampled * _second_stage(sample, z, inside, psus)
    return variance


def _second_stage(sample: _Sample, z: Vector, stratum: NDArray[np.bool_], psus: NDArray[np.int64]) -> float:
    assert sample.ssu is not None
    variance = 0.0
    for psu in psus:
        inside = stratum & (sample.psu == psu)
        _, place = np.unique(sample.ssu[inside], return_inverse=True)
        sums = np.bincount(place, weights=z[inside])
        m = len(sums)
        if m > 1:
            sampled = m / float(sample.sizes[1][inside][0])
            variance += (1 - sampled) * m / (m - 1) * float(((sums - sums.mean()) ** 2).sum())
    return variance


def _sample(frame: pd.DataFrame, design: Design) -> _Sample:
    rows = len(frame)
    stratum = _codes(frame, design.stratum)
    psu = _codes(frame, design.psu, stratum) if design.psu else np.arange(rows)
    ssu = _codes(frame, design.ssu, psu) if design.ssu else None
    names = [design.fpc] if isinstance(design.fpc, str) else list(design.fpc or ())
    if len(names) > 1 and ssu is None:
        ssu = np.arange(rows)
    sizes = tuple(frame[name].to_numpy(dtype=np.float64) for name in names)
    weight = (
        frame[design.weight].to_numpy(dtype=np.float64) if design.weight else _weights(rows, stratum, psu, ssu, sizes)
    )
    if not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise ValueError("weights must be finite, none negative, not all 0")
    return _Sample(weight, stratum, psu, ssu, sizes)


def _weights(
    rows: int,
    stratum: NDArray[np.int64],
    psu: NDArray[np.int64],
    ssu: NDArray[np.int64] | None,
    sizes: tuple[Vector, ...],
) -> Vector:
    """Population over sample at each stage that has an fpc."""
    weight = np.ones(rows)
    for size, units, parent in zip(sizes, (psu, ssu), (stratum, psu), strict=False):
        if units is not None:
            sampled = {each: len(np.unique(units[parent == each])) for each in np.unique(parent)}
            weight *= size / np.array([sampled[each] for each in parent])
    return weight


def _codes(frame: pd.DataFrame, name: str | None, within: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    if name is None:
        return np.zeros(len(frame), dtype=np.int64)
    codes = pd.factorize(frame[name])[0].astype(np.int64)
    return codes if within is None else within * (codes.max(initial=0) + 1) + codes
