"""Sampling designs: which columns say how a sample was drawn, and the variance of a sum under it.

The variance is that of Taylor linearisation: the linearised values are added up by primary sampling unit, and the
units' sums compared within their stratum; a second stage is added where its population sizes are known. Särndal,
Swensson, Wretman (1992), 4.3 and 5.5–5.7; R's `survey:::svyrecvar` gives the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Codes = NDArray[np.int64]
Truths = NDArray[np.bool_]
LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")
_COMPLETE = 1e-7  # a smaller unsampled share is 0, as in R


@dataclass(frozen=True, slots=True)
class Design:
    """Column names. `psu` (primary sampling unit) counts within its stratum, `ssu` within its PSU: the same name in two
    strata is two units. `fpc` gives the population size at each stage: one name, or one for each of two stages; with
    two and no `ssu` each row is a unit of the second stage. Without a weight every row weighs 1, or N/n where an fpc
    says so.

    `lonely` says what a stratum (or a PSU of a second stage) adds to the variance if it has a single unit and is not
    known to have no other, as R's `survey.lonely.psu` does. "fail": nothing can be estimated, a ValueError. "remove" or
    "certainty": nothing. "adjust": its squared deviation from the mean of all units of the sample, which is cautious
    (of a second stage: nothing). "average": as much as the other strata on average (NaN where there is no other, as
    within a PSU). Raises ValueError for another word."""

    weight: str | None = None
    stratum: str | None = None
    psu: str | None = None
    ssu: str | None = None
    fpc: str | Sequence[str] | None = None
    lonely: str = "fail"

    def __post_init__(self) -> None:
        if self.lonely not in LONELY_RULES:
            raise ValueError(f"lonely must be one of {', '.join(LONELY_RULES)}, not {self.lonely!r}")

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
    lonely: str

    @property
    def fraction(self) -> Vector:
        """The share of the units that was sampled, by parent; 0 of an unknown population."""
        return self.count / self.size

    def variances(self, z: Vector, rows: Codes) -> tuple[Codes, Vector]:
        """Of Σz, where z are the values of `rows` with their weights and all other rows are 0: the parents that
        have any of the rows, and what this stage adds in each. NaN where the average of the others stands for it."""
        units, of_value = _distinct(self.of_row[rows], len(self.parent))
        parents, of_unit = _distinct(self.parent[units], len(self.count))
        sums = np.bincount(of_value, weights=z, minlength=len(units))
        count = self.count[parents]
        unsampled = 1 - self.fraction[parents]
        means = np.bincount(of_unit, weights=sums, minlength=len(parents)) / count
        squares = np.bincount(of_unit, weights=(sums - means[of_unit]) ** 2, minlength=len(parents))
        zeros = (count - np.bincount(of_unit, minlength=len(parents))) * means**2  # units without any of the rows
        found = np.asarray(unsampled * count / np.maximum(count - 1, 1) * (squares + zeros))
        is_lonely = (count == 1) & (unsampled > _COMPLETE)
        if self.lonely == "adjust":
            found[is_lonely] = (unsampled * (means - sums.sum() / count.sum()) ** 2)[is_lonely]
        elif self.lonely == "average":
            found[is_lonely] = np.nan
        return parents, found


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as arrays, made from a frame and its design. `rows` are always positions in that frame. `is_clustered`:
    the PSUs are clusters of rows, not the rows themselves."""

    weight: Vector
    first: Stage
    second: Stage | None
    is_clustered: bool

    def variance(self, z: Vector, rows: Codes) -> float:
        """Of Σz, where z are the linearised values of `rows`, which already carry their weights; 0 elsewhere. A row may
        occur twice."""
        _strata, by_stratum = self.first.variances(z, rows)
        known = by_stratum[~np.isnan(by_stratum)]
        found = float(known.sum()) * len(by_stratum) / len(known) if len(known) else math.nan
        if self.second is not None:
            psus, within = self.second.variances(z, rows)
            found += float((self.first.fraction[self.first.parent[psus]] * within).sum())
        return found

    def collapse(self, z: Vector, rows: Codes) -> tuple[Vector, Codes]:
        """z added up within the smallest units of the design, and a row of each unit: the same variance."""
        stage = self.first if self.second is None else self.second
        units, of_value = _distinct(stage.of_row[rows], len(stage.parent))
        some_row = np.zeros(len(units), dtype=np.int64)
        some_row[of_value] = rows
        return np.bincount(of_value, weights=z, minlength=len(units)).astype(np.float64), some_row

    def units(self, rows: Codes) -> int:
        """The number of PSUs among those of `rows` that weigh something."""
        return len(self._weighing_units(rows))

    def df(self, rows: Codes) -> int:
        """Degrees of freedom of a domain: its PSUs less its strata (R's degf of the subset)."""
        units = self._weighing_units(rows)
        return len(units) - len(np.unique(self.first.parent[units]))

    def _weighing_units(self, rows: Codes) -> Codes:
        return _distinct(self.first.of_row[rows[self.weight[rows] > 0]], len(self.first.parent))[0]


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
    psus = _within(strata, _codes(frame, design.psu)) if design.psu else np.arange(rows)
    parent_name = f"stratum {design.stratum!r}" if design.stratum else "sample"
    first = _stage(frame, psus, strata, design.sizes[:1], parent_name, design.lonely)
    second = None
    if len(design.sizes) == 2:
        ssus = _within(psus, _codes(frame, design.ssu)) if design.ssu else np.arange(rows)
        lonely = "remove" if design.lonely == "adjust" else design.lonely  # R compares it with its own PSU's mean: 0
        second = _stage(frame, ssus, psus, design.sizes[1:], f"PSU {design.psu!r}", lonely)
    return Sample(_weights(frame, design, first, second), first, second, design.psu is not None)


