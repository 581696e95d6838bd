"""What is published of new cohorts: a part of each, and a part of each question group that they complete. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.published_items import extract_item, restrict_to
from analysis.strata import join_names
from analysis.tally import LeafTally, add
from survey_server.domain import CohortSeries, PublishedPart, WithheldItem
from survey_server.pipeline.cohorts.grouping import FormedGroup, form_groups
from survey_server.pipeline.cohorts.items import Classes, Items, find_withheld


@dataclass(frozen=True, slots=True)
class CountedCohort:
    """A cohort with the sum of its members' contributions. `strata`: of its members; `versions`: where versions are
    joined, the part of each in the sum."""

    id: str
    path: str
    is_of_place: bool
    strata: frozenset[str]
    tally: LeafTally
    versions: Mapping[str, LeafTally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WithheldTally:
    """An item that waits for a question group, with its tally. `strata`: of its cohort."""

    item: WithheldItem
    strata: frozenset[str]
    tally: LeafTally


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part to publish; `owner`: the id of its cohort or question group."""

    owner: str
    path: str
    stratum: str
    unit: str
    tally: LeafTally


@dataclass(frozen=True, slots=True)
class Publication:
    """`withheld`: items of the new cohorts, those that the new groups publish among them."""

    parts: list[NewPart] = field(default_factory=list)
    withheld: list[WithheldTally] = field(default_factory=list)
    groups: Mapping[str, FormedGroup] = field(default_factory=dict)


def plan_publication(
    cohorts: Sequence[CountedCohort],
    waiting: Iterable[WithheldTally],
    items: Items,
    size: int,
    new_id: Callable[[], str],
    reserved: Collection[tuple[str, str]] = (),
    *,
    may_group: bool = True,
    classes: Classes | None = None,
) -> Publication:
    """What is published when these cohorts are formed.

    `waiting`: items of earlier cohorts of the series that are in no group yet; `new_id`: makes the id of a group;
    `reserved`: (cohort, item) that belong to a group already; `may_group`: whether groups are formed now; `classes`: of
    items that joined versions define differently.
    """
    withheld: list[WithheldTally] = []
    parts: list[NewPart] = []
    for each in cohorts:
        kept_back = find_withheld(each.tally, items, size, each.versions, classes)
        withheld += [
            WithheldTally(WithheldItem(each.id, each.path, item, asked), each.strata, extract_item(each.tally, item))
            for item, asked in kept_back.items()
        ]
        unit = each.path if each.is_of_place else each.id
        shown = restrict_to(each.tally, items.keys() - kept_back.keys())
        parts.append(NewPart(each.id, each.path, join_names(each.strata), unit, shown))
    candidates = [each for each in (*waiting, *withheld) if (each.item.cohort, each.item.item) not in reserved]
    formed = form_groups((each.item for each in candidates), size) if may_group else ()
    groups = {new_id(): group for group in formed}
    parts += [make_group_part(id_, group, candidates) for id_, group in groups.items()]
    return Publication(parts, withheld, groups)


def make_group_part(id_: str, group: FormedGroup, candidates: Iterable[WithheldTally]) -> NewPart:
    """`candidates`: at least the withheld items of the group's cohorts. A group is a sampling unit of its own."""
    own = [each for each in candidates if each.item.item == group.item and each.item.cohort in group.cohorts]
    strata = frozenset[str]().union(*(each.strata for each in own))
    return NewPart(id_, group.path, join_names(strata), id_, add(each.tally for each in own))


def published_part(series: CohortSeries, part: NewPart, revision: int) -> PublishedPart:
    text = part.tally.to_json()
    described = (part.path, part.stratum, part.unit, text)
    return PublishedPart(
        owner=part.owner, series_id=series.id, path=part.path, stratum=part.stratum, unit=part.unit, n=part.tally.n,
        tally=text, digest=digest_of(part.owner, series, *described), revision=revision,
    )  # fmt: skip


def digest_of(owner: str, series: CohortSeries, path: str, stratum: str, unit: str, tally: str) -> str:
    """SHA-256 over what is published. It does not depend on numbers that the database gives."""
    described = [owner, series.questionnaire, series.version, series.evidence, path, stratum, unit, tally]
    return hashlib.sha256(json.dumps(described, ensure_ascii=False).encode()).hexdigest()
