"""/responses: the conditions of the list, and what it offers of them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from survey_server.domain.people import Role
from survey_server.services import paging
from survey_server.services.people import add_person
from survey_server.storage.database import Database
from tests.support.field import body, prepare_field, row, surveyor_of
from tests.support.receiving import receive

PASSWORD = "mot mat khau dai"


@pytest.fixture
def centre(client: FlaskClient, sqlite_database: Database, tmp_path: Path) -> FlaskClient:
    """The centre, with three responses of a commune of Hà Nội."""
    field = prepare_field(sqlite_database, tmp_path)
    receive(sqlite_database, surveyor_of(field), [row(body(field)) for _ in range(3)])
    add_person(sqlite_database, "centre", "Trung ương", Role.CENTRAL, None, PASSWORD)
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"account": "centre", "password": PASSWORD, "csrf_token": token})
    return client


def page(client: FlaskClient, **query: str) -> str:
    sent = client.get(f"/responses?{urlencode(query)}")
    assert sent.status_code == 200
    return sent.get_data(as_text=True)


def test_places_are_chosen_level_by_level(centre: FlaskClient) -> None:
    country, province = page(centre), page(centre, place="VN/01")
    assert '<option value="VN/01">' in country
    assert '<option value="VN/01/001">' not in country
    assert '<option value="VN/01" selected>' in province
    assert '<option value="VN">' in province
    assert '<option value="VN/01/001">' in province


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"place": "VN/01"}, 3), ({"place": "VN/79"}, 0), ({"questionnaire": "first_steps"}, 3),
        ({"questionnaire": "none_such"}, 0), ({"sender": "nobody-here"}, 0), ({"state": "approved"}, 0),
        ({"place": "VN/01", "questionnaire": "first_steps", "state": "submitted", "sender": ""}, 3),
    ],
)  # fmt: skip
def test_each_condition_narrows_the_list(centre: FlaskClient, query: dict[str, str], number: int) -> None:
    found = page(centre, **query)
    assert found.count("row-link") == number
    assert ("Không có phiếu nào như vậy." in found) == (number == 0)


def test_the_next_page_keeps_the_conditions(centre: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging.read_page, "__defaults__", (2,))
    first = page(centre, place="VN/01", questionnaire="first_steps")
    (link,) = {each.split('"')[0] for each in first.split('href="') if "after=" in each.split('"')[0]}
    assert "place=VN%2F01" in link
    second = centre.get(link.replace("&amp;", "&")).get_data(as_text=True)
    assert second.count("row-link") == 1
    assert '<option value="first_steps" selected>' in second
