"""An enrolment code on a person's page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from survey_server.app import create_app
from survey_server.domain.people import Role
from survey_server.qr_code import qr_svg
from survey_server.services.people import add_person
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.web.test_sessions import PASSWORD, log_in


@pytest.fixture
def client(settings: Settings, sqlite_database: Database) -> FlaskClient:
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.ADMIN, password=PASSWORD)
    add_person(sqlite_database, "hoa", "Lê Thị Hoa", Role.SURVEYOR)
    return create_app(settings, sqlite_database).test_client()


def test_an_enrolment_code_stands_on_its_page_as_a_drawing_too(client: FlaskClient) -> None:
    log_in(client)
    page = client.get("/people/2").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    made = client.post("/people/2", data={"code": "1", "csrf_token": token}).get_data(as_text=True)
    code = made.partition('<p class="code"><strong>')[2].partition("<")[0]
    assert len(code) == 8
    assert qr_svg(code) in made
    assert "style=" not in qr_svg(code)  # which the Content-Security-Policy forbids
