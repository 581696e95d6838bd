"""Releasing what is published of people to coordinators: a cut records which cohorts were published at that moment."""

from __future__ import annotations

import uuid

from survey_server.clock import now_text
from survey_server.domain import ResultCut
from survey_server.pipeline.cohorts.cut_journal import cut_entry, digest_of_cut
from survey_server.pipeline.cohorts.decisions import find_decider
from survey_server.problems import ProblemError, cohorts as problems
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.storage import Connection, Database, audit, published_parts, result_cuts, rounds
from survey_server.storage.cohort_journal import CohortJournal


def release_cut(database: Database, journal: CohortJournal, account: str, round_code: str, note: str) -> ResultCut:
    """Record what is published of people in a round now: coordinators see this, and nothing later, until the next cut
    or the end of the round. The cohorts of a cut never change; a cohort that is struck leaves the cut too. The cut is
    in the journal first: where the transaction fails, the publisher stores it from there.

    Raises ProblemError: person_unknown, may_not_manage_cohorts, cohort_reason, round_unknown, nothing_published.
    """
    person = find_decider(database, account, note)
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        if found is None:
            raise ProblemError(ROUND_UNKNOWN, round=round_code)
        parts = [each for each in published_parts.read_round(connection, found.id) if not each.is_struck]
    if not parts:
        raise ProblemError(problems.NOTHING_PUBLISHED, round=round_code)
    cut = ResultCut(
        id=str(uuid.uuid4()), round_id=found.id, at=now_text(), person_id=person.id, note=note,
        digest=digest_of_cut(parts),
    )  # fmt: skip
    owners = [each.owner for each in parts]
    journal.append([cut_entry(round_code, cut, account, owners)])

    def release(connection: Connection) -> None:
        if all(each.id != cut.id for each in result_cuts.of_round(connection, found.id)):  # else from the journal
            result_cuts.add(connection, cut, owners)
        detail = {"cut": cut.id, "note": note, "parts": len(parts), "digest": cut.digest}
        audit.record(connection, "release_cut", f"round:{round_code}", person_id=person.id, detail=detail)

    database.write(release)
    return cut
