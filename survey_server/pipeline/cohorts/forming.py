"""Which waiting responses form cohorts. Pure, and the same for the same responses in any order.

All responses are of one series and may be published: approved, or counted in a closed round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from survey_server.domain import WaitingResponse

MAX_WEIGHT_SHARE = 0.3  # of a cohort's weight that one response may hold

USUAL_SIZE = 500  # more that wait at one place form several cohorts: it bounds the work of one transaction


class FormedCohort(NamedTuple):
    """`path`: of the lowest locality that contains its members, which are in the order of their numbers."""

    path: str
    members: tuple[WaitingResponse, ...]

    @property
    def is_of_place(self) -> bool:
        """Whether it was formed where all its members were collected."""
        return all(each.path == self.path for each in self.members)


class Forming(NamedTuple):
    """`pooled`: what is left at finished places and waits for a cohort with those of other places."""

    cohorts: list[FormedCohort]
    pooled: list[WaitingResponse]


def form_at_places(waiting: Iterable[WaitingResponse], finished: Collection[str], size: int) -> Forming:
    """Cohorts of single places: of all that wait where the collection is finished and `size` or more wait, or where
    twice as many wait. `finished`: the paths of finished places."""
    by_place: dict[str, list[WaitingResponse]] = defaultdict(list)
    for each in waiting:
        by_place[each.path].append(each)
    cohorts: list[FormedCohort] = []
    pooled: list[WaitingResponse] = []
    for path in sorted(by_place):
        is_finished = path in finished
        if is_enough(by_place[path], size if is_finished else 2 * size):
            cohorts += [FormedCohort(path, members) for members in _split(sorted(by_place[path]), size)]
        elif is_finished:
            pooled += sorted(by_place[path])
    return Forming(cohorts, pooled)


def form_from_pool(pool: Iterable[WaitingResponse], size: int) -> Forming:
    """Cohorts of what is left at several finished places: at the lowest ancestor at or below which `size` or more wait,
    of all of them."""
    left = sorted(pool)
    cohorts: list[FormedCohort] = []
    depths = {each.path.count("/") for each in left}
    for depth in range(max(depths, default=-1), -1, -1):
        by_area: dict[str, list[WaitingResponse]] = defaultdict(list)
        for each in left:
            if each.path.count("/") >= depth:
                by_area[area_at(each.path, depth)].append(each)
        formed = [FormedCohort(common_path(m.path for m in by_area[area]), tuple(by_area[area]))
                  for area in sorted(by_area) if is_enough(by_area[area], size)]  # fmt: skip
        cohorts += formed
        taken = {member.seq for cohort in formed for member in cohort.members}
        left = [each for each in left if each.seq not in taken]
    return Forming(cohorts, left)


def _split(members: list[WaitingResponse], size: int) -> list[tuple[WaitingResponse, ...]]:
    """Equal parts of USUAL_SIZE or more, where each may be a cohort; else the whole."""
    number = max(1, len(members) // USUAL_SIZE)
    parts = [tuple(members[part::number]) for part in range(number)]
    return parts if all(is_enough(part, size) for part in parts) else [tuple(members)]


def is_enough(members: Sequence[WaitingResponse], size: int) -> bool:
    """Whether responses may form a cohort: `size` people who agreed to be interviewed, none of whom holds more than
    MAX_WEIGHT_SHARE of the weight."""
    weights = [each.weight for each in members if not each.is_declined]
    return len(weights) >= size and max(weights) <= MAX_WEIGHT_SHARE * sum(weights)


def area_at(path: str, depth: int) -> str:
    """The ancestor of a path, or itself, at a depth; the country has depth 0."""
    return "/".join(path.split("/")[: depth + 1])


def common_path(paths: Iterable[str]) -> str:
    """The path of the lowest locality that contains all of at least one."""
    first, *others = [path.split("/") for path in paths]
    depth = 0
    while depth < len(first) and all(len(other) > depth and other[depth] == first[depth] for other in others):
        depth += 1
    return "/".join(first[:depth])
