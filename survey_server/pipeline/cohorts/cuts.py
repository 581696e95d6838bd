"""Releasing what is published of people to coordinators: a cut records which cohorts were published at that moment."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable

from survey_server.clock import now_text
from survey_server.domain import PublishedPart, ResultCut
from survey_server.pipeline.cohorts.decisions import find_decider
from survey_server.problems import ProblemError, cohorts as problems
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.storage import Connection, Database, audit, published_parts, result_cuts, rounds


def release_cut(database: Database, account: str, round_code: str, note: str) -> ResultCut:
    """Record what is published of people in a round now: coordinators see this, and nothing later, until the next cut
    or the end of the round. The cohorts of a cut never change; a cohort that is struck leaves the cut too.

    Raises ProblemError: person_unknown, may_not_manage_cohorts, cohort_reason, round_unknown, nothing_published.
    """
    person = find_decider(database, account, note)
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
    if found is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    round_id = found.id

    def release(connection: Connection) -> ResultCut:
        parts = [each for each in published_parts.read_round(connection, round_id) if not each.is_struck]
        if not parts:
            raise ProblemError(problems.NOTHING_PUBLISHED, round=round_code)
        cut = ResultCut(
            id=str(uuid.uuid4()), round_id=round_id, at=now_text(), person_id=person.id, note=note,
            digest=digest_of_cut(parts),
        )  # fmt: skip
        result_cuts.add(connection, cut, (each.owner for each in parts))
        detail = {"cut": cut.id, "note": note, "parts": len(parts), "digest": cut.digest}
        audit.record(connection, "release_cut", f"round:{round_code}", person_id=person.id, detail=detail)
        return cut

    return database.write(release)


def digest_of_cut(parts: Iterable[PublishedPart]) -> str:
    """SHA-256 over the parts of a cut, each with its own digest."""
    described = sorted([each.owner, each.digest] for each in parts)
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()
