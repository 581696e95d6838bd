"""Uploading: a receipt a row, one bad row never fails the others, no malformed input is a 500."""

from __future__ import annotations

import gzip
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from survey_server.services.devices import revoke_device
from survey_server.storage.tables import response
from tests.api.conftest import Tablet, as_row, bearer
from tests.support.field import body

URL = "/api/v1/responses"


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [receipt["status"] for receipt in answer.get_json()["receipts"]]


def stored(tablet: Tablet) -> int:
    with tablet.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(response)).scalar_one())


def test_a_response_is_stored_with_a_receipt_for_its_own_digest(tablet: Tablet) -> None:
    written = body(tablet.field)
    answer = tablet.send(written)
    assert statuses(answer) == ["stored"]
    answered = answer.get_json()
    assert answered["server"] == "survey-server"
    assert answered["server_time"].endswith("Z")
    receipt = answered["receipts"][0]
    assert (receipt["index"], receipt["id"], receipt["sha256"]) == (0, written["id"], as_row(written)["sha256"])
    assert receipt["problems"] == []


def test_the_same_bytes_again_are_a_duplicate_and_other_bytes_a_conflict(tablet: Tablet) -> None:
    written = body(tablet.field)
    assert statuses(tablet.send(written)) == ["stored"]
    assert statuses(tablet.send(written)) == ["duplicate"]
    assert statuses(tablet.send({**written, "answers": {"party_change": "none"}})) == ["conflict"]
    assert stored(tablet) == 2


def test_a_simulated_response_in_a_real_round_is_quarantined(tablet: Tablet) -> None:
    answer = tablet.send(body(tablet.field, simulated=True), body(tablet.field))
    assert statuses(answer) == ["quarantined", "stored"]
    assert [each["code"] for each in answer.get_json()["receipts"][0]["problems"]] == ["simulated_in_real_round"]


def test_one_bad_row_never_fails_the_others(tablet: Tablet) -> None:
    good = as_row(body(tablet.field))
    wrong_digest = {**as_row(body(tablet.field)), "sha256": "0" * 64}
    rows = [wrong_digest, None, 7, {}, {"id": 5, "sha256": [], "body": {}}, "x", good]
    answer = tablet.send_rows(rows)
    assert statuses(answer) == ["rejected"] * 6 + ["stored"]
    assert all(receipt["problems"] for receipt in answer.get_json()["receipts"][:6])
    assert stored(tablet) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"id": NaN}',
        "[" * 100_000,
        '"\\ud800"',
        '{"id":"\\u0000"}',
        '{"id":1,"id":2}',
        "9" * 6000,
    ],
)
def test_a_body_that_is_not_a_response_is_rejected(tablet: Tablet, text: str) -> None:
    assert statuses(tablet.send(text)) == ["rejected"]
    assert stored(tablet) == 0


@pytest.mark.parametrize("sent", [7, "x", [], None, True])
def test_a_row_that_is_not_an_object_is_rejected_as_that(tablet: Tablet, sent: object) -> None:
    (receipt,) = tablet.send_rows([sent]).get_json()["receipts"]
    assert (receipt["status"], receipt["id"]) == ("rejected", None)
    (problem,) = receipt["problems"]
    assert problem["code"] == "row_no_object"
    assert problem["message"].startswith("Dòng gửi lên không phải là một đối tượng JSON.")


def test_two_ids_that_differ_are_rejected_as_that(tablet: Tablet) -> None:
    sent = {**as_row(body(tablet.field)), "id": "00000000-0000-4000-8000-000000000000"}
    (receipt,) = tablet.send_rows([sent]).get_json()["receipts"]
    assert receipt["status"] == "rejected"
    assert [problem["code"] for problem in receipt["problems"]] == ["ids_differ"]


def test_a_lone_surrogate_in_a_row_is_rejected_too(tablet: Tablet) -> None:
    rows = '{"responses": [{"id": "\\ud800", "sha256": "\\ud800", "body": "\\ud800"}]}'
    answer = tablet.client.post(URL, data=rows, content_type="application/json", headers=bearer(tablet.upload_token))
    assert statuses(answer) == ["rejected"]


def test_invalid_answers_are_stored_with_their_problems(tablet: Tablet) -> None:
    answer = tablet.send(body(tablet.field, answers={"party_change": "wonderful", "unknown": 1}))
    assert statuses(answer) == ["stored"]
    codes = {problem["question"] for problem in answer.get_json()["receipts"][0]["problems"]}
    assert {"party_change", "unknown"} <= codes


def test_what_is_outside_the_persons_work_is_quarantined(tablet: Tablet) -> None:
    elsewhere = body(tablet.field, locality={"scheme": "test", "level": "commune", "code": "26734"}, assignment=None)
    unknown = body(tablet.field, questionnaire="no_such", assignment=None)
    assert statuses(tablet.send(elsewhere, unknown)) == ["quarantined", "quarantined"]


def test_uploads_of_a_revoked_device_are_quarantined(tablet: Tablet) -> None:
    revoke_device(tablet.database, tablet.device_id)
    assert statuses(tablet.send(body(tablet.field))) == ["quarantined"]
    assert stored(tablet) == 1


def test_a_gzipped_request_is_read(tablet: Tablet) -> None:
    packed = gzip.compress(json.dumps({"responses": [as_row(body(tablet.field))]}).encode())
    headers = {**bearer(tablet.upload_token), "Content-Encoding": "gzip"}
    assert statuses(tablet.client.post(URL, data=packed, content_type="application/json", headers=headers)) == [
        "stored"
    ]


def test_at_most_two_hundred_rows(tablet: Tablet) -> None:
    answer = tablet.send_rows([{}] * 201)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "too_many_rows")
    assert statuses(tablet.send_rows([{}] * 200)) == ["rejected"] * 200
    assert statuses(tablet.send_rows([])) == []


@pytest.mark.parametrize(
    "sent", [b"", b"[]", b"{}", b'{"responses": 5}', b"\x00\xff", b"null", b'{"responses": {"a": 1}}']
)
def test_a_request_without_rows_is_a_400(tablet: Tablet, sent: bytes) -> None:
    answer = tablet.client.post(URL, data=sent, content_type="application/json", headers=bearer(tablet.upload_token))
    assert answer.status_code == 400
    assert answer.get_json()["error"]["message"]


def test_an_oversize_body_is_a_413(tablet: Tablet) -> None:
    sent = b" " * (8 * 1024 * 1024 + 1)
    headers = bearer(tablet.upload_token)
    answer = tablet.client.post(URL, data=sent, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "body_too_large")


def test_the_reading_token_uploads_too(tablet: Tablet) -> None:
    assert statuses(tablet.send(body(tablet.field), token=tablet.token)) == ["stored"]


def test_without_a_token_nothing_is_stored(tablet: Tablet) -> None:
    assert tablet.send(body(tablet.field), token=str(uuid.uuid4())).status_code == 401
    assert tablet.client.post(URL, json={"responses": []}).status_code == 401
    assert stored(tablet) == 0
