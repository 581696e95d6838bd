"""Asks the publisher to recount a round's tally from its responses."""

from __future__ import annotations

from survey_server.problems import ProblemError
from survey_server.problems.rounds import ROUND_UNKNOWN
from survey_server.storage import Connection, Database, audit, leaf_tallies, rounds


def request_recount(database: Database, round_code: str) -> int:
    """Let the publisher recount every leaf of a round; returns how many there are. What is published of people is not
    recounted: it never changes. Raises ProblemError round_unknown."""
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
    if found is None:
        raise ProblemError(ROUND_UNKNOWN, round=round_code)
    round_id = found.id

    def mark(connection: Connection) -> int:
        leaves = leaf_tallies.mark_outdated(connection, round_id)
        audit.record(connection, "recount", f"round:{round_code}", detail={"leaves": leaves})
        return leaves

    return database.write(mark)
