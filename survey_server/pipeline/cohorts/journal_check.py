"""The journal against the database: when the publisher starts, when others have written to the journal, and after a
transaction that failed.

- A cohort, group or strike that the database lacks (an older backup was restored, or the transaction did not commit) is
  stored again exactly as the journal has it. A cohort some of whose members are missing stays unpublished until they
  have arrived again, and those that are there enter no other cohort.
- A round with cohorts that the journal lacks, or that was restored without a journal, is unconfirmed: cohorts may have
  been published that nobody knows. None is formed until the centre confirms the round.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from survey_server.clock import now_text
from survey_server.domain import Cohort, CohortMember, CohortSeries, QuestionGroup, Round
from survey_server.pipeline.cohorts.striking import strike_stored
from survey_server.storage import Connection, Database, cohorts, localities, rounds, waiting_responses
from survey_server.storage.cohort_journal import COHORT, CONFIRMED, GROUP, STRIKE, UNCONFIRMED, CohortJournal

BATCH = 100  # entries stored again in one transaction
_log = logging.getLogger(__name__)

Entry = Mapping[str, Any]


def cohort_entry(
    round_code: str, series: CohortSeries, cohort: Cohort, members: Sequence[CohortMember]
) -> dict[str, Any]:
    return {
        COHORT: cohort.id,
        **_series_entry(round_code, series),
        "place": cohort.path,
        "of_place": cohort.is_of_place,
        "strata": sorted(cohort.strata),
        "members": [[each.response_id, each.sha256] for each in members],
        "at": now_text(),
    }


def group_entry(round_code: str, series: CohortSeries, group: QuestionGroup) -> dict[str, Any]:
    return {
        GROUP: group.id,
        **_series_entry(round_code, series),
        "place": group.path,
        "item": group.item,
        "cohorts": list(group.cohorts),
        "at": now_text(),
    }


def _series_entry(round_code: str, series: CohortSeries) -> dict[str, str]:
    return {
        "round": round_code,
        "questionnaire": series.questionnaire,
        "version": series.version,
        "evidence": series.evidence,
        "respondent": series.respondent,
    }


def check_journal(database: Database, journal: CohortJournal) -> frozenset[str]:
    """Store what the database lacks; returns the codes of the unconfirmed rounds."""
    with database.read() as connection:
        known = cohorts.ids_by_round(connection)
        struck = cohorts.struck_ids(connection)
    stored = frozenset().union(*known.values())
    seen: set[str] = set()
    missing: list[Entry] = []
    unconfirmed: set[str] = set()
    for entry in journal.entries():
        kind, value = next(iter(entry.items()), ("", ""))
        if kind in (COHORT, GROUP):
            seen.add(value)
        if (kind in (COHORT, GROUP) and value not in stored) or (kind == STRIKE and value not in struck):
            missing.append(entry)
        elif kind == UNCONFIRMED:
            unconfirmed.update(value)
        elif kind == CONFIRMED:
            unconfirmed.difference_update(value)
    remaining = iter(missing)
    while batch := list(islice(remaining, BATCH)):
        database.write(partial(_store_again, entries=batch))
    return frozenset(unconfirmed | {code for code, ids in known.items() if ids - seen})


def stored_entries(connection: Connection, journal: CohortJournal, round_: Round) -> Iterator[Entry]:
    """Entries of the cohorts and groups of a round that the database has and the journal lacks."""
    seen = {entry.get(COHORT) or entry.get(GROUP) for entry in journal.entries()}
    series = waiting_responses.series_of(connection, round_.id)
    for each in cohorts.of_round(connection, round_.id):
        if each.id not in seen:
            yield cohort_entry(round_.code, series[each.series_id], each, cohorts.members_of(connection, each.id))
    for own in series.values():
        for group in cohorts.groups_of(connection, own.id):
            if group.id not in seen:
                yield group_entry(round_.code, own, group)


def _store_again(connection: Connection, entries: Iterable[Entry]) -> None:
    for entry in entries:
        if STRIKE in entry:
            if cohorts.find(connection, entry[STRIKE]) is not None:
                strike_stored(connection, entry[STRIKE], entry["reason"], entry["at"])
            continue
        round_ = rounds.by_code(connection, entry["round"])
        place = localities.by_path(connection, round_.scheme, entry["place"]) if round_ is not None else None
        if round_ is None or place is None:
            _log.error("the journal of cohorts is about a round or locality that is not there: %s", entry)
            continue
        series_id = waiting_responses.find_or_add_series(
            connection, round_.id, entry["questionnaire"], entry["version"], entry["evidence"], entry["respondent"]
        )
        if COHORT in entry:
            _reserve_cohort(connection, entry, series_id, place.id)
        else:
            group = QuestionGroup(
                id=entry[GROUP], series_id=series_id, item=entry["item"], path=entry["place"],
                cohorts=tuple(entry["cohorts"]), revision=None,
            )  # fmt: skip
            cohorts.add_group(connection, group, place.id)


def _reserve_cohort(connection: Connection, entry: Entry, series_id: int, place_id: int) -> None:
    """Store a cohort without its numbers. Members that are in another cohort, formed after a restore without the
    journal, stay there; the cohort is never complete then."""
    taken = cohorts.taken_ids(connection, [id_ for id_, _ in entry["members"]])
    members = [CohortMember(id_, sha256, None) for id_, sha256 in entry["members"] if id_ not in taken]
    cohort = Cohort(
        id=entry[COHORT], series_id=series_id, path=entry["place"], is_of_place=entry["of_place"],
        size=len(entry["members"]), strata=frozenset(entry["strata"]), revision=None,
    )  # fmt: skip
    cohorts.add(connection, cohort, place_id, members)
    cohorts.find_missing_members(connection, [cohort.id])
    present = [each.response_seq for each in cohorts.members_of(connection, cohort.id)]
    waiting_responses.remove(connection, [seq for seq in present if seq is not None])
