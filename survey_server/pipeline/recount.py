"""Whether a full recount equals the running tally."""

from __future__ import annotations

from survey_server.domain.responses import LeafKey
from survey_server.pipeline.books import RoundBooks, read_books
from survey_server.pipeline.counting import count_all
from survey_server.pipeline.edition import program
from survey_server.services.doctor import DoctorProblem, error
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, rounds
from survey_server.storage.database import Database


def recount_differs(database: Database, settings: Settings) -> list[DoctorProblem]:
    """An error for each leaf whose stored tally is not what its responses say; those that wait to be counted are left
    out, and those that another program counted, which the publisher counts anew at its next start."""
    with database.read() as connection:
        codes = [each.code for each in rounds.all_rounds(connection)]
        pending = set(leaf_tallies.waiting(connection, 1_000_000))
    found: list[DoctorProblem] = []
    for code in codes:
        books = read_books(database, settings, code)
        if books is not None:
            with database.read() as connection:
                outdated = leaf_tallies.counted_by_others(connection, books.round.id, program())
            left_out = pending | {each.key for each in outdated}
            found += [_told(code, key) for key in _differing(database, books) if key not in left_out]
    return found


def _differing(database: Database, books: RoundBooks) -> list[LeafKey]:
    with database.read() as connection:
        stored = {each.key: (each.n, each.tally) for each in leaf_tallies.of_round(connection, books.round.id)}
    counted = {key: (tally.n, tally.to_json()) for key, tally in count_all(database, books).items()}
    return [key for key in {**stored, **counted} if stored.get(key) != counted.get(key)]


def _told(code: str, key: LeafKey) -> DoctorProblem:
    where = f"{code}/{key.questionnaire}/{key.version}/{key.locality_id}"
    return error(f"Số tổng hợp của {where} không khớp khi đếm lại.", f"The tally of {where} differs from a recount.")
