"""What may be shown of a number. The rules apply to everything published, for all readers.

Organisations: shown at n = 1 too. Officials: never below the province. Numbers about residents and officials are sums
of whole cohorts of at least `suppress_below` people (docs/analysis.md), so that nothing is hidden in order to protect
a neighbour: a number is missing where no cohort is published yet, or where too few have an answer for it to be
reliable.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

FLAG_BELOW = 30
LOWEST_FOR_OFFICIALS = frozenset({"country", "province"})
LOWEST_FOR_COORDINATORS = frozenset({"country", "province"})
MIN_PLACES = 3  # whose people are in what coordinators see
MAX_SHARE = 0.6  # of the people that one place may hold


class Audience(StrEnum):
    """Who reads a chart. `COORDINATOR_BELOW`: coordinators of a locality below, who see the locality's own figures
    without its other parts."""

    EVERYONE = "everyone"
    CENTRE = "centre"
    COORDINATOR = "coordinator"
    COORDINATOR_BELOW = "coordinator_below"


COORDINATORS = frozenset({Audience.COORDINATOR, Audience.COORDINATOR_BELOW})


class Withheld(StrEnum):
    """Why a number about people is not shown; the values are keys of `charts.texts.TEXTS`."""

    UNPUBLISHED = "unpublished"  # no cohort is published here yet
    UNRELIABLE = "unreliable"  # published, but fewer than form a cohort have an answer
    NEVER = "not_published"  # whatever the number


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a cell. `flagged`: few people stand behind it."""

    withheld: Withheld | None = None
    flagged: bool = False

    @property
    def hidden(self) -> bool:
        return self.withheld is not None


NOTHING_HIDDEN = Shown()


def is_never_published(respondent: str, level: str) -> bool:
    """Whether nothing about these respondents is published at a level, whatever their number."""
    return respondent == "official" and level not in LOWEST_FOR_OFFICIALS


def is_spread(places: Collection[int], others: Collection[int]) -> bool:
    """Whether coordinators may see a figure about people: else a page before and after a team's visit is the place.

    `places`: the number of people published from each place of collection; `others`: of each cohort from several.
    """
    found = [*places, *others]
    return sum(n > 0 for n in places) >= MIN_PLACES and max(found) <= MAX_SHARE * sum(found)


def decide(respondent: str, level: str, n: int, *, suppress_below: int, is_published: bool, is_expected: bool) -> Shown:
    """What may be shown of a number at a locality that `n` people stand behind.

    `is_published`: whether cohorts with this number are published there; `is_expected`: whether anybody is to be
    interviewed there. Where nothing is published or expected there is nothing to hide.
    """
    if respondent == "organisation":
        return NOTHING_HIDDEN
    if is_never_published(respondent, level):
        return Shown(Withheld.NEVER)
    if n >= suppress_below:
        return Shown(flagged=n < FLAG_BELOW)
    if is_published:
        return Shown(Withheld.UNRELIABLE)
    return Shown(Withheld.UNPUBLISHED) if is_expected else NOTHING_HIDDEN
