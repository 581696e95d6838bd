"""What `doctor` finds in the tally: stored leaves, with the changes that wait, against a recount of the responses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from analysis.tally import LeafTally, add, subtract
from survey_server.clock import instant_text
from survey_server.domain import LeafKey, Round
from survey_server.pipeline.build import program_digest
from survey_server.pipeline.contributions import Contributions
from survey_server.services.doctor import DoctorProblem, error, note
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import (
    Connection,
    Database,
    leaf_tallies,
    response_changes,
    responses,
    rounds,
    waiting_responses,
)

MAX_WAITING = timedelta(minutes=1)  # until a publisher has counted a change


def check_tally(database: Database) -> list[DoctorProblem]:
    """An error for each leaf that differs and for each response that cannot be counted; a note where changes or a
    recount wait. Left out are leaves that another program counted: the publisher recounts them."""
    contributions = Contributions(QuestionnaireVersions(database))
    with database.read() as connection:
        found = [*_changes_waiting(connection)]
        for each in rounds.all_rounds(connection):
            found += _leaves_that_differ(connection, contributions, each)
        if leaf_tallies.counted_by_others(connection, program_digest(), 1):
            found.append(note("Có số tổng hợp chờ đếm lại: cần chạy serve."))
    return found


def is_behind(database: Database, round_code: str) -> bool:
    """Whether a publisher still has to count something, or to look for cohorts of a round."""
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        is_counted = not (
            response_changes.is_any(connection) or leaf_tallies.counted_by_others(connection, program_digest(), 1)
        )
        return not is_counted or (found is not None and waiting_responses.has_changes(connection, found.id))


def _changes_waiting(connection: Connection) -> Iterator[DoctorProblem]:
    waiting = response_changes.count_before(connection, instant_text(datetime.now(UTC) - MAX_WAITING))
    if waiting:
        yield note("{waiting} phiếu thay đổi đã quá một phút mà chưa vào số tổng hợp: cần chạy serve.", waiting=waiting)


def _leaves_that_differ(connection: Connection, contributions: Contributions, round_: Round) -> Iterator[DoctorProblem]:
    stored = {each.key: each for each in leaf_tallies.of_round(connection, round_.id)}
    waiting = _waiting(connection, contributions, round_)
    for key in {**stored, **waiting, **leaf_tallies.expected_keys(connection, round_.id)}:
        where = f"{round_.code}/{key.questionnaire}/{key.version}/{key.locality_id}"
        recounted, unreadable = contributions.tally(responses.of_leaf(connection, key))
        for id_ in unreadable:
            yield error("Phiếu {id} không đọc được nên không được tính.", id=id_)
        leaf = stored.get(key)
        if leaf is not None and leaf.counted_by != program_digest():
            continue
        running = LeafTally.from_json(leaf.tally) if leaf is not None else LeafTally()
        is_stored_well = leaf is None or (leaf.n, leaf.tally) == (running.n, running.to_json())
        if not is_stored_well or add([running, waiting.get(key, LeafTally())]) != recounted:
            yield error("Số tổng hợp của {where} không khớp khi đếm lại.", where=where)


def _waiting(connection: Connection, contributions: Contributions, round_: Round) -> dict[LeafKey, LeafTally]:
    """By leaf, what the changes that wait will add to it."""
    found: dict[LeafKey, LeafTally] = {}
    for each in response_changes.of_round(connection, round_.id):
        before, (own, _) = found.get(each.key, LeafTally()), contributions.tally([each.response])
        found[each.key] = add([before, own]) if each.sign > 0 else subtract(before, own)
    return found