def check_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Raises KeyError naming the first column that is not there, and those that are; ValueError for a name that
    several columns have."""
    for name in names:
        if name not in frame.columns:
            raise KeyError(f"there is no column {name!r}; there are {', '.join(map(str, frame.columns))}")
        if isinstance(frame[name], pd.DataFrame):
            raise ValueError(f"{frame[name].shape[1]} columns have the name {name!r}: rename all but one")


def numbers(frame: pd.DataFrame, name: str) -> Vector:
    """A column as floats, NaN where missing; truths count 1 and 0. Raises ValueError for texts (digits too: they may be
    codes) and infinities."""
    column = frame[name]
    try:
        if not pd.api.types.is_numeric_dtype(column.dtype):
            column = column.astype("object").where(column.notna(), np.nan)
            if any(isinstance(each, str) for each in column):
                raise TypeError
        found: Vector = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"column {name!r} must hold numbers or truth values") from None
    if np.isinf(found).any():
        raise ValueError(f"column {name!r} holds an infinite number")
    return found


def _codes(frame: pd.DataFrame, name: str | None) -> Codes:
    if name is None:
        return np.zeros(len(frame), dtype=np.int64)
    return np.asarray(pd.factorize(frame[name])[0], dtype=np.int64)


def _distinct(codes: Codes, total: int) -> tuple[Codes, Codes]:
    """The distinct ones of `codes`, which are below `total`, ascending; and the place of each code among them. Without
    sorting where the codes are many: `np.unique` of a million takes a tenth of a second."""
    if len(codes) * 20 < total:
        found, places = np.unique(codes, return_inverse=True)
        return found, places
    is_present = np.zeros(total, dtype=bool)
    is_present[codes] = True
    return np.flatnonzero(is_present), (np.cumsum(is_present) - 1)[codes]


def _within(parent: Codes, codes: Codes) -> Codes:
    """Codes that are unique over all parents, counted from 0."""
    joined = parent * (codes.max(initial=0) + 1) + codes
    return np.asarray(pd.factorize(joined)[0], dtype=np.int64)


def _stage(frame: pd.DataFrame, units: Codes, parents: Codes, sizes: list[str], parent_name: str, lonely: str) -> Stage:
    parent = np.zeros(int(units.max(initial=-1)) + 1, dtype=np.int64)
    parent[units] = parents
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
    if lonely == "fail" and ((count == 1) & (size > 1)).any():
        raise ValueError(
            f"a {parent_name} with a single PSU has no variance: merge it with another, or choose Design(lonely=…)"
            if parent_name != "sample"
            else "a sample of a single PSU has no variance"
        )
    return Stage(units, parent, count, size, lonely)


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
