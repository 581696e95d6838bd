"""What the publisher is about to publish of one series: read and computed before anything is written."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.tally import LeafTally, add
from survey_server.domain import Cohort, CohortMember, CohortSeries, QuestionGroup, StoredItem, WaitingResponse
from survey_server.pipeline.cohorts.forming import FormedCohort, form_at_places, form_from_pool
from survey_server.pipeline.cohorts.grouping import FormedGroup
from survey_server.pipeline.cohorts.items import Classes, Items, items_of, joined_items
from survey_server.pipeline.cohorts.parts import (
    CountedCohort,
    NewPart,
    Publication,
    WithheldTally,
    make_group_part,
    plan_publication,
)
from survey_server.pipeline.cohorts.persons import select_new_persons
from survey_server.pipeline.context import RoundContext
from survey_server.pipeline.contributions import Contributions
from survey_server.storage import Connection, cohorts, responses, waiting_responses

MAX_MEMBERS = 5_000  # of the cohorts of single places, after which a step forms no further one


@dataclass(frozen=True, slots=True)
class NewCohort:
    """A cohort to publish. `is_reserved`: the journal has it, so it is stored, without its numbers."""

    cohort: Cohort
    members: Sequence[CohortMember]
    tally: LeafTally
    versions: Mapping[str, LeafTally]
    is_reserved: bool = False

    def counted(self) -> CountedCohort:
        own = self.cohort
        return CountedCohort(own.id, own.path, own.is_of_place, own.strata, self.tally, self.versions)


@dataclass(slots=True)
class SeriesPlan:
    """What is published of a series. `pooled` and `excluded`: numbers of responses that wait for those of other places,
    and that wait no longer, since their person is published or they cannot be read; `checked`: the ids of the places
    that it settles; `reserved`: groups of the journal that are complete now."""

    series: CohortSeries
    cohorts: list[NewCohort] = field(default_factory=list)
    publication: Publication = field(default_factory=Publication)
    reserved: list[tuple[QuestionGroup, NewPart]] = field(default_factory=list)
    pooled: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    checked: list[int] = field(default_factory=list)

    @property
    def is_publishing(self) -> bool:
        return bool(self.cohorts or self.reserved or self.publication.groups)


class SeriesPlanner:
    """Plans one series, in one reading of the database."""

    def __init__(
        self, connection: Connection, context: RoundContext, contributions: Contributions, series: CohortSeries
    ) -> None:
        self._connection = connection
        self._context = context
        self._contributions = contributions
        self._size = context.round.cohort_size
        self._plan = SeriesPlan(series)
        self._joined = context.united.joined.get((series.questionnaire, series.version))

    def plan(self, unchecked: Sequence[int], complete: Sequence[Cohort], *, is_closed: bool) -> SeriesPlan:
        """`unchecked`: ids of places; `complete`: cohorts of the journal all of whose members are there.

        Question groups are formed once no place of the series is left to check: a cohort of a place that is checked
        later may be nearer than those that wait already, and a group counts only where all its cohorts lie.
        """
        plan, series = self._plan, self._plan.series
        plan.checked = [*unchecked]
        found = self._items()
        if found is None:
            return plan
        items, classes = found
        formed = self._form([each for each in unchecked if each in self._context.paths], is_closed=is_closed)
        plan.cohorts = [new for each in formed if (new := self._new_cohort(each)) is not None]
        plan.cohorts += map(self._reserved_cohort, complete)
        groups = cohorts.unpublished_groups(self._connection, series.id)
        may_group = self._is_all_checked()
        waiting = map(_with_tally, cohorts.waiting_items(self._connection, series.id)) if may_group else ()
        plan.publication = plan_publication(
            [each.counted() for each in plan.cohorts], waiting, items, self._size, _new_id,
            {(cohort, group.item) for group in groups for cohort in group.cohorts},
            may_group=may_group, classes=classes,
        )  # fmt: skip
        plan.reserved = [*self._complete_groups(groups)]
        return plan

    def _items(self) -> tuple[Items, Classes] | None:
        """None for a version that cannot be read."""
        series, books = self._plan.series, self._context.codebook.questionnaires
        if self._joined is not None:
            return joined_items(
                self._joined, {each: books[series.questionnaire, each] for each in self._joined.readings}
            )
        book = books.get((series.questionnaire, series.version))
        return (items_of(book), {}) if book is not None else None

    def _form(self, place_ids: Collection[int], *, is_closed: bool) -> list[FormedCohort]:
        """The cohorts that can be formed at these places and, where none of the series is left to check, of the
        pool."""
        connection, plan = self._connection, self._plan
        waiting = waiting_responses.waiting_at(connection, plan.series.id, place_ids, approved_only=not is_closed)
        done = place_ids if is_closed else waiting_responses.finished_places(connection, plan.series, place_ids)
        finished = {self._context.paths[id_] for id_ in done}
        candidates = form_at_places(waiting, finished, self._size)
        some = _first_members(candidates.cohorts)
        is_part = len(some) < sum(len(each.members) for each in candidates.cohorts)
        at_places = form_at_places(self._new_persons([*candidates.pooled, *some]), finished, self._size)
        plan.pooled = {each.seq for each in at_places.pooled}
        if is_part:
            plan.checked.clear()  # the places are looked at again
        if is_part or not self._is_all_checked():
            return at_places.cohorts
        checked = {self._context.paths[id_] for id_ in place_ids}
        others = [each for each in waiting_responses.pool_of(connection, plan.series.id) if each.path not in checked]
        pool = form_from_pool([*at_places.pooled, *self._new_persons(others)], self._size)
        return [*at_places.cohorts, *pool.cohorts]

    def _is_all_checked(self) -> bool:
        """Whether this plan settles the last places of the series that are noted as unchecked."""
        plan = self._plan
        return waiting_responses.count_unchecked(self._connection, plan.series.id) <= len(plan.checked)

    def _new_persons(self, candidates: Sequence[WaitingResponse]) -> list[WaitingResponse]:
        """Without those whose person is in a cohort already."""
        seqs = {each.seq for each in candidates}
        if not seqs:
            return []
        revisions = waiting_responses.revisions_of(self._connection, seqs)
        published = waiting_responses.published_ids(self._connection, revisions)
        chosen = select_new_persons(seqs, revisions, published)
        self._plan.excluded |= seqs - chosen
        return [each for each in candidates if each.seq in chosen]

    def _new_cohort(self, formed: FormedCohort) -> NewCohort | None:
        """None where a response cannot be read: it is left out, and the place is looked at again."""
        members = cohorts.members_of_responses(self._connection, [each.seq for each in formed.members])
        tally, versions, strata, unreadable = self._count(members)
        if unreadable:
            self._plan.excluded |= {each.response_seq or 0 for each in members if each.response_id in unreadable}
            self._plan.checked.clear()
            return None
        cohort = Cohort(
            id=_new_id(), series_id=self._plan.series.id, path=formed.path, is_of_place=formed.is_of_place,
            size=len(members), strata=strata, revision=None,
        )  # fmt: skip
        return NewCohort(cohort, members, tally, versions)

    def _reserved_cohort(self, cohort: Cohort) -> NewCohort:
        members = cohorts.members_of(self._connection, cohort.id)
        tally, versions, strata, _ = self._count(members)
        return NewCohort(replace(cohort, strata=strata), members, tally, versions, is_reserved=True)

    def _count(
        self, members: Iterable[CohortMember]
    ) -> tuple[LeafTally, dict[str, LeafTally], frozenset[str], set[str]]:
        """The sum of the members' contributions, where versions are joined the part of each in it, the strata of the
        members, and the ids of those that cannot be read."""
        seqs = [each.response_seq for each in members if each.response_seq is not None]
        rows = [row for _, row in responses.collected(self._connection, seqs)]
        strata = frozenset(each.stratum for each in rows)
        if self._joined is None:
            tally, unreadable = self._contributions.tally(rows)
            return tally, {}, strata, {*unreadable}
        versions: dict[str, LeafTally] = {}
        cannot_be_read: set[str] = set()
        for version, reading in self._joined.readings.items():
            # One by one: of a single response it is exact how many people gave a rating of several questions.
            counted = [self._contributions.tally([row]) for row in rows if row.version == version]
            versions[version] = add([LeafTally(), *(reading.read(tally) for tally, _ in counted)])
            cannot_be_read |= {id_ for _, ids in counted for id_ in ids}
        cannot_be_read |= {row.id for row in rows if row.version not in versions}
        return add(versions.values()), versions, strata, cannot_be_read

    def _complete_groups(self, groups: Iterable[QuestionGroup]) -> Iterator[tuple[QuestionGroup, NewPart]]:
        """Groups of the journal all of whose cohorts are published, those of this plan included."""
        for group in groups:
            stored = map(_with_tally, cohorts.items_in(self._connection, group))
            own = [*stored, *(each for each in self._plan.publication.withheld if _belongs(each, group))]
            if {each.item.cohort for each in own} == {*group.cohorts}:
                yield group, make_group_part(group.id, FormedGroup(group.item, group.path, group.cohorts), own)


def _first_members(formed: Iterable[FormedCohort]) -> list[WaitingResponse]:
    """The members of the first cohorts, until MAX_MEMBERS are reached."""
    found: list[WaitingResponse] = []
    for each in formed:
        if len(found) >= MAX_MEMBERS:
            break
        found += each.members
    return found


def _belongs(withheld: WithheldTally, group: QuestionGroup) -> bool:
    return withheld.item.item == group.item and withheld.item.cohort in group.cohorts


def _with_tally(stored: StoredItem) -> WithheldTally:
    return WithheldTally(stored.item, stored.strata, LeafTally.from_json(stored.tally))


def _new_id() -> str:
    return str(uuid.uuid4())
