"""The log of requests: who asked for what, and nothing of what was said."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from survey_server.app import create_app
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


def test_a_person_is_named_by_number_and_password_and_name_are_not_there(
    client: FlaskClient, stream: StringIO, logged: Logged
) -> None:
    log_in(client, "lan", PASSWORD)
    client.get("/people?q=Lan")
    assert logged()[-1]["actor"].startswith("person:")
    for hidden in (PASSWORD, "Lan", "lan", "q="):
        assert hidden not in stream.getvalue()


def test_a_failure_is_an_error(client: FlaskClient, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.view_functions, "health.health", public(lambda: 1 / 0))
    assert client.get("/healthz").status_code == 500
    assert (logged()[-1]["level"], logged()[-1]["status"]) == ("error", 500)
