"""The running tally, to which each change of a response is added, always equals a full recount."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from analysis.counter import ResponseCounter
from analysis.exact import fixed
from analysis.tally import LeafTally, Moments, QuestionTally
from survey_server.domain import LeafKey, ReviewAction, Round
from survey_server.pipeline import check_tally as checking, counting
from survey_server.pipeline.check_tally import check_tally, is_behind
from survey_server.pipeline.contributions import Contributions
from survey_server.pipeline.counting import CountedElsewhereError, RunningTally, count_waiting
from survey_server.problems import ProblemError
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.recount_tally import request_recount
from survey_server.services.review_response import take_step
from survey_server.storage import leaf_tallies, response_changes, responses, rounds
from survey_server.storage.database import Database
from survey_server.storage.leaf_tallies import CountedLeaf
from survey_server.storage.tables import audit, leaf, response, response_body
from tests.support.field import Field, assign_at, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive

CHOICES = ("clear", "some", "little", "none", "dont_know")


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


@pytest.fixture
def tally(database: Database, field: Field) -> RunningTally:
    return RunningTally(database)


@pytest.fixture
def round_(database: Database, field: Field) -> Round:
    with database.read() as connection:
        found = rounds.by_code(connection, "r1")
    assert found is not None
    return found


def send(database: Database, field: Field, *changes: dict[str, Any]) -> list[str]:
    """Send responses; returns their ids."""
    written = [body(field, **change) for change in changes]
    receipts = receive(database, surveyor_of(field), [row(each) for each in written])
    assert {each.status.value for each in receipts} == {"stored"}
    return [str(each["id"]) for each in written]


def count_all(database: Database, round_: Round) -> dict[LeafKey, LeafTally]:
    """Count every leaf of a round from its responses, whatever is stored."""
    contributions = Contributions(QuestionnaireVersions(database))
    with database.read() as connection:
        return {
            key: contributions.tally(responses.of_leaf(connection, key))[0]
            for key in leaf_tallies.expected_keys(connection, round_.id)
        }


def leaves(database: Database, round_: Round) -> list[CountedLeaf]:
    with database.read() as connection:
        return leaf_tallies.of_round(connection, round_.id)


def stored(database: Database, round_: Round) -> dict[LeafKey, str]:
    return {each.key: each.tally for each in leaves(database, round_)}


def recounted(database: Database, round_: Round) -> dict[LeafKey, str]:
    """With the leaves that have lost all their responses."""
    counted = {key: each.to_json() for key, each in count_all(database, round_).items()}
    return dict.fromkeys(stored(database, round_), LeafTally().to_json()) | counted


def revisions(database: Database, round_: Round) -> list[int]:
    with database.read() as connection:
        return [each.revision for each in leaf_tallies.of_round(connection, round_.id)]


def seq_of(database: Database, id_: str) -> int:
    with database.read() as connection:
        return int(connection.execute(response.select().where(response.c.id == id_)).mappings().one()["seq"])


def take(database: Database, id_: str, action: ReviewAction, person_id: int) -> None:
    seq = seq_of(database, id_)

    def change(connection: Connection) -> None:
        found = responses.by_seq(connection, seq)
        assert found is not None
        take_step(connection, found, action, person_id, "Thiếu số liệu")

    database.write(change)


def errors(database: Database) -> list[str]:
    return [each.message.text("en") for each in check_tally(database) if each.level == "error"]


def test_a_response_is_counted_once_and_its_change_is_taken(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    send(database, field, {})
    counted = tally.count_slice()
    assert counted is not None
    assert counted.rounds == {round_.id}
    assert tally.count_slice() is None
    (text,) = stored(database, round_).values()
    found = LeafTally.from_json(text)
    assert found.n == 1
    assert found.questions["party_change"] == QuestionTally(answered=1, choices={"clear": 1})
    assert found.moments["task1"] == Moments(1, *map(fixed, (1, 100, 10_000, 1, 100, 10_000)))


def test_a_response_is_late_by_the_day_it_was_completed(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    """The due day is 2012-06-30 and all arrive years later: without network for days, nobody is late for that."""
    send(database, field, {"completed_at": "2012-06-30T23:59:00+07:00"}, {"completed_at": "2012-07-01T00:01:00+07:00"})
    tally.count_slice()
    (text,) = stored(database, round_).values()
    found = LeafTally.from_json(text)
    assert (found.n, found.late) == (2, 1)


@pytest.mark.slow
def test_the_running_tally_equals_a_full_recount(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    """After every step, with the leaves in memory and with those read from the database."""
    random = Random(62)
    for step in range(6):
        changes = [{"answers": {"party_change": random.choice(CHOICES), "number": step}} for _ in range(5)]
        first, second, third, *_ = send(database, field, *changes)
        tally.count_slice()
        send(database, field, {"supersedes": first, "answers": {"party_change": "none"}})
        take(database, second, ReviewAction.RETURN, field.surveyor)
        take(database, third, ReviewAction.APPROVE, field.surveyor)
        (tally if step % 2 else RunningTally(database)).count_slice()
        assert stored(database, round_) == recounted(database, round_)
        assert errors(database) == []
    assert sum(each.n for each in count_all(database, round_).values()) == 6 * 4


def test_changes_that_wait_are_no_difference(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    first, *_ = send(database, field, {}, {})
    tally.count_slice()
    take(database, first, ReviewAction.APPROVE, field.surveyor)
    send(database, field, {})
    assert stored(database, round_) != recounted(database, round_)
    assert errors(database) == []


def test_a_returned_response_leaves_the_numbers_although_another_arrives_elsewhere(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    """Its emptied leaf stays, and its revision moves."""
    elsewhere = {
        "assignment": assign_at(database, field, "first_steps", "00004")["00004"],
        "locality": {"scheme": "test", "level": "commune", "code": "00004"},
    }
    (first,) = send(database, field, {})
    tally.count_slice()
    send(database, field, elsewhere)
    tally.count_slice()
    before = {each.key.locality_id: each.revision for each in leaves(database, round_)}
    take(database, first, ReviewAction.RETURN, field.surveyor)
    tally.count_slice()
    after = {each.key.locality_id: each for each in leaves(database, round_)}
    assert (after[field.commune].n, after[field.commune].tally) == (0, LeafTally().to_json())
    assert after[field.commune].revision > max(before.values())
    (other,) = (each for id_, each in after.items() if id_ != field.commune)
    assert (other.n, other.revision) == (1, before[other.key.locality_id])


def test_a_tally_that_was_tampered_with_is_found(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    send(database, field, {})
    tally.count_slice()
    database.write(lambda connection: connection.execute(update(leaf).values(tally=LeafTally().to_json())))
    assert len(errors(database)) == 1


@pytest.mark.parametrize(
    "text", ["not json", "{}", LeafTally().to_json(), LeafTally(people={"unheard of": 1}).to_json()]
)
def test_a_damaged_leaf_does_not_stop_the_count_and_is_recounted(
    database: Database, round_: Round, field: Field, text: str
) -> None:
    (first,) = send(database, field, {})
    RunningTally(database).count_slice()
    database.write(lambda connection: connection.execute(update(leaf).values(tally=text)))
    take(database, first, ReviewAction.RETURN, field.surveyor)
    send(database, field, {"answers": {"party_change": "some"}})
    count_waiting(database)
    assert stored(database, round_) == recounted(database, round_) or text == LeafTally().to_json()
    database.write(lambda connection: leaf_tallies.mark_outdated(connection, round_.id))
    count_waiting(database)
    assert stored(database, round_) == recounted(database, round_)


def test_training_is_not_counted(database: Database, tally: RunningTally, round_: Round, field: Field) -> None:
    send(database, field, {"training": True})
    assert tally.count_slice() is None
    assert stored(database, round_) == {}


def test_an_interrupted_count_is_repeated(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sums in memory are those of the database again."""
    send(database, field, {})
    tally.count_slice()
    send(database, field, {})
    before = stored(database, round_)
    monkeypatch.setattr(leaf_tallies, "put", _power_cut)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="power"):
            tally.count_slice()
    assert stored(database, round_) == before
    monkeypatch.undo()
    assert tally.count_slice() is not None
    assert stored(database, round_) == recounted(database, round_)


