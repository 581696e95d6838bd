"""What a coordinator sees of people's answers: nothing before the round is closed, and never commune by commune."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from analysis.i18n import languages
from survey_server.domain import ALL_QUESTIONNAIRES, ChartKey, ChartVersion, Role
from survey_server.pipeline.build import build_digest
from survey_server.pipeline.draw import ChartDrawer, DrawingTask
from survey_server.pipeline.required_versions import RoundState, read_revisions, write_required
from survey_server.services.people import add_person
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings
from survey_server.storage import chart_pages
from survey_server.storage.database import Database
from survey_server.storage.tables import survey_round
from tests.support.charts import draw_chart, require_versions
from tests.support.interviews import HERE, LAST_DAY, NEAR, PROVINCE, Interviews, prepare_interviews

KEY = ChartKey("r1", "province", "01")
URL = "/charts/r1/province/01"
PASSWORD = "mot mat khau dai"
VERSION = ChartVersion(4, "0123456789ab")
WAITS = "Kết quả ý kiến người dân công bố khi kết thúc đợt."


@pytest.fixture
def interviews(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    return prepare_interviews(sqlite_database, settings, tmp_path)


def sign_in_as(client: FlaskClient, database: Database, role: Role) -> FlaskClient:
    area = "test:province:01" if role is Role.COORDINATOR else None
    add_person(database, role.value, role.value, role, area, PASSWORD)
    client.set_cookie("survey_session", sign_in(database, role.value, PASSWORD, "127.0.0.1"))
    return client


def end_round(database: Database, day: str) -> None:
    database.write(lambda connection: connection.execute(update(survey_round).values(ends_on=day)))


@pytest.mark.parametrize(("last_day", "is_shown"), [("2999-12-31", False), ("2012-06-30", True)])
def test_a_chart_about_people_for_coordinators_is_served_once_the_round_is_closed(
    client: FlaskClient, settings: Settings, interviews: Interviews, last_day: str, is_shown: bool
) -> None:
    database = interviews.database
    end_round(database, last_day)
    require_versions(database, PROVINCE, VERSION, {"first_steps": VERSION})
    chart = draw_chart(database, settings, KEY, VERSION, "what people said", audience="coordinator")
    sign_in_as(client, database, Role.COORDINATOR)
    page = client.get(URL).get_data(as_text=True)
    assert ("what people said" in page, WAITS in page) == (is_shown, not is_shown)
    for name in (chart.svg, chart.csv, chart.png, chart.pdf):
        assert client.get(f"{URL}/file/{name}").status_code == (200 if is_shown else 404), name
    manifest = client.get(f"{URL}/manifest.json").json
    assert manifest is not None
    assert (len(manifest["charts"]), manifest["revision"]) == ((1, 4) if is_shown else (0, 0))
    state = client.get(f"{URL}/state").json
    assert state is not None
    assert state["version"].startswith("4-" if is_shown else "0-")


def draw(interviews: Interviews) -> None:
    """The charts of the province, as the publisher draws and stores them."""
    database, context = interviews.database, interviews.context
    state = RoundState.make(context, build_digest(context), read_revisions(database, context))
    write_required(database, state, {})
    task = DrawingTask(KEY, PROVINCE, state.newest, tuple(state.groups_at(PROVINCE)), languages())
    bundles = ChartDrawer(interviews.settings).draw(task)
    database.write(lambda connection: chart_pages.replace(connection, KEY, "2012-06-05T07:05:00Z", True, bundles))


def files_of(client: FlaskClient) -> list[str]:
    """The contents of all files that the manifest names."""
    manifest = client.get(f"{URL}/manifest.json").json
    assert manifest is not None
    return [
        client.get(f"{URL}/file/{chart[format_]}").get_data(as_text=True)
        for chart in manifest["charts"]
        for format_ in ("svg", "csv")
    ]


@pytest.mark.slow
def test_a_coordinator_learns_nothing_from_the_pages_before_and_after_a_visit(
    client: FlaskClient, interviews: Interviews
) -> None:
    """Two communes are no province: the difference of two pages would be one commune. Nor is a person counted."""
    database = interviews.database
    sign_in_as(client, database, Role.COORDINATOR)
    seen = []
    for commune in (HERE, NEAR):
        interviews.approve(*interviews.send(commune, 20))
        interviews.publish(LAST_DAY)
        draw(interviews)
        files = files_of(client)
        assert files
        for content in (client.get(URL).get_data(as_text=True), *files):
            assert "residents" not in content
            assert "đã công bố" not in content
        seen.append(files)
    assert seen[0] == seen[1]


def test_the_centre_sees_what_is_published_of_people(client: FlaskClient, interviews: Interviews) -> None:
    interviews.approve(*interviews.send(HERE, 20))
    interviews.publish(LAST_DAY)
    draw(interviews)
    sign_in_as(client, interviews.database, Role.CENTRAL)
    files = files_of(client)
    assert any("residents" in content for content in files)
    assert WAITS not in client.get(URL).get_data(as_text=True)


def test_bundles_about_people_have_no_common_audience(interviews: Interviews) -> None:
    interviews.approve(*interviews.send(HERE, 20))
    interviews.publish(LAST_DAY)
    draw(interviews)
    with interviews.database.read() as connection:
        page = chart_pages.find(connection, KEY)
    assert page is not None
    found = {(each.questionnaire, each.audience) for each in page.bundles}
    assert found == {
        ("first_steps", "everyone"),
        ("residents", "centre"),
        (ALL_QUESTIONNAIRES, "centre"),
        (ALL_QUESTIONNAIRES, "coordinator"),
    }
