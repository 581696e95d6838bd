"""Corrections: who may correct which response, in any order of arrival."""

from __future__ import annotations

import dataclasses
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from survey_server.domain.rounds import NewAssignment, NewRound
from survey_server.services.receiving import Sender
from survey_server.settings import Settings
from survey_server.storage import localities, rounds
from survey_server.storage.database import Database, open_database
from tests.support.field import EXAMPLE, Field, assign_also, assign_at, body, row
from tests.support.receiving import of_second_steps, problems_of, receive, send, states


def test_a_correction_supersedes_and_a_second_one_is_a_conflict(database: Database, field: Field) -> None:
    first = body(field)
    second, third = body(field, supersedes=first["id"]), body(field, supersedes=first["id"])
    assert send(database, field, row(first)) == ["stored"]
    assert send(database, field, row(second)) == ["stored"]
    assert send(database, field, row(third)) == ["conflict"]
    assert states(database) == ["superseded", "submitted", "conflict"]


def test_a_correction_may_arrive_before_what_it_corrects(database: Database, field: Field) -> None:
    first = body(field)
    second = body(field, supersedes=first["id"])
    assert send(database, field, row(second), row(first)) == ["stored", "stored"]
    assert states(database) == ["submitted", "superseded"]


def test_another_person_may_not_correct_a_response(database: Database, field: Field) -> None:
    first = body(field)
    send(database, field, row(first))
    changed = body(
        field, supersedes=first["id"], assignment=None, locality={"scheme": "test", "level": "commune", "code": "26734"}
    )
    (receipt,) = receive(database, Sender(field.other), [row(changed)])
    assert receipt.status.value == "conflict"
    assert states(database) == ["submitted", "conflict"]


def test_another_person_may_not_correct_a_response_about_the_same(database: Database, field: Field) -> None:
    """Same questionnaire, round and locality, an assignment of their own: it is still somebody else's response."""
    first, second = body(field), body(field)
    own = assign_at(database, dataclasses.replace(field, surveyor=field.other), "first_steps", "00001")["00001"]

    def send_as_other(superseded: str) -> tuple[str, list[str]]:
        correction = body(field, supersedes=superseded, assignment=own)
        (receipt,) = receive(database, Sender(field.other), [row(correction)])
        return receipt.status.value, [problem.code for problem in receipt.problems]

    assert send(database, field, row(first)) == ["stored"]
    assert send_as_other(first["id"]) == ("conflict", ["not_own"])
    assert states(database) == ["submitted", "conflict"]
    assert send_as_other(second["id"]) == ("stored", [])  # ahead of what it says that it corrects
    assert send(database, field, row(second)) == ["stored"]
    assert states(database) == ["submitted", "conflict", "submitted", "submitted"]


def test_training_supersedes_no_real_response(database: Database, field: Field) -> None:
    real = body(field)
    trained = body(field, training=True, supersedes=real["id"])
    assert send(database, field, row(real)) == ["stored"]
    assert send(database, field, row(trained)) == ["conflict"]
    assert states(database) == ["submitted", "conflict"]


def test_training_sent_ahead_supersedes_no_real_response(database: Database, field: Field) -> None:
    real = body(field)
    assert send(database, field, row(body(field, training=True, supersedes=real["id"]))) == ["stored"]
    assert send(database, field, row(real)) == ["stored"]
    assert states(database) == ["submitted", "submitted"]


def test_a_correction_by_another_questionnaire_is_a_conflict(database: Database, field: Field, tmp_path: Path) -> None:
    real = body(field)
    other = of_second_steps(database, field, tmp_path, supersedes=real["id"])
    assert send(database, field, row(real)) == ["stored"]
    assert problems_of(database, field, row(other)) == ["other_subject"]
    assert states(database) == ["submitted", "conflict"]


def test_another_questionnaire_sent_ahead_or_together_supersedes_nothing(
    database: Database, field: Field, tmp_path: Path
) -> None:
    real, second = body(field), body(field)
    ahead = of_second_steps(database, field, tmp_path, supersedes=real["id"])
    together = ahead | {"id": str(uuid.uuid4()), "supersedes": second["id"]}
    assert send(database, field, row(ahead)) == ["stored"]
    assert send(database, field, row(real), row(second), row(together)) == ["stored", "stored", "conflict"]
    assert states(database) == ["submitted", "submitted", "submitted", "conflict"]


