"""Cuts in the journal of cohorts: a cut that was released is not lost where an older backup is restored."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from survey_server.domain import PublishedPart, ResultCut, Round
from survey_server.storage import (
    Connection,
    Database,
    cohorts,
    people,
    published_parts,
    result_cuts,
    rounds,
    waiting_responses,
)
from survey_server.storage.cohort_journal import CUT, CohortJournal

_log = logging.getLogger(__name__)


def digest_of_cut(parts: Iterable[PublishedPart]) -> str:
    """SHA-256 over the parts of a cut, each with its own digest."""
    described = sorted([each.owner, each.digest] for each in parts)
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def cut_entry(round_code: str, cut: ResultCut, account: str, owners: Iterable[str]) -> dict[str, Any]:
    """`account`: who released it; `owners`: of its parts."""
    return {
        CUT: cut.id,
        "round": round_code,
        "parts": sorted(owners),
        "digest": cut.digest,
        "by": account,
        "note": cut.note,
        "at": cut.at,
    }


def unwritten_cuts(connection: Connection, journal: CohortJournal, round_: Round) -> Iterator[dict[str, Any]]:
    """Entries of the cuts of a round that the database has and the journal lacks."""
    written = {entry.get(CUT) for entry in journal.entries()}
    for cut in result_cuts.of_round(connection, round_.id):
        person = people.by_id(connection, cut.person_id)
        if cut.id not in written and person is not None:
            yield cut_entry(round_.code, cut, person.account, result_cuts.owners_of(connection, cut.id))


def find_missing_cuts(connection: Connection, journal: CohortJournal) -> list[Mapping[str, Any]]:
    """Entries of the cuts that the journal has and the database lacks."""
    stored = {cut.id for each in rounds.all_rounds(connection) for cut in result_cuts.of_round(connection, each.id)}
    return [entry for entry in journal.entries() if CUT in entry and entry[CUT] not in stored]


def store_complete_cuts(database: Database, missing: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Store again the cuts whose cohorts are all published again; returns the entries of the others."""
    return database.write(lambda connection: [each for each in missing if not _store_again(connection, each)])


def _store_again(connection: Connection, entry: Mapping[str, Any]) -> bool:
    round_ = rounds.by_code(connection, entry["round"])
    person = people.by_account(connection, entry["by"])
    if round_ is None or person is None:
        _log.error("the journal has a cut of a round or by an account that is not there: %s", entry[CUT])
        return False
    owners = {*entry["parts"]}
    parts = [each for each in published_parts.read_round(connection, round_.id) if each.owner in owners]
    missing = owners - {each.owner for each in parts}
    if not missing <= _struck_before_published(connection, round_.id, missing):
        return False
    cut = ResultCut(
        id=entry[CUT], round_id=round_.id, at=entry["at"], person_id=person.id, note=entry["note"],
        digest=digest_of_cut(parts) if missing else entry["digest"],
    )  # fmt: skip
    result_cuts.add(connection, cut, sorted(each.owner for each in parts))
    return True


def _struck_before_published(connection: Connection, round_id: int, owners: Collection[str]) -> set[str]:
    """Those of the cohorts and question groups that were struck before they could be published again, so that they
    have no part and never get one."""
    if not owners:
        return set()
    struck = cohorts.struck_ids(connection)
    series = waiting_responses.series_of(connection, round_id)
    groups = (group for id_ in series for group in cohorts.groups_of(connection, id_))
    return struck | {group.id for group in groups if not struck.isdisjoint(group.cohorts)}
