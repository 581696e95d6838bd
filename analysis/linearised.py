"""Means and their variances from moments: the same Taylor linearisation as `analysis.estimate`, without the responses.

A domain (a locality) is a part of the round's whole sample. Its linearised value in a unit is
z = (Σwy − mean · Σw) / W, W the domain's Σw, and 0 in a unit without any of it; the variance is
Σ_strata m/(m−1) Σ_units (z − z̄)² over all m units of the stratum. Reasons: docs/decisions/0001.
Plain Python. Source: Särndal, Swensson, Wretman (1992), 5.5–5.8, 10.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from analysis.tally import Moments, Sums, add_moments


class Unit(NamedTuple):
    """A primary sampling unit: a cluster within its stratum."""

    stratum: str
    cluster: str


@dataclass(frozen=True, slots=True)
class Domain:
    """`moments` by unit, of the scores, exact; `present`: the units with responses, with a score or not."""

    moments: Mapping[Unit, Moments]
    present: frozenset[Unit]
    total: Sums

    @property
    def df(self) -> int:
        """Units less strata."""
        return len(self.present) - len({unit.stratum for unit in self.present})

    def linearised(self) -> dict[Unit, float]:
        mean, size = self.total.mean, self.total.w
        sums = {unit: each.to_floats() for unit, each in self.moments.items()}
        return {unit: (each.wy - mean * each.w) / size for unit, each in sums.items()}


def domain_of(parts: Iterable[tuple[Unit, Moments | None]]) -> Domain | None:
    """From the moments of a domain's leaves (None: no response of the leaf has the score); None without any score."""
    found: dict[Unit, list[Moments]] = {}
    present = set()
    for unit, moments in parts:
        present.add(unit)
        if moments is not None and moments.n:
            found.setdefault(unit, []).append(moments)
    by_unit = {unit: add_moments(each) for unit, each in found.items()}
    whole = add_moments(by_unit.values()).to_floats() if by_unit else None
    return Domain(by_unit, frozenset(present), whole) if whole is not None and whole.w > 0 else None


def variance(z: Mapping[Unit, float], units: Mapping[str, int]) -> float | None:
    """Of Σz; `units`: how many units each stratum of the round has. None where z touches a stratum of one unit."""
    strata: dict[str, list[float]] = {}
    for unit, each in z.items():
        strata.setdefault(unit.stratum, []).append(each)
    if any(units[stratum] < 2 for stratum in strata):
        return None
    return math.fsum(_of_stratum(values, units[stratum]) for stratum, values in strata.items())


def _of_stratum(values: list[float], m: int) -> float:
    """Units without any of the domain count as zeros."""
    centre = math.fsum(values) / m
    squares = math.fsum((each - centre) ** 2 for each in values) + (m - len(values)) * centre**2
    return m / (m - 1) * squares


def mean_variance(domain: Domain, units: Mapping[str, int]) -> float | None:
    """Of a domain's mean; None where it lies in one unit, which says nothing of the differences between units."""
    return variance(domain.linearised(), units) if len(domain.moments) > 1 else None


def variance_of_persons(own: Sums) -> float | None:
    """Of the mean within one unit that is taken as given: persons are the units, drawn with replacement."""
    if own.n < 2:
        return None
    spread = math.fsum([own.wwyy, -2 * own.mean * own.wwy, own.mean**2 * own.ww])
    return max(spread, 0.0) * own.n / (own.n - 1) / own.w**2


def design_effect(own: Sums, found: float) -> float | None:
    """Of a mean's variance, against a simple random sample of as many from a population of Σw, without replacement;
    with replacement where the weights do not add up to more than the sample. As `estimate_mean` has it."""
    squares = math.fsum([own.wyy, -2 * own.mean * own.wy, own.mean**2 * own.w])
    if own.n < 2 or squares <= 1e-12 * own.wyy:
        return None
    unsampled = 1 - own.n / own.w if own.w > own.n * (1 + 1e-9) else 1.0
    return found / (squares / own.w / (own.n - 1) * unsampled)


def difference_variance(part: Domain, whole: Domain, units: Mapping[str, int]) -> float | None:
    """Of a part's mean less its whole's, with the covariance of the two."""
    own = part.linearised()
    return variance({unit: own.get(unit, 0.0) - each for unit, each in whole.linearised().items()}, units)