@pytest.mark.parametrize("elsewhere", ["locality", "round"])
def test_a_correction_of_another_locality_or_round_is_a_conflict(
    database: Database, field: Field, elsewhere: str
) -> None:
    def assign(connection: Any) -> str:
        commune = localities.find(connection, "test", "commune", "00004")
        assert commune is not None
        later = NewRound(
            code="r2", name_vi="Đợt hai", name_en="Round two", scheme="test", starts_on="2012-07-01",
            ends_on="2012-07-31", due_on="2012-07-31",
        )  # fmt: skip
        added = NewAssignment(
            id=str(uuid.uuid4()), questionnaire="first_steps", version="1", person_id=field.surveyor,
            due_on="2012-07-31",
            round_id=rounds.add(connection, later) if elsewhere == "round" else field.round_id,
            locality_id=commune.id if elsewhere == "locality" else field.commune,
        )  # fmt: skip
        rounds.add_assignments(connection, [added])
        return added.id

    real = body(field)
    changed = {"locality": {"scheme": "test", "level": "commune", "code": "00004"}, "round": "r2"}
    other = body(field, supersedes=real["id"], assignment=database.write(assign), **{elsewhere: changed[elsewhere]})
    assert send(database, field, row(real)) == ["stored"]
    assert problems_of(database, field, row(other)) == ["other_subject"]
    assert states(database) == ["submitted", "conflict"]


def test_another_version_of_the_questionnaire_may_correct(database: Database, field: Field, tmp_path: Path) -> None:
    copied = tmp_path / "new" / "first_steps.yaml"
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", copied.parent / "frameworks")
    copied.write_text(EXAMPLE.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"'), encoding="utf-8")
    real = body(field)
    newer = body(field, supersedes=real["id"], version="2", assignment=assign_also(database, field, copied))
    assert send(database, field, row(real), row(newer)) == ["stored", "stored"]
    assert states(database) == ["superseded", "submitted"]


def test_a_correction_sent_ahead_by_somebody_else_supersedes_nothing(database: Database, field: Field) -> None:
    mine = body(field)
    elsewhere = {"scheme": "test", "level": "commune", "code": "26734"}
    theirs = body(field, supersedes=mine["id"], assignment=None, locality=elsewhere)
    receive(database, Sender(field.other), [row(theirs)])
    assert send(database, field, row(mine), row(body(field, supersedes=mine["id"]))) == ["stored", "stored"]
    assert states(database) == ["submitted", "superseded", "submitted"]


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
@pytest.mark.parametrize("together", [True, False])
def test_of_three_revisions_the_last_counts_in_any_order_of_arrival(
    database: Database, field: Field, order: str, together: bool
) -> None:
    a = body(field)
    b = body(field, supersedes=a["id"])
    written = {"a": a, "b": b, "c": body(field, supersedes=b["id"])}
    rows = [row(written[name]) for name in order]
    for batch in [rows] if together else [[each] for each in rows]:
        assert set(send(database, field, *batch)) == {"stored"}
    assert dict(zip(order, states(database), strict=True)) == {"a": "superseded", "b": "superseded", "c": "submitted"}


def test_a_response_corrects_neither_itself_nor_its_own_correction(database: Database, field: Field) -> None:
    one, other = body(field), body(field)
    assert send(database, field, row(one | {"supersedes": one["id"]})) == ["rejected"]
    circle = (row(one | {"supersedes": other["id"]}), row(other | {"supersedes": one["id"]}))
    assert send(database, field, *circle) == ["stored", "conflict"]
    assert states(database) == ["submitted", "conflict"]


def test_an_undecided_response_is_not_corrected(database: Database, field: Field) -> None:
    first = body(field)
    second, third = body(field, supersedes=first["id"]), body(field, supersedes=first["id"])
    assert send(database, field, row(first), row(second), row(third)) == ["stored", "stored", "conflict"]
    assert send(database, field, row(body(field, supersedes=third["id"]))) == ["conflict"]
    assert states(database) == ["superseded", "submitted", "conflict", "conflict"]


@pytest.mark.parametrize("nodes", [1, 2])
def test_of_two_simultaneous_corrections_one_is_a_conflict_on_any_node(
    database: Database, settings: Settings, field: Field, nodes: int
) -> None:
    other = open_database(dataclasses.replace(settings, database_url=database.engine.url.render_as_string(False)))
    try:
        for _ in range(10):
            first = body(field)
            send(database, field, row(first))
            two = [row(body(field, supersedes=first["id"])) for _ in range(2)]
            chosen = (database, other if nodes == 2 else database)
            with ThreadPoolExecutor(2) as threads:
                found = [threads.submit(send, each, field, sent) for each, sent in zip(chosen, two, strict=True)]
                assert sorted(each.result()[0] for each in found) == ["conflict", "stored"]
    finally:
        other.close()
