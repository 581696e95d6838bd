"""Strata in which a single sampling unit was published: they are joined with a neighbour, since one unit says nothing
of how units differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

_JOINED_BY = "+"


def join_names(strata: Iterable[str]) -> str:
    """The name of the stratum that a cohort from several strata belongs to."""
    return _JOINED_BY.join(sorted(strata))


def join_strata(units: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Stratum → the name of the stratum that it belongs to in estimates: a stratum with a single sampling unit is
    joined with the next one by name, the last with the one before it.

    A function of what is published, so that it discloses nothing. `units`: (stratum, unit).
    """
    found: dict[str, set[str]] = defaultdict(set)
    for stratum, unit in units:
        found[stratum].add(unit)
    groups = [([stratum], found[stratum]) for stratum in sorted(found)]
    lonely = [*_lonely(groups)]
    while lonely and len(groups) > 1:
        first = min(lonely[0], len(groups) - 2)
        (names, own), (other_names, other) = groups[first : first + 2]
        groups[first : first + 2] = [([*names, *other_names], own | other)]
        lonely = [*_lonely(groups)]
    return {stratum: join_names(names) for names, _ in groups for stratum in names}


def _lonely(groups: list[tuple[list[str], set[str]]]) -> Iterator[int]:
    """The positions of groups of strata with a single unit."""
    return (position for position, (_, units) in enumerate(groups) if len(units) == 1)
