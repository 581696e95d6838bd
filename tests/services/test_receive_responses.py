from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from survey_server.problems.receiving import FROM_REVOKED_DEVICE
from survey_server.services.receiving import UploadedRow
from survey_server.storage import response_changes
from survey_server.storage.database import Database
from survey_server.storage.tables import audit, response, response_change
from tests.support.field import Field, body, row, surveyor_of
from tests.support.receiving import count, of_second_steps, problems_of, receive, send, states, stored_rows


def test_a_good_response_is_stored_audited_and_noted_for_the_tally(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field))) == ["stored"]
    assert states(database) == ["submitted"]
    assert count(database, audit, audit.c.action == "receive_response") == 1
    with database.read() as connection:
        (change,) = response_changes.of_round(connection, field.round_id)
    key = change.key
    assert (key.locality_id, key.questionnaire, key.state) == (field.commune, "first_steps", "submitted")
    assert change.sign == 1


def test_the_same_bytes_again_are_a_duplicate(database: Database, field: Field) -> None:
    sent = row(body(field))
    assert send(database, field, sent, sent) == ["stored", "duplicate"]
    assert send(database, field, sent) == ["duplicate"]
    assert states(database) == ["submitted"]


def test_other_bytes_under_the_same_id_are_a_conflict_and_both_are_stored(database: Database, field: Field) -> None:
    first = body(field)
    assert send(database, field, row(first)) == ["stored"]
    other = first | {"answers": {"party_change": "none"}}
    assert send(database, field, row(other)) == ["conflict"]
    assert send(database, field, row(other)) == ["duplicate"]
    assert states(database) == ["submitted", "conflict"]


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
    assert count(database, response_change) == 0


def test_a_revoked_device_s_upload_is_quarantined(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field)), quarantine=FROM_REVOKED_DEVICE) == ["quarantined"]


def test_invalid_answers_are_stored_with_their_problems(database: Database, field: Field) -> None:
    sent = row(body(field, answers={"party_change": "splendid", "why_little": 3}))
    (receipt,) = receive(database, surveyor_of(field), [sent])
    assert receipt.status.value == "stored"
    assert {problem.code for problem in receipt.problems} >= {"unknown_choice", "wrong_kind", "not_relevant"}
    with database.read() as connection:
        stored = json.loads(connection.execute(select(response.c.problems)).scalar_one())
    assert [problem["code"] for problem in stored] == [problem.code for problem in receipt.problems]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id": "x"}, "body_shape"),
        ({"answers": []}, "body_shape"),
        ({"completed_at": "yesterday"}, "body_shape"),
        ({"completed_at": "2012-06-05T09:00:00"}, "body_shape"),
        ({"locality": None}, "body_shape"),
        ({"mode": "pigeon"}, "body_shape"),
    ],
)
def test_what_cannot_be_identified_is_rejected(
    database: Database, field: Field, changed: dict[str, Any], code: str
) -> None:
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, **changed))])
    assert (receipt.status.value, receipt.problems[0].code) == ("rejected", code)
    assert states(database) == []


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"id": NaN}', '{"id": 1, "id": 2}', "[" * 100_000])
def test_each_broken_body_is_rejected_alone(database: Database, field: Field, text: str) -> None:
    assert send(database, field, row(text), row(body(field))) == ["rejected", "stored"]


def test_a_wrong_digest_is_rejected(database: Database, field: Field) -> None:
    wrong = dataclasses.replace(row(body(field)), sha256="0" * 64)
    (receipt,) = receive(database, surveyor_of(field), [wrong])
    assert receipt.problems[0].code == "digest_wrong"


def test_training_is_stored_and_never_counted(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field, training=True))) == ["stored"]
    assert count(database, response_change) == 0


UNUSABLE_ANSWERS: list[dict[str, Any]] = [
    {"party_change": "clear", "why_little": "a\ud83d"},
    {"party_change": "clear", "\ud800": 1},
    {"party_change": "clear", "why_little": "a\0b"},
    {"party_change": "clear", "documents_total": 1e999},
    {"party_change": "clear", "documents_total": float("nan")},
    {"party_change": "clear", "documents_total": 10**30},
    {"party_change": "clear", "a": [[[[[[[[[[[[[1]]]]]]]]]]]]]},
]


@pytest.mark.parametrize("answers", UNUSABLE_ANSWERS, ids=lambda answers: str(answers).encode("ascii", "replace")[-24:])
def test_answers_that_cannot_be_taken_as_sent_are_quarantined_and_fail_no_other_row(
    database: Database, field: Field, answers: dict[str, Any]
) -> None:
    text = json.dumps(body(field, answers=answers)).replace("Infinity", "1e999")
    (receipt, other) = receive(database, surveyor_of(field), [row(text), row(body(field))])
    assert (receipt.status.value, other.status.value) == ("quarantined", "stored")
    assert [problem.code for problem in receipt.problems] == ["unusable_parts"]
    with database.read() as connection:
        (kept, _other) = stored_rows(connection)
    assert kept["body"] == text, "byte for byte"
    assert send(database, field, row(text)) == ["duplicate"]


