"""Sampling designs: which columns say how a sample was drawn, and the variance of a sum under it.

The variance is that of Taylor linearisation: the linearised values are added up by primary sampling unit, and the
units' sums compared within their stratum; a second stage is added where its population sizes are known. Särndal,
Swensson, Wretman (1992), 4.3 and 5.5–5.7; R's `survey:::svyrecvar` gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Codes = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Design:
    """Column names. `psu` (primary sampling unit) counts within its stratum, `ssu` within its PSU: the same name in two
    strata is two units. `fpc` gives the population size at each stage: one name, or one for each of two stages; with
    two and no `ssu` each row is a unit of the second stage. Without a weight every row weighs 1, or N/n where an fpc
    says so."""

    weight: str | None = None
    stratum: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc: str | Sequence[str] | None = None

    @property
    def sizes(self) -> list[str]:
        """The columns of population sizes, a stage each."""
        return [self.fpc] if isinstance(self.fpc, str) else list(self.fpc or ())

    @property
    def columns(self) -> list[str]:
        return [name for name in (self.weight, self.stratum, self.psu, self.ssu, *self.sizes) if name is not None]


@dataclass(frozen=True, slots=True)
class Stage:
    """The units of one stage of sampling. `of_row`: the unit of each row; `parent`: the stratum (first stage) or PSU
    (second) of each unit; `count` and `size`: units sampled and in the population, by parent. Codes count from 0."""

    of_row: Codes
    parent: Codes
    count: Vector
    size: Vector

    @property
    def fraction(self) -> Vector:
        """The share of the units that was sampled, by parent; 0 of an unknown population."""
        return self.count / self.size

    def variances(self, z: Vector) -> Vector:
        """Of the sum of z (a value a row, weights and all), by parent; only what this stage adds."""
        parents = len(self.count)
        sums = np.bincount(self.of_row, weights=z, minlength=len(self.parent))
        means = np.bincount(self.parent, weights=sums, minlength=parents) / self.count
        squares = np.bincount(self.parent, weights=(sums - means[self.parent]) ** 2, minlength=parents)
        spread = np.where(self.count > 1, self.count / np.maximum(self.count - 1, 1), 0.0)
        return np.asarray((1 - self.fraction) * spread * squares)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as arrays, made from a frame and its design."""

    weight: Vector
    first: Stage
    second: Stage | None

    def variance(self, z: Vector) -> float:
        """Of Σz, where z are linearised values that already carry their weights."""
        found = float(self.first.variances(z).sum())
        if self.second is not None:
            within = self.second.variances(z)
            found += float((self.first.fraction[self.first.parent] * within).sum())
        return found

    def units(self, inside: Truths) -> int:
        """The number of PSUs among the rows `inside` that weigh something."""
        return len(np.unique(self.first.of_row[inside & (self.weight > 0)]))

    def df(self, inside: Truths) -> int:
        """Degrees of freedom of a domain: its PSUs less its strata (R's degf of the subset)."""
        units = np.unique(self.first.of_row[inside & (self.weight > 0)])
        return len(units) - len(np.unique(self.first.parent[units]))


def take_sample(frame: pd.DataFrame, design: Design) -> Sample:
    """Raises KeyError for an unknown column; ValueError where a column of the design has gaps, a weight is negative or
    not finite, a population is smaller than its sample or not the same throughout a stratum, or a stratum (or a PSU of
    a second stage) has a single unit and is not known to have no other."""
    check_columns(frame, design.columns)
    for name in design.columns:
        if frame[name].isna().any():
            raise ValueError(f"column {name!r} of the design has gaps: every row needs a value")
    if len(design.sizes) > 2 or (len(design.sizes) == 2 and design.psu is None):
        raise ValueError("fpc names a population size for each stage: one, or two with a psu")
    rows = len(frame)
    strata = _codes(frame, design.stratum)
    psus = _within(strata, _codes(frame, design.psu) if design.psu else np.arange(rows))
    first = _stage(frame, psus, strata, design.sizes[:1], f"stratum {design.stratum!r}" if design.stratum else "sample")
    second = None
    if len(design.sizes) == 2:
        ssus = _within(psus, _codes(frame, design.ssu) if design.ssu else np.arange(rows))
        second = _stage(frame, ssus, psus, design.sizes[1:], f"PSU {design.psu!r}")
    return Sample(_weights(frame, design, first, second), first, second)


def check_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Raises KeyError naming the first column that is not there, and those that are."""
    for name in names:
        if name not in frame.columns:
            raise KeyError(f"there is no column {name!r}; there are {', '.join(map(str, frame.columns))}")


def numbers(frame: pd.DataFrame, name: str) -> Vector:
    """A column as floats, NaN where missing; truths count 1 and 0. Raises ValueError for texts and infinities."""
    try:
        found: Vector = frame[name].astype("object").where(frame[name].notna(), np.nan).to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"column {name!r} must hold numbers or truth values") from None
    if np.isinf(found).any():
        raise ValueError(f"column {name!r} holds an infinite number")
    return found


def _codes(frame: pd.DataFrame, name: str | None) -> Codes:
    if name is None:
        return np.zeros(len(frame), dtype=np.int64)
    return np.asarray(pd.factorize(frame[name])[0], dtype=np.int64)


def _within(parent: Codes, codes: Codes) -> Codes:
    """Codes that are unique over all parents, counted from 0."""
    joined = parent * (codes.max(initial=0) + 1) + codes
    return np.unique(joined, return_inverse=True)[1].astype(np.int64)


def _stage(frame: pd.DataFrame, units: Codes, parents: Codes, sizes: list[str], parent_name: str) -> Stage:
    starts = np.unique(units, return_index=True)[1]
    parent = parents[starts]
    total = int(parents.max(initial=-1)) + 1
    count = np.bincount(parent, minlength=total).astype(np.float64)
    size = np.full(total, np.inf)
    if sizes:
        given = _population(frame, sizes[0])
        size[parents] = given
        if (size[parents] != given).any():
            raise ValueError(f"fpc {sizes[0]!r} is not the same throughout each {parent_name}")
        if (size < count).any():
            at = int(np.argmax(size < count))
            raise ValueError(
                f"fpc {sizes[0]!r} is smaller than the sample: {size[at]:g} in the population, {count[at]:g} sampled"
                " (give the number of units, not a fraction)"
            )
    if ((count == 1) & (size > 1)).any():
        raise ValueError(
            f"a {parent_name} with a single PSU has no variance: merge it with another"
            if parent_name != "sample"
            else "a sample of a single PSU has no variance"
        )
    return Stage(units, parent, count, size)


def _population(frame: pd.DataFrame, name: str) -> Vector:
    try:
        return frame[name].to_numpy(dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"fpc {name!r} must hold numbers") from None


def _weights(frame: pd.DataFrame, design: Design, first: Stage, second: Stage | None) -> Vector:
    """As the design says, or population over sample at each stage that has an fpc."""
    if design.weight is not None:
        weight = numbers(frame, design.weight)
        if (weight < 0).any():
            raise ValueError(f"weight {design.weight!r} is negative in {int((weight < 0).sum())} rows")
        if len(weight) and not weight.any():
            raise ValueError(f"weight {design.weight!r} is 0 in every row")
        return weight
    weight = np.ones(len(frame))
    for stage in (first, second):
        if stage is not None and np.isfinite(stage.size).all():
            weight = weight / stage.fraction[stage.parent[stage.of_row]]
    return weight
