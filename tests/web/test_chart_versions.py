"""Charts of an outdated build: the page stays readable until it is drawn again, its files are not served."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_server.domain import ChartKey, ChartRequest, ChartVersion, Role
from survey_server.services import published_charts as published
from survey_server.services.people import add_person
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings
from survey_server.storage import chart_requests
from survey_server.storage.database import Database
from tests.support.charts import draw_chart, require_versions
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


def require_version(database: Database, version: ChartVersion) -> None:
    require_versions(database, PATH, version, {"first_steps": version})


def requests(database: Database) -> list[ChartRequest]:
    with database.read() as connection:
        return chart_requests.pending(connection)


def drawn_revision(client: FlaskClient) -> tuple[int, bool]:
    """What an open page polls for: the newest revision, and whether it is the one required."""
    state = client.get(f"{URL}/state").json
    assert state is not None
    return int(state["version"].partition("-")[0]), state["current"]


@pytest.mark.slow
def test_after_an_upgrade_the_page_stays_and_its_files_are_drawn_again(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    earlier = ChartVersion(4, "ffffffffffff")
    require_version(sqlite_database, ChartVersion(4, NOW))
    draw_chart(sqlite_database, settings, COMMUNE, earlier, "as it was")
    page = client.get(URL).get_data(as_text=True)
    assert "as it was" in page
    assert "Đang vẽ lại các biểu đồ" in page
    before = client.get(f"{URL}/state").json
    assert drawn_revision(client) == (4, False)
    assert requests(sqlite_database) == [ChartRequest(COMMUNE)]
    for format_ in ("svg", "csv", "png", "pdf"):
        assert client.get(f"{URL}/file/{earlier.name}/dots-first_steps.vi.{format_}").status_code == 202, format_
    draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it is")
    assert drawn_revision(client) == (4, True)
    assert client.get(f"{URL}/state").json["version"] != before["version"]
    for format_ in ("svg", "csv", "png", "pdf"):
        answer = client.get(f"{URL}/file/{earlier.name}/dots-first_steps.vi.{format_}", follow_redirects=True)
        assert "as it is" in answer.get_data(as_text=True), format_


def test_files_with_older_numbers_only_are_served(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    require_version(sqlite_database, ChartVersion(5, NOW))
    draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it was")
    page = client.get(URL).get_data(as_text=True)
    assert "Có số liệu mới" in page
    assert client.get(f"{URL}/file/4-{NOW}/dots-first_steps.vi.png").status_code == 200


def test_no_older_file_is_served_where_a_neighbour_made_more_suppressed(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it was")
    suppressed = ChartVersion(4, f"{NOW}0badcafe")
    require_versions(sqlite_database, PATH, ChartVersion(5, NOW), {"first_steps": suppressed})
    assert drawn_revision(client) == (4, False)
    assert client.get(f"{URL}/file/4-{NOW}/dots-first_steps.vi.csv").status_code == 202
    draw_chart(sqlite_database, settings, COMMUNE, suppressed, "as it is")
    assert drawn_revision(client) == (4, True)


@pytest.mark.parametrize("name", ["4-0123456789ab/other.vi.svg", "manifest.json", "4-0123456789ab/", "x/../y.svg"])
def test_a_file_that_no_manifest_names_is_not_found(
    client: FlaskClient, settings: Settings, sqlite_database: Database, name: str
) -> None:
    require_version(sqlite_database, ChartVersion(4, NOW))
    draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it is")
    assert client.get(f"{URL}/file/{name}").status_code == 404


def test_in_a_language_without_charts_the_page_shows_the_vietnamese_ones(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    require_version(sqlite_database, ChartVersion(4, NOW))
    draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it is")
    assert "as it is" in client.get(f"{URL}?lang=en").get_data(as_text=True)


def test_a_simulated_file_says_so_in_its_name(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    require_version(sqlite_database, ChartVersion(4, NOW))
    for simulated, mark in ((True, "mo-phong-"), (False, "")):
        chart = draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it is", simulated=simulated)
        found = client.get(f"{URL}/file/{chart.csv}").headers["Content-Disposition"]
        assert found == f'attachment; filename="00001-{mark}dots-first_steps.vi.csv"'


def test_page_files_and_manifest_name_one_revision(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    require_version(sqlite_database, ChartVersion(5, NOW))
    chart = draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(5, NOW), "as it is")
    manifest = client.get(f"{URL}/manifest.json").json
    assert manifest is not None
    assert (manifest["round"], manifest["locality"], manifest["revision"]) == ("r1", "00001", 5)
    assert [(each["id"], each["revision"], each["svg"]) for each in manifest["charts"]] == [(chart.id, 5, chart.svg)]
    assert drawn_revision(client) == (5, True)
    assert all(chart.file(format_).startswith("5-") for format_ in published.FORMATS)


def test_a_picture_that_was_not_drawn_yet_is_requested_once(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    require_version(sqlite_database, ChartVersion(4, NOW))
    chart = draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it is", pictures=False)
    for _ in range(2):
        assert client.get(f"{URL}/file/{chart.png}").status_code == 202
    assert requests(sqlite_database) == [ChartRequest(COMMUNE, chart.id, "vi", "png")]


@pytest.mark.parametrize("damage", ["missing", "garbled"])
def test_charts_whose_file_cannot_be_read_count_as_not_drawn(
    client: FlaskClient, settings: Settings, sqlite_database: Database, damage: str
) -> None:
    require_version(sqlite_database, ChartVersion(4, NOW))
    chart = draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "as it is")
    for file in (settings.charts_dir / "files").glob("??/*"):
        file.unlink() if damage == "missing" else file.write_bytes(b"x" * file.stat().st_size)
    page = client.get(URL)
    assert page.status_code == 200
    assert "Đang vẽ biểu đồ" in page.get_data(as_text=True)
    assert 'data-version=""' in page.get_data(as_text=True)
    assert requests(sqlite_database) == [ChartRequest(COMMUNE)]
    assert client.get(f"{URL}/file/{chart.csv}").status_code == 202


def test_charts_for_the_centre_are_not_shown_to_coordinators(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    require_version(sqlite_database, ChartVersion(4, NOW))
    chart = draw_chart(sqlite_database, settings, COMMUNE, ChartVersion(4, NOW), "for the centre", audience="centre")
    assert "for the centre" in client.get(URL).get_data(as_text=True)
    add_person(sqlite_database, "hoa", "Hoa", Role.COORDINATOR, "test:commune:00001", PASSWORD)
    client.set_cookie("survey_session", sign_in(sqlite_database, "hoa", PASSWORD, "127.0.0.1"))
    page = client.get(URL)
    assert page.status_code == 200
    assert "for the centre" not in page.get_data(as_text=True)
    assert client.get(f"{URL}/file/{chart.csv}").status_code == 404
    assert client.get(f"{URL}/manifest.json").json["charts"] == []  # type: ignore[index]
