"""The publisher's step that forms cohorts and stores what is published of them.

It looks only at places that are noted as unchecked, a bounded number each time. What it forms is in the journal, on the
disk, before the transaction commits that makes it public: see `journal_check` for what happens when that fails.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from survey_server.clock import now_in_vietnam, now_text
from survey_server.domain import Cohort, QuestionGroup, Round, StoredItem, is_over
from survey_server.pipeline.cohorts.cut_journal import find_missing_cuts, store_complete_cuts
from survey_server.pipeline.cohorts.journal_check import check_journal, cohort_entry, group_entry
from survey_server.pipeline.cohorts.leaf_sums import store_part
from survey_server.pipeline.cohorts.planning import SeriesPlan, SeriesPlanner
from survey_server.pipeline.cohorts.waiting import update_waiting
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.contributions import Contributions
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.settings import Settings
from survey_server.storage import Connection, Database, cohorts, leaf_tallies, rounds, waiting_responses
from survey_server.storage.cohort_journal import CohortJournal

_log = logging.getLogger(__name__)
MAX_PLACES = 50  # unchecked places that one step looks at


class PublishingStep(NamedTuple):
    """`revision`: the new one, None where nothing was published; `may_continue`: whether there may be more to form."""

    revision: int | None
    may_continue: bool


class CohortPublisher:
    """Of one process, the only one that forms cohorts."""

    def __init__(
        self, database: Database, journal: CohortJournal, versions: QuestionnaireVersions | None = None
    ) -> None:
        self._database = database
        self._contributions = Contributions(versions or QuestionnaireVersions(database))
        self._journal = journal
        self._checked_size = -1  # of the journal, when it was compared with the database
        self._unconfirmed: frozenset[str] = frozenset()
        self._missing_cuts: Sequence[Mapping[str, Any]] = ()  # entries of the journal

    def publish(self, context: RoundContext, today: str) -> PublishingStep:
        """Form some of the cohorts of a round that can be formed now. `today`: ISO day; after the round's last day the
        round is closed.

        Of a round with an incomplete journal nothing is formed until the centre confirms it.
        """
        is_checked = self._journal.size() == self._checked_size
        if not is_checked:
            self._unconfirmed = check_journal(self._database, self._journal)
            with self._database.read() as connection:
                self._missing_cuts = find_missing_cuts(connection, self._journal)
            self._store_complete_cuts()
            self._checked_size = self._journal.size()
            if self._unconfirmed:
                _log.warning("no cohorts are formed of %s: see confirm-cohorts", ", ".join(sorted(self._unconfirmed)))
        if context.round.code in self._unconfirmed:
            return PublishingStep(None, False)
        has_changes = update_waiting(self._database, context)
        is_closed = is_over(context.round.ends_on, today)
        if is_closed:
            self._note_closing(context)
        complete = self._find_complete(context) if has_changes or not is_checked else []
        plans = self._plan(context, complete, is_closed=is_closed)
        entries = [entry for plan in plans for entry in _journal_entries(context, plan)]
        size = self._journal.append(entries) if entries else self._checked_size
        revision: int | None = None
        if plans:
            self._checked_size = -1  # compare again should the transaction fail
            revision = self._database.write(lambda connection: _store(connection, context, plans))
            self._store_complete_cuts()
        self._checked_size = size
        settled = any(plan.checked or plan.excluded or plan.is_publishing for plan in plans)
        return PublishingStep(revision, has_changes or settled)

    def has_work(self, round_: Round, today: str) -> bool:
        """Whether `publish` may find anything to do in a round."""
        if self._journal.size() != self._checked_size:
            return True
        if round_.code in self._unconfirmed:
            return False
        with self._database.read() as connection:
            if waiting_responses.has_changes(connection, round_.id):
                return True
            return is_over(round_.ends_on, today) and not waiting_responses.is_closing_noted(connection, round_.id)

    def _store_complete_cuts(self) -> None:
        if self._missing_cuts:
            self._missing_cuts = store_complete_cuts(self._database, self._missing_cuts)

    def _note_closing(self, context: RoundContext) -> None:
        with self._database.read() as connection:
            is_noted = waiting_responses.is_closing_noted(connection, context.round.id)
        if not is_noted:
            self._database.write(lambda each: waiting_responses.note_all_places(each, context.round.id))

    def _plan(self, context: RoundContext, complete: Sequence[Cohort], *, is_closed: bool) -> list[SeriesPlan]:
        with self._database.read() as connection:
            noted = waiting_responses.unchecked_places(connection, context.round.id, MAX_PLACES)
            if not noted and not complete:
                return []
            found = waiting_responses.series_of(connection, context.round.id)
            touched = {series for series, _ in noted} | {each.series_id for each in complete}
            return [
                SeriesPlanner(connection, context, self._contributions, found[id_]).plan(
                    [place for of, place in noted if of == id_],
                    [each for each in complete if each.series_id == id_],
                    is_closed=is_closed,
                )
                for id_ in sorted(touched)
            ]  # fmt: skip

    def _find_complete(self, context: RoundContext) -> list[Cohort]:
        """Cohorts of the journal whose members are all there again."""
        with self._database.read() as connection:
            incomplete = cohorts.incomplete(connection, context.round.id)
        if not incomplete:
            return []
        ids = [each.id for each in incomplete]
        self._database.write(lambda connection: cohorts.find_missing_members(connection, ids))
        with self._database.read() as connection:
            return [
                each
                for each in incomplete
                if [m.response_seq is not None for m in cohorts.members_of(connection, each.id)] == [True] * each.size
            ]


def publish_waiting(database: Database, settings: Settings) -> None:
    """Form all cohorts that can be formed now, where no publisher runs: while a survey is prepared."""
    publisher = CohortPublisher(database, CohortJournal(settings.data_dir))
    today = now_in_vietnam()[:10]
    with database.read() as connection:
        codes = rounds.codes(connection)
    for context in filter(None, (read_round_context(database, settings, code) for code in codes)):
        while publisher.publish(context, today).may_continue:
            pass


def _journal_entries(context: RoundContext, plan: SeriesPlan) -> Iterator[dict[str, Any]]:
    for new in plan.cohorts:
        if not new.is_reserved:
            yield cohort_entry(context.round.code, plan.series, new.cohort, new.members)
    for group in _groups(plan, 0):
        yield group_entry(context.round.code, plan.series, group)


def _groups(plan: SeriesPlan, revision: int) -> list[QuestionGroup]:
    return [
        QuestionGroup(
            id=id_, series_id=plan.series.id, item=formed.item, path=formed.path, cohorts=formed.cohorts,
            revision=revision,
        )
        for id_, formed in plan.publication.groups.items()
    ]  # fmt: skip


def _store(connection: Connection, context: RoundContext, plans: Sequence[SeriesPlan]) -> int | None:
    """Store what was planned, in one transaction; returns its revision, None where nothing is published."""
    revision = None
    if any(plan.is_publishing for plan in plans):
        revision = leaf_tallies.add_revision(connection, context.round.id, now_text())
        for plan in plans:
            _store_publication(connection, context, plan, revision)
    for plan in plans:
        members = {member.response_seq for new in plan.cohorts for member in new.members}
        taken = {seq for seq in members if seq is not None} | plan.excluded
        waiting_responses.set_pooled(connection, sorted(plan.pooled - taken))
        waiting_responses.remove(connection, sorted(taken))
        waiting_responses.remove_notes(connection, plan.series.id, plan.checked)
    return revision


def _store_publication(connection: Connection, context: RoundContext, plan: SeriesPlan, revision: int) -> None:
    for new in plan.cohorts:
        if new.is_reserved:
            cohorts.publish(connection, new.cohort.id, new.cohort.strata, revision)
        else:
            stored = replace(new.cohort, revision=revision)
            cohorts.add(connection, stored, context.ids[stored.path], new.members)
    items = [StoredItem(each.item, each.strata, each.tally.to_json()) for each in plan.publication.withheld]
    cohorts.add_items(connection, plan.series.id, items)
    for group in _groups(plan, revision):
        cohorts.add_group(connection, group, context.ids[group.path])
    for group in cohorts.unpublished_groups(connection, plan.series.id):
        cohorts.assign_items(connection, group)
    for group, part in plan.reserved:
        cohorts.publish_group(connection, group.id, revision)
        store_part(connection, plan.series, part, context.ids[part.path], revision)
    for part in plan.publication.parts:
        store_part(connection, plan.series, part, context.ids[part.path], revision)
