"""The log of requests: who requested what, and nothing of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DatabaseError as SQLDatabaseError

from survey_server.api.guard import without_token
from survey_server.app import create_app
from survey_server.domain.errors import DatabaseUnavailableError
from survey_server.domain.people import Role
from survey_server.services.devices import enrol, make_code
from survey_server.services.people import add_person
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.web.permissions import public
from survey_server.web.request_log import log_requests
from tests.support.field import prepare_field
from tests.web.test_sessions import log_in

PASSWORD = "mot mat khau du dai"
KEYS = {"actor", "event", "id", "level", "method", "ms", "route", "status", "timestamp"}
Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream() -> StringIO:
    return StringIO()


@pytest.fixture
def client(settings: Settings, sqlite_database: Database, tmp_path: Path, stream: StringIO) -> FlaskClient:
    prepare_field(sqlite_database, tmp_path)
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.ADMIN, password=PASSWORD)
    app = create_app(settings, sqlite_database)
    log_requests(app, stream)
    return app.test_client()


@pytest.fixture
def logged(stream: StringIO) -> Logged:
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_names_the_route_and_the_id_that_the_response_bears(client: FlaskClient, logged: Logged) -> None:
    response = client.get("/people/77")
    (line,) = logged()
    assert line.keys() == KEYS
    assert (line["method"], line["route"], line["status"]) == ("GET", "/people/<int:person_id>", response.status_code)
    assert line["id"] == response.headers["X-Request-Id"]
    assert (line["actor"], line["level"]) == (None, "info")


def test_a_tablet_is_named_by_its_id_and_its_token_is_not_there(
    client: FlaskClient, sqlite_database: Database, stream: StringIO, logged: Logged
) -> None:
    device = enrol(sqlite_database, make_code(sqlite_database, "surveyor"), "Máy 07")
    sent = {"responses": [{"id": "x", "sha256": "y", "body": "secret answer"}]}
    client.post("/api/v1/responses", json=sent, headers={"Authorization": f"Bearer {device.token}"})
    assert logged()[-1]["actor"] == f"device:{device.device_id}"
    for hidden in (device.token, "secret answer", "Máy 07"):
        assert hidden not in stream.getvalue()


@pytest.mark.slow
def test_a_person_is_named_by_number_and_password_and_name_are_not_there(
    client: FlaskClient, stream: StringIO, logged: Logged
) -> None:
    log_in(client, "lan", PASSWORD)
    client.get("/people?q=Lan")
    assert logged()[-1]["actor"].startswith("person:")
    for hidden in (PASSWORD, "Lan", "lan", "q="):
        assert hidden not in stream.getvalue()


def fail_with(text: str) -> Any:
    """A view that fails as the database layer does: with what was sent in the texts of several errors."""

    def view(**_: Any) -> str:
        try:
            int(text)
        except ValueError as error:
            raise SQLDatabaseError(f"INSERT INTO response VALUES ('{text}')", {"body": text}, error) from error
        return text

    return without_token(view)  # no form's token is asked for


@pytest.mark.parametrize("path", ["/login", "/api/v1/responses"])
def test_a_failure_is_logged_without_what_was_sent(
    client: FlaskClient, logged: Logged, stream: StringIO, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], path: str,
) -> None:  # fmt: skip
    found = next(rule.endpoint for rule in client.application.url_map.iter_rules() if rule.rule == path)
    monkeypatch.setitem(client.application.view_functions, found, fail_with("an answer of somebody"))
    response = client.post(
        f"{path}?token=t0ken-in-the-query",
        data={"password": PASSWORD, "q_why": "an answer of somebody"},
        headers={"Authorization": "Bearer a-b3arer-token", "Cookie": "survey_session=s3ssion"},
    )
    assert response.status_code == 500
    written = stream.getvalue() + caplog.text + "".join(capfd.readouterr())
    for hidden in ("an answer of somebody", PASSWORD, "t0ken-in-the-query", "a-b3arer-token", "s3ssion"):
        assert hidden not in written
    (failure,) = [json.loads(each.getMessage()) for each in caplog.records]
    assert failure["id"] == logged()[-1]["id"] == response.headers["X-Request-Id"]
    assert (failure["route"], failure["method"]) == (path, "POST")
    assert [each["type"] for each in failure["errors"]] == ["sqlalchemy.exc.DatabaseError", "builtins.ValueError"]
    assert failure["errors"][0]["frames"][-1].endswith(" view")


def test_a_full_disk_is_logged_with_its_reason(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseUnavailableError("database or disk is full")

    monkeypatch.setitem(client.application.view_functions, "health.health", public(refuse))
    assert client.get("/healthz").status_code == 503
    (failure,) = [json.loads(each.getMessage()) for each in caplog.records]
    assert failure["errors"][0]["text"] == "database or disk is full"


def test_a_refused_request_is_logged(client: FlaskClient, logged: Logged) -> None:
    answers = [
        client.get("/nowhere?token=x"), client.post("/people"), client.get("/api/v1/work"),
        client.post("/api/v1/responses", data=b"{", headers={"Authorization": "Bearer x"}),
    ]  # fmt: skip
    lines = logged()
    assert [line["status"] for line in lines] == [answer.status_code for answer in answers]
    assert [line["id"] for line in lines] == [answer.headers["X-Request-Id"] for answer in answers]
    assert all(line.keys() == KEYS for line in lines)


def test_a_failure_is_an_error(client: FlaskClient, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.view_functions, "health.health", public(lambda: 1 / 0))
    assert client.get("/healthz").status_code == 500
    assert (logged()[-1]["level"], logged()[-1]["status"]) == ("error", 500)
