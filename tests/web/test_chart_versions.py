"""Charts of an outdated build: the page stays readable until it is drawn again, its files are not served."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_server.domain.people import Role
from survey_server.services import published_charts as published
from survey_server.services.people import add_person
from survey_server.services.published_charts import ChartEntry, ChartKey, ChartManifest, ChartRequest, ChartVersion
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import prepare_field

COMMUNE = ChartKey("r1", "commune", "00001")
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


def draw(settings: Settings, version: ChartVersion, text: str, *, simulated: bool = False) -> ChartEntry:
    """Write one chart in all its formats, and the manifest that names it."""
    name = f"{version.name}/dots-first_steps.vi"
    for format_ in published.FORMATS:
        published.write_atomically(COMMUNE.folder(settings) / f"{name}.{format_}", f"<svg>{text}</svg>".encode())
    files = (f"{name}.{format_}" for format_ in ("svg", "png", "pdf", "csv"))
    chart = ChartEntry(
        "dots-first_steps", "dots", None, "00001", "first_steps", "visit", "vi", "Điểm", "", *files, n=1, sha256=""
    )
    manifest = ChartManifest("r1", "00001", version, "2012-06-05T07:05:00Z", simulated, (chart,))
    published.write_manifest(settings, COMMUNE, manifest)
    return chart


def require_version(settings: Settings, version: ChartVersion) -> None:
    published.write_required_versions(settings, "r1", version, {PATH: version.revision}, {})


@pytest.mark.parametrize("earlier", [ChartVersion(4, "ffffffffffff"), ChartVersion(4, "")])
def test_after_an_upgrade_the_page_stays_and_its_files_are_drawn_again(
    client: FlaskClient, settings: Settings, earlier: ChartVersion
) -> None:
    require_version(settings, ChartVersion(4, NOW))
    draw(settings, earlier, "as it was")
    page = client.get(URL).get_data(as_text=True)
    assert "as it was" in page
    assert "Đang vẽ lại các biểu đồ" in page
    assert client.get(f"{URL}/state").json == {"version": earlier.name, "current": False}
    assert list(published.pending_requests(settings).values()) == [ChartRequest(COMMUNE)]
    for format_ in ("svg", "csv", "png", "pdf"):
        assert client.get(f"{URL}/file/{earlier.name}/dots-first_steps.vi.{format_}").status_code == 202, format_
    draw(settings, ChartVersion(4, NOW), "as it is")
    assert client.get(f"{URL}/state").json == {"version": f"4-{NOW}", "current": True}
    for format_ in ("svg", "csv", "png", "pdf"):
        answer = client.get(f"{URL}/file/{earlier.name}/dots-first_steps.vi.{format_}", follow_redirects=True)
        assert "as it is" in answer.get_data(as_text=True), format_


def test_files_with_older_numbers_only_are_served(client: FlaskClient, settings: Settings) -> None:
    require_version(settings, ChartVersion(5, NOW))
    draw(settings, ChartVersion(4, NOW), "as it was")
    page = client.get(URL).get_data(as_text=True)
    assert "Có số liệu mới" in page
    assert client.get(f"{URL}/file/4-{NOW}/dots-first_steps.vi.png").status_code == 200


def test_no_older_file_is_served_where_a_neighbour_made_more_suppressed(
    client: FlaskClient, settings: Settings
) -> None:
    draw(settings, ChartVersion(4, NOW), "as it was")
    published.write_required_versions(settings, "r1", ChartVersion(5, NOW), {PATH: 4}, {PATH: "0badcafe"})
    assert client.get(f"{URL}/state").json == {"version": f"4-{NOW}", "current": False}
    assert client.get(f"{URL}/file/4-{NOW}/dots-first_steps.vi.csv").status_code == 202
    draw(settings, ChartVersion(4, f"{NOW}0badcafe"), "as it is")
    assert client.get(f"{URL}/state").json == {"version": f"4-{NOW}0badcafe", "current": True}


@pytest.mark.parametrize("name", ["4-0123456789ab/other.vi.svg", "manifest.json", "4-0123456789ab/", "x/../y.svg"])
def test_a_file_that_no_manifest_names_is_not_found(client: FlaskClient, settings: Settings, name: str) -> None:
    require_version(settings, ChartVersion(4, NOW))
    draw(settings, ChartVersion(4, NOW), "as it is")
    assert client.get(f"{URL}/file/{name}").status_code == 404


def test_in_a_language_without_charts_the_page_shows_the_vietnamese_ones(
    client: FlaskClient, settings: Settings
) -> None:
    require_version(settings, ChartVersion(4, NOW))
    draw(settings, ChartVersion(4, NOW), "as it is")
    assert "as it is" in client.get(f"{URL}?lang=en").get_data(as_text=True)


def test_a_simulated_file_says_so_in_its_name(client: FlaskClient, settings: Settings) -> None:
    require_version(settings, ChartVersion(4, NOW))
    for simulated, mark in ((True, "mo-phong-"), (False, "")):
        chart = draw(settings, ChartVersion(4, NOW), "as it is", simulated=simulated)
        found = client.get(f"{URL}/file/{chart.csv}").headers["Content-Disposition"]
        assert found == f'attachment; filename="00001-{mark}dots-first_steps.vi.csv"'


def test_a_manifest_of_release_0_1_can_be_read(client: FlaskClient, settings: Settings) -> None:
    """It names its digest "edition"; its charts count as those of an outdated build."""
    require_version(settings, ChartVersion(4, NOW))
    draw(settings, ChartVersion(4, "ffffffffffff"), "as it was")
    file = COMMUNE.folder(settings) / published.MANIFEST
    manifest = json.loads(file.read_text())
    file.write_text(json.dumps({**manifest, "edition": manifest.pop("build")}))
    assert "as it was" in client.get(URL).get_data(as_text=True)
    assert client.get(f"{URL}/file/{manifest['charts'][0]['csv']}").status_code == 202


def test_the_heading_of_a_chart_is_its_title(client: FlaskClient, settings: Settings) -> None:
    require_version(settings, ChartVersion(4, NOW))
    draw(settings, ChartVersion(4, NOW), "as it is")
    assert ">Điểm</h2>" in client.get(URL).get_data(as_text=True)
