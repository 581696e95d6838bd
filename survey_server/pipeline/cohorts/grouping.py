"""Which cohorts are published together for an item that too few of each were asked. Pure.

An item is a question, an indicator, a task or a count of people over several questions; it depends on the questions
that enter it, and is published only where each of them was asked of nobody or of as many as form a cohort.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from survey_server.domain import WithheldItem
from survey_server.pipeline.cohorts.forming import area_at, common_path


class FormedGroup(NamedTuple):
    """`path`: of the lowest locality that contains its cohorts; their ids are sorted."""

    item: str
    path: str
    cohorts: tuple[str, ...]


def is_asked_of_enough(asked: Mapping[str, int], size: int) -> bool:
    """Whether each question was asked of nobody or of `size` people at least."""
    return not any(0 < n < size for n in asked.values())


def form_groups(withheld: Iterable[WithheldItem], size: int) -> list[FormedGroup]:
    """Groups of items that are in no group yet: at the lowest ancestor at or below which the cohorts together were
    asked enough, of all of them. What belongs to no group stays unpublished."""
    by_item: dict[str, list[WithheldItem]] = defaultdict(list)
    for each in withheld:
        by_item[each.item].append(each)
    return [group for item in sorted(by_item) for group in _groups_of(item, by_item[item], size)]


def _groups_of(item: str, withheld: list[WithheldItem], size: int) -> list[FormedGroup]:
    left = sorted(withheld, key=lambda each: (each.path, each.cohort))
    groups: list[FormedGroup] = []
    for depth in range(max((each.path.count("/") for each in left), default=-1), -1, -1):
        by_area: dict[str, list[WithheldItem]] = defaultdict(list)
        for each in left:
            if each.path.count("/") >= depth:
                by_area[area_at(each.path, depth)].append(each)
        for area in sorted(by_area):
            asked = sum((Counter(each.asked) for each in by_area[area]), Counter[str]())
            if is_asked_of_enough(asked, size):
                cohorts = tuple(sorted(each.cohort for each in by_area[area]))
                groups.append(FormedGroup(item, common_path(each.path for each in by_area[area]), cohorts))
                left = [each for each in left if each.cohort not in cohorts]
    return groups
