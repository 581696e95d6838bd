"""Enrolling devices, and what each token may do."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_server.services.devices import IDENTITY_TTL, MAX_TRIES, make_code, revoke_device
from survey_server.storage.database import Database
from survey_server.storage.tables import device
from tests.api.conftest import Tablet, bearer
from tests.support.field import body


def test_a_code_becomes_a_device_with_two_tokens_and_the_servers_key(
    client: FlaskClient, survey: object, sqlite_database: Database
) -> None:
    code = make_code(sqlite_database, "surveyor")
    answer = client.post("/api/v1/devices/enrol", json={"code": code.lower(), "name": "Máy 07"})
    assert answer.status_code == 201
    given = answer.get_json()
    assert given["person"] == "Surveyor"
    assert given["token"] != given["upload_token"]
    assert given["server_key"]["jwk"]["crv"] == "P-256"
    assert given["server_key"]["kid"]
    assert "Set-Cookie" not in answer.headers


def test_a_tablet_has_a_name_that_can_be_seen(client: FlaskClient, survey: object, sqlite_database: Database) -> None:
    code = make_code(sqlite_database, "surveyor")
    unseen = client.post("/api/v1/devices/enrol", json={"code": code, "name": "\u200b \u3164"})
    assert unseen.status_code in (400, 422)
    assert client.post("/api/v1/devices/enrol", json={"code": code, "name": "Máy\x07 07\u200b"}).status_code == 201
    with sqlite_database.read() as connection:
        assert connection.execute(select(device.c.name)).scalar_one() == "Máy 07"


def test_a_code_is_valid_once(client: FlaskClient, survey: object, sqlite_database: Database) -> None:
    code = make_code(sqlite_database, "surveyor")
    assert client.post("/api/v1/devices/enrol", json={"code": code, "name": "a"}).status_code == 201
    again = client.post("/api/v1/devices/enrol", json={"code": code, "name": "a"})
    assert again.status_code == 403
    assert again.get_json()["error"]["code"] == "code_refused"


def test_an_expired_code_is_refused(client: FlaskClient, survey: object, sqlite_database: Database) -> None:
    code = make_code(sqlite_database, "surveyor", minutes=-1)
    assert client.post("/api/v1/devices/enrol", json={"code": code, "name": "a"}).status_code == 403


def test_a_tablet_enrolled_again_keeps_its_id_and_loses_its_old_tokens(tablet: Tablet) -> None:
    code = make_code(tablet.database, "other")
    sent = {"code": code, "name": "b", "device_id": tablet.device_id, "upload_token": tablet.upload_token}
    given = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()
    assert given["device_id"] == tablet.device_id
    assert tablet.get("/api/v1/work", given["token"]).status_code == 200
    assert tablet.get("/api/v1/work").status_code == 401


def test_a_device_id_is_taken_in_either_case(tablet: Tablet) -> None:
    code = make_code(tablet.database, "other")
    sent = {"code": code, "name": "b", "device_id": tablet.device_id.upper(), "upload_token": tablet.upload_token}
    given = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()
    assert given["device_id"] == tablet.device_id
    revoke_device(tablet.database, tablet.device_id.upper())


@pytest.mark.parametrize("proof", ["none", "wrong", "reading token", "former token"])
def test_an_id_without_its_upload_token_takes_over_no_tablet(tablet: Tablet, proof: str) -> None:
    tokens = {"wrong": "x" * 43, "reading token": tablet.token, "former token": tablet.upload_token}
    holder = tablet.upload_token
    if proof == "former token":
        again = {"code": make_code(tablet.database, "surveyor"), "name": "a", "device_id": tablet.device_id}
        sent = again | {"upload_token": tablet.upload_token}
        holder = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()["upload_token"]
    code = make_code(tablet.database, "other")
    sent = {"code": code, "name": "b", "device_id": tablet.device_id, "upload_token": tokens.get(proof)}
    given = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()
    assert given["device_id"] != tablet.device_id
    assert tablet.send(body(tablet.field), token=holder).get_json()["receipts"][0]["status"] == "stored"


def test_a_revoked_tablet_stays_revoked_when_it_is_enrolled_again(tablet: Tablet) -> None:
    revoke_device(tablet.database, tablet.device_id)
    code = make_code(tablet.database, "surveyor")
    sent = {"code": code, "name": "b", "device_id": tablet.device_id, "upload_token": tablet.upload_token}
    given = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()
    assert given["device_id"] != tablet.device_id
    assert tablet.send(body(tablet.field)).get_json()["receipts"][0]["status"] == "quarantined"
    assert tablet.send(body(tablet.field), token=given["upload_token"]).get_json()["receipts"][0]["status"] == "stored"


@pytest.mark.parametrize("name", ["", " ", "\t\u3000\n"])
def test_a_blank_name_is_a_400(tablet: Tablet, name: str) -> None:
    code = make_code(tablet.database, "other")
    answer = tablet.client.post("/api/v1/devices/enrol?lang=vi", json={"code": code, "name": name})
    assert answer.status_code == 400
    assert "name: phải có từ 1 đến 100 ký tự" in answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    "sent", [{}, {"code": "ABCD2345"}, {"code": 5, "name": "a"}, {"code": "A" * 41, "name": "a"}, [], 7]
)
def test_a_wrong_shape_is_a_400_that_names_the_field(client: FlaskClient, sent: object) -> None:
    answer = client.post("/api/v1/devices/enrol", json=sent)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "wrong_shape"


def test_messages_are_in_the_requested_language(client: FlaskClient) -> None:
    sent = {"code": "WRONG234", "name": "a"}
    vietnamese = client.post("/api/v1/devices/enrol", json=sent).get_json()["error"]["message"]
    english = client.post("/api/v1/devices/enrol", json=sent, headers={"Accept-Language": "en"}).get_json()
    assert vietnamese.startswith("Mã kích hoạt")
    assert english["error"]["message"].startswith("The enrolment code")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}, bearer("unknown")]
)
@pytest.mark.parametrize("path", ["/api/v1/work", "/api/v1/questionnaires/first_steps/1"])
def test_without_a_known_token_nothing_is_read(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert set(answer.get_json()["error"]) == {"code", "message", "details"}


def test_the_upload_token_reads_nothing(tablet: Tablet) -> None:
    answer = tablet.get("/api/v1/work", tablet.upload_token)
    assert answer.status_code == 403
    assert answer.get_json()["error"]["code"] == "token_uploads_only"


def test_a_revoked_device_reads_nothing_within_five_seconds(tablet: Tablet) -> None:
    revoke_device(tablet.database, tablet.device_id)
    assert IDENTITY_TTL <= 5
    answer = tablet.get("/api/v1/work")
    assert answer.status_code == 403
    assert answer.get_json()["error"]["code"] == "device_revoked"


@pytest.mark.parametrize("code", ["used", "late", "wrong"])
def test_a_refused_code_is_a_403(client: FlaskClient, survey: object, sqlite_database: Database, code: str) -> None:
    made = make_code(sqlite_database, "surveyor", minutes=-1 if code == "late" else 10)
    if code == "used":
        client.post("/api/v1/devices/enrol", json={"code": made, "name": "a"})
    answer = client.post("/api/v1/devices/enrol", json={"code": "WRNG2345" if code == "wrong" else made, "name": "a"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "code_refused")


def test_an_address_that_guesses_codes_has_to_wait(
    client: FlaskClient, survey: object, sqlite_database: Database
) -> None:
    def enrol(code: str, address: str = "192.0.2.1") -> TestResponse:
        sent = {"code": code, "name": "a"}
        return client.post("/api/v1/devices/enrol", json=sent, environ_base={"REMOTE_ADDR": address})

    guesses = [enrol(f"WRNG{number:04}").status_code for number in range(MAX_TRIES + 1)]
    assert guesses == [403] * MAX_TRIES + [429]
    right = make_code(sqlite_database, "surveyor")
    refused = enrol(right)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (429, "too_many_tries")
    assert int(refused.headers["Retry-After"]) > 0
    assert enrol(right, "192.0.2.2").status_code == 201


@pytest.mark.slow
def test_enrolling_many_tablets_is_not_guessing(client: FlaskClient, survey: object, sqlite_database: Database) -> None:
    for _ in range(MAX_TRIES + 1):
        sent = {"code": make_code(sqlite_database, "surveyor"), "name": "a"}
        assert client.post("/api/v1/devices/enrol", json=sent).status_code == 201


@pytest.mark.parametrize("sent", [{"code": "\ud800", "name": "a"}, {"code": "A", "name": "\0"}])
def test_text_that_cannot_be_stored_is_refused(client: FlaskClient, survey: object, sent: dict[str, str]) -> None:
    answer = client.post("/api/v1/devices/enrol", data=json.dumps(sent), content_type="application/json")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "not_json")