def test_a_key_that_stands_twice_is_quarantined(database: Database, field: Field) -> None:
    text = json.dumps(body(field)).replace('"answers": {', '"answers": {"why_little": "a", "why_little": "b", ')
    assert problems_of(database, field, row(text)) == ["unusable_parts"]
    assert states(database) == ["quarantined"]


def test_a_backslash_before_u0000_is_text_like_any_other(database: Database, field: Field) -> None:
    assert send(database, field, row(json.dumps(body(field, answers={"party_change": "\\u0000"})))) == ["stored"]


def test_ids_and_digests_are_taken_in_either_case(database: Database, field: Field) -> None:
    written = body(field)
    sent = row(written)
    capital = dataclasses.replace(sent, id=sent.id and sent.id.upper(), sha256=sent.sha256 and sent.sha256.upper())
    assert send(database, field, sent) == ["stored"]
    (receipt,) = receive(database, surveyor_of(field), [capital])
    assert (receipt.status, receipt.id, receipt.sha256) == ("duplicate", capital.id, capital.sha256)
    assert send(database, field, row(written | {"id": written["id"].upper()})) == ["conflict"]


@pytest.mark.parametrize(
    "when",
    [
        "2012-06-05", "2012-06-05T09:00:00", "2012-W23-2T09:00:00+07:00", "2012-06-05T09:00:00+0700",
        "2012-06-05 09:00:00+07:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
        "2012-02-30T09:00:00Z", "2012-06-05T09:00:00+07:00:30", 5,
    ],
)  # fmt: skip
def test_instants_are_rfc_3339_of_our_time(database: Database, field: Field, when: object) -> None:
    assert send(database, field, row(body(field, completed_at=when))) == ["rejected"]


@pytest.mark.parametrize("when", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00.123456789+07:00", None])
def test_a_clock_may_be_wrong_by_decades(database: Database, field: Field, when: object) -> None:
    assert send(database, field, row(body(field, completed_at=when))) == ["stored"]


@pytest.mark.parametrize("offset", [-441_504_000_000, 10**18 - 1])
def test_a_clock_that_is_off_by_years_is_no_reason_to_refuse(database: Database, field: Field, offset: int) -> None:
    assert send(database, field, row(body(field, clock_offset_ms=offset))) == ["stored"]
    with database.read() as connection:
        assert connection.execute(select(response.c.clock_offset_ms)).scalar_one() == offset


@pytest.mark.parametrize("changed", [{"attachments": "x"}, {"attachments": [{"sha256": "a"}]}, {"paradata": 5}])
def test_a_body_of_another_shape_is_rejected(database: Database, field: Field, changed: dict[str, Any]) -> None:
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, **changed))])
    assert receipt.problems[0].code == "body_shape"


def test_an_assignment_of_a_moment_ago_is_in_the_assigned_work(
    database: Database, field: Field, tmp_path: Path
) -> None:
    assert send(database, field, row(body(field))) == ["stored"]
    assert send(database, field, row(of_second_steps(database, field, tmp_path))) == ["stored"]


def test_a_duplicate_from_a_revoked_device_is_not_called_quarantined(database: Database, field: Field) -> None:
    counts, quarantined = row(body(field)), row(body(field))
    assert send(database, field, counts) == ["stored"]
    assert problems_of(database, field, counts, quarantine=FROM_REVOKED_DEVICE) == []
    assert problems_of(database, field, quarantined, quarantine=FROM_REVOKED_DEVICE) == ["from_revoked_device"]
    assert problems_of(database, field, quarantined, quarantine=FROM_REVOKED_DEVICE) == ["from_revoked_device"]
    assert states(database) == ["submitted", "quarantined"]


def test_other_bytes_from_a_revoked_device_are_quarantined(database: Database, field: Field) -> None:
    first = body(field)
    other = row(first | {"answers": {"party_change": "none"}})
    assert send(database, field, row(first)) == ["stored"]
    (receipt,) = receive(database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [other])
    assert receipt.status.value == "quarantined"
    assert [problem.code for problem in receipt.problems] == ["from_revoked_device", "other_bytes"]
    assert states(database) == ["submitted", "quarantined"]


def test_receipts_have_problems_in_the_requested_language(database: Database, field: Field) -> None:
    wrong = dataclasses.replace(row(body(field)), sha256="0" * 64)
    bad = row(body(field, answers={"unheard_of": 1}))
    broken = UploadedRow(str(uuid.uuid4()), hashlib.sha256(b"{").hexdigest(), "{")
    receipts = receive(database, surveyor_of(field), [wrong, bad, broken], "en")
    assert receipts[0].problems[0].message.startswith("The SHA-256")
    assert all(problem.message.isascii() for receipt in receipts for problem in receipt.problems)
    (in_vietnamese,) = receive(database, surveyor_of(field), [broken])
    assert in_vietnamese.problems[0].message == "Nội dung phiếu không phải JSON hợp lệ: sai cú pháp ở dòng 1, cột 2."


def test_the_same_response_from_eight_threads_at_once_is_stored_once(database: Database, field: Field) -> None:
    sent = row(body(field))
    with ThreadPoolExecutor(8) as threads:
        found = [each.result() for each in [threads.submit(send, database, field, sent) for _ in range(8)]]
    assert sorted(found) == [["duplicate"]] * 7 + [["stored"]]
    assert states(database) == ["submitted"]
