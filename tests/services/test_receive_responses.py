from __future__ import annotations

import dataclasses
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from survey_server.services.receive_responses import Sender, UploadedRow, receive
from survey_server.storage.database import Database
from survey_server.storage.tables import audit, changed_leaf, response
from tests.support.field import Field, body, prepare_field, row, surveyor_of


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


def send(database: Database, field: Field, *rows: UploadedRow, **sender: Any) -> list[str]:
    return [receipt.status.value for receipt in receive(database, surveyor_of(field, **sender), rows)]


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(response.c.state).order_by(response.c.seq)).scalars())


def count(database: Database, table: Any, *conditions: Any) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def test_a_good_response_is_stored_audited_and_marks_its_leaf(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field))) == ["stored"]
    assert states(database) == ["submitted"]
    assert count(database, audit, audit.c.action == "receive_response") == 1
    with database.read() as connection:
        leaf = connection.execute(select(changed_leaf)).mappings().one()
    assert (leaf["locality_id"], leaf["questionnaire"], leaf["state"]) == (field.commune, "first_steps", "submitted")


def test_the_same_bytes_again_are_a_duplicate(database: Database, field: Field) -> None:
    sent = row(body(field))
    assert send(database, field, sent, sent) == ["stored", "duplicate"]
    assert send(database, field, sent) == ["duplicate"]
    assert states(database) == ["submitted"]


def test_other_bytes_under_the_same_id_are_a_conflict_and_both_are_kept(database: Database, field: Field) -> None:
    first = body(field)
    assert send(database, field, row(first)) == ["stored"]
    other = first | {"answers": {"party_change": "none"}}
    assert send(database, field, row(other)) == ["conflict"]
    assert send(database, field, row(other)) == ["duplicate"]
    assert states(database) == ["submitted", "conflict"]


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


@pytest.mark.parametrize(
    "changed",
    [
        {"questionnaire": "unheard_of"},
        {"version": "9"},
        {"round": "r9"},
        {"locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": None},
        {"locality": {"scheme": "test", "level": "commune", "code": "99999"}},
        {"assignment": str(uuid.uuid4())},
    ],
)
def test_what_is_outside_the_work_is_quarantined(database: Database, field: Field, changed: dict[str, Any]) -> None:
    assert send(database, field, row(body(field, **changed))) == ["quarantined"]
    assert states(database) == ["quarantined"]
    assert count(database, changed_leaf) == 0


def test_a_revoked_device_s_upload_is_quarantined(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field)), revoked=True) == ["quarantined"]


def test_invalid_answers_are_stored_with_their_problems(database: Database, field: Field) -> None:
    sent = row(body(field, answers={"party_change": "splendid", "why_little": 3}))
    (receipt,) = receive(database, surveyor_of(field), [sent])
    assert receipt.status.value == "stored"
    assert {problem.code for problem in receipt.problems} >= {"unknown_choice", "wrong_kind", "not_relevant"}
    with database.read() as connection:
        kept = json.loads(connection.execute(select(response.c.problems)).scalar_one())
    assert [problem["code"] for problem in kept] == [problem.code for problem in receipt.problems]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id": "x"}, "body_shape"),
        ({"answers": []}, "body_shape"),
        ({"completed_at": "yesterday"}, "body_shape"),
        ({"completed_at": "2012-06-05T09:00:00"}, "body_shape"),
        ({"locality": None}, "body_shape"),
        ({"mode": "pigeon"}, "body_shape"),
        ({"answers": {"a": [[[[[[[[[[[[[1]]]]]]]]]]]]]}}, "body_not_json"),
        ({"answers": {"party_change": "a\u0000"}}, "body_not_json"),
    ],
)
def test_what_cannot_be_identified_is_rejected(
    database: Database, field: Field, changed: dict[str, Any], code: str
) -> None:
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, **changed))])
    assert (receipt.status.value, receipt.problems[0].code) == ("rejected", code)
    assert states(database) == []


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"id": NaN}', '{"id": 1, "id": 2}', "[" * 100_000])
def test_broken_bodies_are_rejected_each_for_itself(database: Database, field: Field, text: str) -> None:
    assert send(database, field, row(text), row(body(field))) == ["rejected", "stored"]


def test_a_wrong_digest_is_rejected(database: Database, field: Field) -> None:
    wrong = dataclasses.replace(row(body(field)), sha256="0" * 64)
    (receipt,) = receive(database, surveyor_of(field), [wrong])
    assert receipt.problems[0].code == "digest_wrong"


def test_training_is_kept_and_never_counted(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field, training=True))) == ["stored"]
    assert count(database, changed_leaf) == 0


def test_another_person_may_not_correct_a_response(database: Database, field: Field) -> None:
    first = body(field)
    send(database, field, row(first))
    changed = body(
        field, supersedes=first["id"], assignment=None, locality={"scheme": "test", "level": "commune", "code": "26734"}
    )
    (receipt,) = receive(database, Sender(field.other), [row(changed)])
    assert receipt.status.value == "conflict"
    assert states(database) == ["submitted", "conflict"]
