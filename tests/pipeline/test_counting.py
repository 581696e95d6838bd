"""The running tally, counted leaf by leaf, always equals a full recount."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, update

from analysis.tally import LeafTally, tally_leaf
from survey_server.domain.responses import LeafKey
from survey_server.domain.review import ReviewAction
from survey_server.pipeline import counting
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import count_all, count_changes, recount_differs, recount_outdated
from survey_server.pipeline.round_tally import release_leaves
from survey_server.services.review_response import take_step
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, responses
from survey_server.storage.database import Database
from survey_server.storage.tables import leaf, response
from tests.support.field import Field, assign_also, body, prepare_field, row, surveyor_of, variant_of_example
from tests.support.receiving import receive

CHOICES = ("clear", "some", "little", "none", "dont_know")


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


@pytest.fixture
def context(database: Database, settings: Settings, field: Field) -> RoundContext:
    found = read_round_context(database, settings, "r1")
    assert found is not None
    return found


def send(database: Database, field: Field, *changes: dict[str, Any]) -> list[str]:
    """Send responses; returns their ids."""
    written = [body(field, **change) for change in changes]
    receive(database, surveyor_of(field), [row(each) for each in written])
    return [str(each["id"]) for each in written]


def stored(database: Database, context: RoundContext) -> dict[LeafKey, str]:
    with database.read() as connection:
        return {each.key: each.tally for each in leaf_tallies.of_round(connection, context.round.id)}


def revisions(database: Database, context: RoundContext, *, released: bool = False) -> list[int]:
    with database.read() as connection:
        return [each.revision for each in leaf_tallies.of_round(connection, context.round.id, released=released)]


def seq_of(database: Database, id_: str) -> int:
    with database.read() as connection:
        return int(connection.execute(response.select().where(response.c.id == id_)).mappings().one()["seq"])


def return_it(seq: int, person_id: int, connection: Connection) -> None:
    found = responses.by_seq(connection, seq)
    assert found is not None
    take_step(connection, found, ReviewAction.RETURN, person_id, "Thiếu số liệu")


def test_a_response_is_counted_once_and_its_change_is_taken(
    database: Database, context: RoundContext, field: Field
) -> None:
    send(database, field, {})
    assert count_changes(database, context) is not None
    assert count_changes(database, context) is None
    (counted,) = stored(database, context).values()
    tally = LeafTally.from_json(counted)
    assert tally.n == 1
    assert tally.questions["party_change"].choices == {"clear": 1}


def test_a_response_is_late_by_the_day_it_was_completed(
    database: Database, context: RoundContext, field: Field
) -> None:
    """The due day is 2012-06-30 and all arrive years later: without network for days, nobody is late for that."""
    send(database, field, {"completed_at": "2012-06-30T23:59:00+07:00"}, {"completed_at": "2012-07-01T00:01:00+07:00"})
    count_changes(database, context)
    (counted,) = stored(database, context).values()
    tally = LeafTally.from_json(counted)
    assert (tally.n, tally.late) == (2, 1)


def test_the_running_tally_equals_a_full_recount(
    database: Database, context: RoundContext, field: Field, settings: Settings
) -> None:
    random = Random(62)
    for _ in range(6):
        changes = [{"answers": {"party_change": random.choice(CHOICES)}} for _ in range(5)]
        first, second, *_ = send(database, field, *changes)
        send(database, field, {"supersedes": first, "answers": {"party_change": "none"}})
        returned = seq_of(database, second)
        database.write(partial(return_it, returned, field.surveyor))
        count_changes(database, context)
    recounted = {key: tally.to_json() for key, tally in count_all(database, context).items()}
    assert stored(database, context) == recounted
    assert sum(tally.n for tally in count_all(database, context).values()) == 6 * 4
    assert recount_differs(database, settings) == []


def test_a_tally_that_was_tampered_with_is_found(
    database: Database, context: RoundContext, field: Field, settings: Settings
) -> None:
    send(database, field, {})
    count_changes(database, context)
    database.write(lambda connection: connection.execute(update(leaf).values(tally=LeafTally().to_json())))
    assert len(recount_differs(database, settings)) == 1


def test_a_leaf_without_responses_is_removed(database: Database, context: RoundContext, field: Field) -> None:
    (id_,) = send(database, field, {})
    count_changes(database, context)
    seq = seq_of(database, id_)
    database.write(partial(return_it, seq, field.surveyor))
    count_changes(database, context)
    assert stored(database, context) == {}


def test_training_is_not_counted(database: Database, context: RoundContext, field: Field) -> None:
    send(database, field, {"training": True})
    count_changes(database, context)
    assert stored(database, context) == {}


def test_an_interrupted_count_is_repeated(
    database: Database, context: RoundContext, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    take = leaf_tallies.remove_changes
    monkeypatch.setattr(leaf_tallies, "remove_changes", _power_cut)
    with pytest.raises(RuntimeError, match="power"):
        count_changes(database, context)
    assert stored(database, context) == {}
    monkeypatch.setattr(leaf_tallies, "remove_changes", take)
    assert count_changes(database, context) is not None
    assert len(stored(database, context)) == 1


def test_a_response_that_arrives_during_a_count_is_counted_next(
    database: Database, context: RoundContext, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    monkeypatch.setattr(
        leaf_tallies, "pending_changes", _and_then(leaf_tallies.pending_changes, lambda: send(database, field, {}))
    )
    count_changes(database, context)
    monkeypatch.undo()
    assert count_changes(database, context) is not None
    (counted,) = stored(database, context).values()
    assert json.loads(counted)["n"] == 2


def counted_by_an_earlier_program(
    database: Database, context: RoundContext, monkeypatch: pytest.MonkeyPatch, *, otherwise: bool
) -> None:
    """Count pending leaves as an earlier program did, which (`otherwise`) had no scores."""
    with monkeypatch.context() as earlier:
        earlier.setattr(counting, "program_digest", lambda: "earlier")
        if otherwise:
            earlier.setattr(counting, "tally_leaf", lambda *given: dataclasses.replace(tally_leaf(*given), moments={}))
        count_changes(database, context)


def test_leaves_of_another_program_are_recounted(
    database: Database, context: RoundContext, field: Field, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {}, {"answers": {"party_change": "little"}})
    counted_by_an_earlier_program(database, context, monkeypatch, otherwise=True)
    recounted = {key: tally.to_json() for key, tally in count_all(database, context).items()}
    assert stored(database, context) != recounted
    assert recount_differs(database, settings) == []  # no fault: it waits
    (before,) = revisions(database, context)
    assert recount_outdated(database, context)
    assert stored(database, context) == recounted
    assert revisions(database, context) == [before + 1]
    assert not recount_outdated(database, context)


def test_equal_numbers_keep_their_revision(
    database: Database, context: RoundContext, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    counted_by_an_earlier_program(database, context, monkeypatch, otherwise=False)
    before = revisions(database, context)
    assert recount_outdated(database, context)
    assert revisions(database, context) == before
    assert not recount_outdated(database, context)


def test_a_recount_leaves_changed_leaves_to_the_next_count(
    database: Database, context: RoundContext, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(database, field, {})
    counted_by_an_earlier_program(database, context, monkeypatch, otherwise=True)
    count = counting.count_leaf
    monkeypatch.setattr(counting, "count_leaf", _and_then(count, lambda: send(database, field, {})))
    recount_outdated(database, context)
    monkeypatch.undo()
    assert {LeafTally.from_json(each).moments == {} for each in stored(database, context).values()} == {True}
    count_changes(database, context)
    (counted,) = stored(database, context).values()
    assert json.loads(counted)["n"] == 2
    assert LeafTally.from_json(counted).moments
    assert not recount_outdated(database, context)


def test_a_release_follows_a_recount_of_the_same_people(
    database: Database, settings: Settings, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned = assign_also(database, field, variant_of_example(tmp_path, "residents", respondent="resident"))
    asked = {"questionnaire": "residents", "assignment": assigned, "answers": {"agreed": "yes", "party_change": "some"}}
    context = read_round_context(database, settings, "r1")
    assert context is not None
    send(database, field, *[asked] * 12)
    counted_by_an_earlier_program(database, context, monkeypatch, otherwise=True)
    release_leaves(database, context)
    recount_outdated(database, context)
    assert revisions(database, context, released=True) == revisions(database, context)  # the very same count
    send(database, field, asked)
    counted_by_an_earlier_program(database, context, monkeypatch, otherwise=True)
    release_leaves(database, context)
    held_back = revisions(database, context, released=True)
    recount_outdated(database, context)
    assert revisions(database, context, released=True) == held_back  # one more person would show in the difference


def _power_cut(_connection: Connection, _ids: list[int]) -> None:
    raise RuntimeError("the power went")


def _and_then(first: Callable[..., Any], second: Callable[[], object]) -> Callable[..., Any]:
    def both(connection: Connection, *arguments: Any) -> Any:
        found = first(connection, *arguments)
        second()
        return found

    return both