def test_a_count_that_ends_between_two_slices_goes_on_elsewhere(
    database: Database, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_CHANGES", 2)
    first, *_ = send(database, field, *[{}] * 5)
    take(database, first, ReviewAction.RETURN, field.surveyor)
    slices = 0
    while RunningTally(database).count_slice() is not None:
        slices += 1
        assert errors(database) == []
    assert slices == 3
    assert stored(database, round_) == recounted(database, round_)


def test_what_another_process_has_counted_is_not_counted_again(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    find = _and_then(response_changes.find, lambda: count_waiting(database))
    with monkeypatch.context() as overtaken:
        overtaken.setattr(response_changes, "find", _once(find, response_changes.find))
        with pytest.raises(CountedElsewhereError):
            tally.count_slice()
    assert tally.count_slice() is None
    assert stored(database, round_) == recounted(database, round_)


def test_a_plan_that_another_process_has_counted_is_made_again(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_CHANGES", 2)
    send(database, field, *[{}] * 5)
    tally.count_slice()
    count_waiting(database)
    send(database, field, {})
    assert tally.count_slice() is not None
    assert tally.count_slice() is None
    assert stored(database, round_) == recounted(database, round_)


def test_a_slice_has_few_leaves_and_the_oldest_change(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order of arrival: what is written depends on the number of leaves."""
    monkeypatch.setattr(counting, "MAX_CHANGES", 3)
    there = {"scheme": "test", "level": "commune", "code": "00004"}
    elsewhere = {"assignment": assign_at(database, field, "first_steps", "00004")["00004"], "locality": there}
    send(database, field, *[{}, elsewhere] * 3)
    tally.count_slice()
    (first,) = leaves(database, round_)
    assert (first.key.locality_id, first.n) == (field.commune, 3)
    tally.count_slice()
    assert tally.count_slice() is None
    assert stored(database, round_) == recounted(database, round_)


def test_a_response_that_arrives_during_a_count_is_counted_next(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    monkeypatch.setattr(response_changes, "find", _and_then(response_changes.find, lambda: send(database, field, {})))
    tally.count_slice()
    monkeypatch.undo()
    assert tally.count_slice() is not None
    (counted,) = stored(database, round_).values()
    assert json.loads(counted)["n"] == 2


@pytest.mark.parametrize(
    "damage",
    [
        {"body": "{"},
        {"body": '{"answers": []}'},
        {"body": "{}"},
        {"body": b"not compressed"},
        {"not_asked": "{"},
        {"weight": 1e300},
    ],
)
def test_a_damaged_response_counts_as_nothing_and_stops_no_other(
    database: Database, tally: RunningTally, round_: Round, field: Field, damage: dict[str, Any], caplog: Any
) -> None:
    first, _ = send(database, field, {}, {})
    damaged = update(response).where(response.c.id == first).values(damage)
    if "body" in damage:
        seq = select(response.c.seq).where(response.c.id == first).scalar_subquery()
        damaged = update(response_body).where(response_body.c.response_seq == seq).values(damage)
    database.write(lambda connection: connection.execute(damaged))
    with caplog.at_level(logging.ERROR):
        tally.count_slice()
        take(database, first, ReviewAction.APPROVE, field.surveyor)
        tally.count_slice()
    assert tally.count_slice() is None
    assert [first in message for message in caplog.messages] == [True]
    assert sum(each.n for each in leaves(database, round_)) == 1
    assert stored(database, round_) == recounted(database, round_)
    assert errors(database) == [f"Response {first} cannot be read, so it is not counted."]


def test_a_response_to_an_unknown_version_counts_as_nothing(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    first, _ = send(database, field, {}, {})
    unknown = update(response).where(response.c.id == first).values(version="9")
    database.write(lambda connection: connection.execute(unknown))
    count_waiting(database)
    assert {each.key.version: each.n for each in leaves(database, round_)} == {"1": 1, "9": 0}
    assert errors(database) == [f"Response {first} cannot be read, so it is not counted."]
    database.write(lambda connection: connection.execute(unknown.values(version="1")))
    assert any("differs" in each or "does not" in each for each in errors(database))
    database.write(lambda connection: leaf_tallies.mark_outdated(connection, round_.id))
    count_waiting(database)
    assert errors(database) == []


def test_a_recount_on_request_is_noted_until_the_publisher_has_counted(
    database: Database, tally: RunningTally, round_: Round, field: Field
) -> None:
    send(database, field, {}, {})
    assert is_behind(database, "r1")
    count_waiting(database)
    assert not is_behind(database, "r1")
    before = leaves(database, round_)
    database.write(lambda connection: connection.execute(update(leaf).values(n=7)))
    assert request_recount(database, "r1") == 1
    assert is_behind(database, "r1")
    assert [each.message.text("en") for each in check_tally(database)] == [
        "Totals wait to be recounted: serve must run."
    ]
    count_waiting(database)
    assert [each.n for each in leaves(database, round_)] == [each.n for each in before]
    assert check_tally(database) == []
    with database.read() as connection:
        assert connection.execute(select(audit.c.action, audit.c.object)).all()[-1] == ("recount", "round:r1")
    with pytest.raises(ProblemError):
        request_recount(database, "r9")


def test_the_doctor_says_when_changes_wait_longer_than_a_minute(
    database: Database, tally: RunningTally, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    def notes() -> list[str]:
        return [each.message.text("en") for each in check_tally(database) if each.level == "note"]

    send(database, field, {}, {})
    assert notes() == []
    monkeypatch.setattr(checking, "MAX_WAITING", -checking.MAX_WAITING)
    assert len(notes()) == 1
    assert "2 " in notes()[0]
    tally.count_slice()
    assert notes() == []


def counted_by_an_earlier_program(database: Database, monkeypatch: pytest.MonkeyPatch, *, otherwise: bool) -> None:
    """Count changes as an earlier program did, which (`otherwise`) had no scores."""
    count_now = ResponseCounter.to_tally
    with monkeypatch.context() as earlier:
        earlier.setattr(counting, "program_digest", lambda: "earlier")
        if otherwise:
            earlier.setattr(
                ResponseCounter, "to_tally", lambda self, sums: dataclasses.replace(count_now(self, sums), moments={})
            )
        count_waiting(database)


def test_leaves_of_another_program_are_recounted(
    database: Database, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {}, {"answers": {"party_change": "little"}})
    counted_by_an_earlier_program(database, monkeypatch, otherwise=True)
    assert stored(database, round_) != recounted(database, round_)
    assert errors(database) == []  # no fault: it will be recounted
    (before,) = revisions(database, round_)
    assert RunningTally(database).count_slice() is not None
    assert stored(database, round_) == recounted(database, round_)
    assert revisions(database, round_) == [before + 1]
    assert RunningTally(database).count_slice() is None


def test_equal_numbers_keep_their_revision(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    counted_by_an_earlier_program(database, monkeypatch, otherwise=False)
    before = revisions(database, round_)
    assert tally.count_slice() is not None
    assert revisions(database, round_) == before
    assert tally.count_slice() is None


def test_a_recount_counts_the_changes_that_wait_with_it(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And those that arrive meanwhile afterwards."""
    (first,) = send(database, field, {})
    counted_by_an_earlier_program(database, monkeypatch, otherwise=True)
    take(database, first, ReviewAction.RETURN, field.surveyor)
    send(database, field, {}, {})
    monkeypatch.setattr(responses, "of_leaf", _and_then(responses.of_leaf, lambda: send(database, field, {})))
    tally.count_slice()
    monkeypatch.undo()
    (counted,) = leaves(database, round_)
    assert counted.n == 2
    tally.count_slice()
    assert tally.count_slice() is None
    assert stored(database, round_) == recounted(database, round_)
    assert sum(each.n for each in leaves(database, round_)) == 3


def test_a_recount_may_be_requested_and_is_done_in_slices(
    database: Database, tally: RunningTally, round_: Round, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MAX_RECOUNTED_LEAVES", 1)
    first, *_ = send(database, field, {}, {})
    take(database, first, ReviewAction.APPROVE, field.surveyor)
    count_waiting(database)
    database.write(lambda connection: connection.execute(update(leaf).values(n=leaf.c.n + 5)))
    assert len(errors(database)) == 2
    assert database.write(lambda connection: leaf_tallies.mark_outdated(connection, round_.id)) == 2
    assert tally.count_slice() is not None
    assert tally.count_slice() is not None
    assert tally.count_slice() is None
    assert errors(database) == []


def _power_cut(_connection: Connection, _leaves: object) -> None:
    raise RuntimeError("the power went")


def _and_then(first: Callable[..., Any], second: Callable[[], object]) -> Callable[..., Any]:
    def both(connection: Connection, *arguments: Any) -> Any:
        found = first(connection, *arguments)
        second()
        return found

    return both


def _once(first: Callable[..., Any], then: Callable[..., Any]) -> Callable[..., Any]:
    calls = iter([first])
    return lambda *arguments: next(calls, then)(*arguments)
