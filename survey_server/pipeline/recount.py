"""Compares the stored tally with a full recount."""

from __future__ import annotations

from survey_server.domain import LeafKey
from survey_server.pipeline.build import program_digest
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import count_all
from survey_server.services.doctor import DoctorProblem, error
from survey_server.settings import Settings
from survey_server.storage import Database, leaf_tallies, rounds


def recount_differs(database: Database, settings: Settings) -> list[DoctorProblem]:
    """A problem for each leaf whose stored tally differs from a count of its responses. Pending leaves are left out,
    and those that another program counted: the publisher recounts them at its next start."""
    with database.read() as connection:
        codes = [each.code for each in rounds.all_rounds(connection)]
        pending = set(leaf_tallies.pending_changes(connection, 1_000_000))
    found: list[DoctorProblem] = []
    for code in codes:
        context = read_round_context(database, settings, code)
        if context is not None:
            with database.read() as connection:
                outdated = leaf_tallies.counted_by_others(connection, context.round.id, program_digest())
            left_out = pending | {each.key for each in outdated}
            found += [_problem(code, key) for key in _differing(database, context) if key not in left_out]
    return found


def _differing(database: Database, context: RoundContext) -> list[LeafKey]:
    with database.read() as connection:
        stored = {each.key: (each.n, each.tally) for each in leaf_tallies.of_round(connection, context.round.id)}
    counted = {key: (tally.n, tally.to_json()) for key, tally in count_all(database, context).items()}
    return [key for key in {**stored, **counted} if stored.get(key) != counted.get(key)]


def _problem(code: str, key: LeafKey) -> DoctorProblem:
    where = f"{code}/{key.questionnaire}/{key.version}/{key.locality_id}"
    return error("Số tổng hợp của {where} không khớp khi đếm lại.", where=where)
