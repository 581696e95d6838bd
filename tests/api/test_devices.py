"""Enrolling, and what each token opens."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from survey_server.services.enrol_device import make_code, revoke_device
from survey_server.services.identify_device import CACHED_FOR
from survey_server.storage.database import Database
from tests.api.conftest import Tablet, bearer


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


def test_a_code_is_good_once(client: FlaskClient, survey: object, sqlite_database: Database) -> None:
    code = make_code(sqlite_database, "surveyor")
    assert client.post("/api/v1/devices/enrol", json={"code": code, "name": "a"}).status_code == 201
    again = client.post("/api/v1/devices/enrol", json={"code": code, "name": "a"})
    assert again.status_code == 403
    assert again.get_json()["error"]["code"] == "code_refused"


def test_a_late_code_is_refused(client: FlaskClient, survey: object, sqlite_database: Database) -> None:
    code = make_code(sqlite_database, "surveyor", minutes=-1)
    assert client.post("/api/v1/devices/enrol", json={"code": code, "name": "a"}).status_code == 403


def test_a_tablet_enrolled_again_keeps_its_id_and_loses_its_old_tokens(tablet: Tablet) -> None:
    code = make_code(tablet.database, "other")
    sent = {"code": code, "name": "b", "device_id": tablet.device_id}
    given = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()
    assert given["device_id"] == tablet.device_id
    assert tablet.get("/api/v1/work", given["token"]).status_code == 200
    assert tablet.get("/api/v1/work").status_code == 401


@pytest.mark.parametrize(
    "sent", [{}, {"code": "ABCD2345"}, {"code": 5, "name": "a"}, {"code": "A" * 41, "name": "a"}, [], 7]
)
def test_a_wrong_shape_is_a_400_that_names_the_field(client: FlaskClient, sent: object) -> None:
    answer = client.post("/api/v1/devices/enrol", json=sent)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "wrong_shape"


def test_messages_come_in_the_language_asked_for(client: FlaskClient) -> None:
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
    assert CACHED_FOR <= 5
    answer = tablet.get("/api/v1/work")
    assert answer.status_code == 403
    assert answer.get_json()["error"]["code"] == "device_revoked"
