"""Charts of an earlier edition: the page stays readable until it is drawn again, its files are not given away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from survey_server.domain.people import Role
from survey_server.services import published_charts as published
from survey_server.services.people import add_person
from survey_server.services.published_charts import Issue, Place, Request
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import prepare_field

COMMUNE = Place("r1", "commune", "00001")
PATH = "VN/01/001/00001"
URL = "/charts/r1/commune/00001"
PASSWORD = "mot mat khau dai"
NOW = "0123456789ab"


@pytest.fixture
def client(client: FlaskClient, sqlite_database: Database, tmp_path: Path) -> FlaskClient:
    prepare_field(sqlite_database, tmp_path)
    add_person(sqlite_database, "lan", "Lan", Role.CENTRAL, None, PASSWORD)
    client.set_cookie("survey_session", sign_in(sqlite_database, "lan", PASSWORD, "127.0.0.1"))
    return client


def draw(settings: Settings, issue: Issue, text: str) -> None:
    """One chart in all its forms, and the manifest that names it."""
    name = f"{issue.name}/dots-first_steps.vi"
    for form in ("svg", "csv", "png", "pdf"):
        published.write_atomically(COMMUNE.folder(settings) / f"{name}.{form}", f"<svg>{text}</svg>".encode())
    chart: dict[str, Any] = {
        "id": "dots-first_steps", "kind": "dots", "task": None, "locality": "00001", "questionnaire": "first_steps",
        "evidence": "visit", "language": "vi", "title": "Điểm", "description": "", "n": 1, "sha256": "",
    } | {form: f"{name}.{form}" for form in ("svg", "csv", "png", "pdf")}  # fmt: skip
    manifest = {"revision": issue.revision, "charts": [chart]} | ({"edition": issue.edition} if issue.edition else {})
    published.write_atomically(COMMUNE.folder(settings) / published.MANIFEST, json.dumps(manifest).encode())


def need(settings: Settings, issue: Issue) -> None:
    published.write_needed(settings, "r1", issue, {PATH: issue.revision}, {})


@pytest.mark.parametrize("earlier", [Issue(4, "ffffffffffff"), Issue(4, "")])
def test_after_an_upgrade_the_page_stays_and_its_files_wait(
    client: FlaskClient, settings: Settings, earlier: Issue
) -> None:
    need(settings, Issue(4, NOW))
    draw(settings, earlier, "as it was")
    page = client.get(URL).get_data(as_text=True)
    assert "as it was" in page
    assert "Đang vẽ lại các biểu đồ" in page
    assert client.get(f"{URL}/state").json == {"issue": earlier.name, "current": False}
    assert list(published.waiting_requests(settings).values()) == [Request(COMMUNE)]
    for form in ("svg", "csv", "png", "pdf"):
        assert client.get(f"{URL}/file/{earlier.name}/dots-first_steps.vi.{form}").status_code == 202, form
    draw(settings, Issue(4, NOW), "as it is")
    assert client.get(f"{URL}/state").json == {"issue": f"4-{NOW}", "current": True}
    for form in ("svg", "csv", "png", "pdf"):
        answer = client.get(f"{URL}/file/{earlier.name}/dots-first_steps.vi.{form}", follow_redirects=True)
        assert "as it is" in answer.get_data(as_text=True), form


def test_with_older_numbers_only_files_are_given_away(client: FlaskClient, settings: Settings) -> None:
    need(settings, Issue(5, NOW))
    draw(settings, Issue(4, NOW), "as it was")
    page = client.get(URL).get_data(as_text=True)
    assert "Có số liệu mới" in page
    assert client.get(f"{URL}/file/4-{NOW}/dots-first_steps.vi.png").status_code == 200


def test_where_less_may_be_told_because_of_a_neighbour_no_older_file_is_given_away(
    client: FlaskClient, settings: Settings
) -> None:
    draw(settings, Issue(4, NOW), "as it was")
    published.write_needed(settings, "r1", Issue(5, NOW), {PATH: 4}, {PATH: "0badcafe"})
    assert client.get(f"{URL}/state").json == {"issue": f"4-{NOW}", "current": False}
    assert client.get(f"{URL}/file/4-{NOW}/dots-first_steps.vi.csv").status_code == 202
    draw(settings, Issue(4, f"{NOW}0badcafe"), "as it is")
    assert client.get(f"{URL}/state").json == {"issue": f"4-{NOW}0badcafe", "current": True}


@pytest.mark.parametrize("name", ["4-0123456789ab/other.vi.svg", "manifest.json", "4-0123456789ab/", "x/../y.svg"])
def test_what_no_manifest_names_is_not_found(client: FlaskClient, settings: Settings, name: str) -> None:
    need(settings, Issue(4, NOW))
    draw(settings, Issue(4, NOW), "as it is")
    assert client.get(f"{URL}/file/{name}").status_code == 404


def test_a_simulated_file_says_so_in_its_name(client: FlaskClient, settings: Settings) -> None:
    need(settings, Issue(4, NOW))
    draw(settings, Issue(4, NOW), "as it is")
    file = COMMUNE.folder(settings) / published.MANIFEST
    manifest = json.loads(file.read_text())
    name = manifest["charts"][0]["csv"]
    for simulated, mark in ((True, "mo-phong-"), (False, "")):
        file.write_text(json.dumps(manifest | {"simulated": simulated}))
        found = client.get(f"{URL}/file/{name}").headers["Content-Disposition"]
        assert found == f'attachment; filename="00001-{mark}dots-first_steps.vi.csv"'


def test_the_heading_of_a_chart_is_its_title(client: FlaskClient, settings: Settings) -> None:
    need(settings, Issue(4, NOW))
    draw(settings, Issue(4, NOW), "as it is")
    assert ">Điểm</h2>" in client.get(URL).get_data(as_text=True)
