"""What a coordinator sees of people's answers: nothing before a cut is released or the round is closed, and never
commune by commune."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from analysis.i18n import languages
from survey_server.clock import now_text
from survey_server.domain import ALL_QUESTIONNAIRES, ChartKey, ChartVersion, ResultCut, Role
from survey_server.pipeline.build import build_digest
from survey_server.pipeline.charts_folder import FolderAudience, publish_folder
from survey_server.pipeline.cohorts.checking import check_cohorts
from survey_server.pipeline.cohorts.cuts import release_cut
from survey_server.pipeline.cohorts.decisions import strike_cohort
from survey_server.pipeline.draw import ChartDrawer, DrawingTask
from survey_server.pipeline.required_versions import RoundState, read_revisions, write_required
from survey_server.problems import ProblemError
from survey_server.services.people import add_person
from survey_server.services.releases import find_release
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings
from survey_server.storage import chart_pages, chart_versions, people, result_cuts
from survey_server.storage.cohort_journal import CohortJournal
from survey_server.storage.database import Database
from survey_server.storage.tables import audit, result_cut_part, survey_round
from tests.support.charts import draw_chart, require_versions
from tests.support.field import body
from tests.support.interviews import CLOSED, FAR, HERE, LAST_DAY, NEAR, PROVINCE, Interviews, prepare_interviews

KEY = ChartKey("r1", "province", "01")
TIMES = (f"2012-06-05T07:05:{second:02}Z" for second in count())
URL = "/charts/r1/province/01"
PASSWORD = "mot mat khau dai"
VERSION = ChartVersion(4, "0123456789ab")
WAITS = "Kết quả ý kiến người dân công bố khi kết thúc đợt."


@pytest.fixture(autouse=True)
def _read_rounds_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey_server.services.browse_rounds.ROUND_VIEWS_TTL", 0.0)


@pytest.fixture
def interviews(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    return prepare_interviews(sqlite_database, settings, tmp_path)


def sign_in_as(client: FlaskClient, database: Database, role: Role, of: str = "test:province:01") -> FlaskClient:
    area = of if role is Role.COORDINATOR else None
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


def draw(interviews: Interviews, today: str = LAST_DAY, path: str = PROVINCE) -> None:
    """The charts of a locality, as the publisher draws and stores them."""
    database, context = interviews.database, interviews.context
    with database.read() as connection:
        release = find_release(connection, context.round, today)
        before = chart_versions.of_round(connection, "r1")
    state = RoundState.make(context, build_digest(context), read_revisions(database, context, release))
    write_required(database, state, before)
    row = context.localities[path]
    key, groups = ChartKey("r1", row.level, row.code), tuple(state.groups_at(path))
    task = DrawingTask(key, path, state.newest, groups, languages(), state.release, state.released_build)
    bundles = ChartDrawer(interviews.settings).draw(task)
    at = next(TIMES)
    database.write(lambda connection: chart_pages.replace(connection, key, at, True, bundles))


def files_of(client: FlaskClient, url: str = URL, questionnaire: str | None = None) -> list[str]:
    """The contents of all files that the manifest names (of a questionnaire)."""
    manifest = client.get(f"{url}/manifest.json").json
    assert manifest is not None
    return [
        client.get(f"{url}/file/{chart[format_]}").get_data(as_text=True)
        for chart in manifest["charts"]
        if questionnaire in (None, chart["questionnaire"])
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


@pytest.mark.slow
def test_the_centre_sees_what_is_published_of_people(client: FlaskClient, interviews: Interviews) -> None:
    interviews.approve(*interviews.send(HERE, 20))
    interviews.publish(LAST_DAY)
    draw(interviews)
    sign_in_as(client, interviews.database, Role.CENTRAL)
    files = files_of(client)
    assert any("residents" in content for content in files)
    assert WAITS not in client.get(URL).get_data(as_text=True)


@pytest.mark.slow
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
        ("first_steps", "coordinator_below"),
        (ALL_QUESTIONNAIRES, "coordinator_below"),
    }


COUNTRY_URL = "/charts/r1/country/VN"


def seen_of_people(client: FlaskClient) -> list[str]:
    """All that a coordinator can fetch about people at the country's page."""
    assert client.get(COUNTRY_URL).status_code == 200
    found = files_of(client, COUNTRY_URL, "residents")
    assert found or not any("residents" in each for each in files_of(client, COUNTRY_URL))
    return found


@pytest.fixture
def coordinator(client: FlaskClient, interviews: Interviews) -> FlaskClient:
    """In a round that is not over."""
    end_round(interviews.database, "2999-12-31")
    return sign_in_as(client, interviews.database, Role.COORDINATOR)


def publish(interviews: Interviews, *communes: str, today: str = LAST_DAY) -> None:
    for commune in communes:
        interviews.approve(*interviews.send(commune, 20))
    interviews.publish(today)


@pytest.mark.slow
def test_a_cut_shows_coordinators_its_cohorts_and_no_later_ones(
    coordinator: FlaskClient, interviews: Interviews
) -> None:
    publish(interviews, HERE, NEAR, FAR)
    draw(interviews, path="VN")
    assert seen_of_people(coordinator) == []
    assert WAITS in coordinator.get(COUNTRY_URL).get_data(as_text=True)

    cut = release(interviews)
    draw(interviews, path="VN")
    seen = seen_of_people(coordinator)
    assert len(seen) == 8  # pictures and tables of two charts in two languages
    page, state = coordinator.get(COUNTRY_URL), coordinator.get(f"{COUNTRY_URL}/state")
    manifest = coordinator.get(f"{COUNTRY_URL}/manifest.json").data
    assert any("n = 60" in each for each in seen)
    assert WAITS not in page.get_data(as_text=True)

    publish(interviews, HERE)
    draw(interviews, path="VN")
    assert seen_of_people(coordinator) == seen
    assert coordinator.get(f"{COUNTRY_URL}/manifest.json").data == manifest
    assert coordinator.get(f"{COUNTRY_URL}/state").data == state.data
    assert coordinator.get(f"{COUNTRY_URL}/state").headers["ETag"] == state.headers["ETag"]

    release(interviews)
    draw(interviews, path="VN")
    later = seen_of_people(coordinator)
    assert len(later) == len(seen)
    assert later != seen
    with interviews.database.read() as connection:
        assert len(result_cuts.owners_of(connection, cut.id)) == 3
        actions = [row.action for row in connection.execute(select(audit.c.action))]
    assert actions.count("release_cut") == 2


@pytest.mark.slow
def test_after_the_last_day_coordinators_see_all_that_is_published(
    coordinator: FlaskClient, interviews: Interviews
) -> None:
    publish(interviews, HERE, NEAR, FAR)
    release(interviews)
    publish(interviews, HERE)
    draw(interviews, path="VN")
    before = seen_of_people(coordinator)
    end_round(interviews.database, "2012-06-30")
    draw(interviews, CLOSED, path="VN")
    after = seen_of_people(coordinator)
    assert len(after) == len(before)
    assert after != before
    assert any("n = 80" in each for each in after)


@pytest.mark.slow
def test_a_cohort_that_is_struck_leaves_the_cut(coordinator: FlaskClient, interviews: Interviews) -> None:
    publish(interviews, HERE)
    publish(interviews, HERE, NEAR, FAR)
    release(interviews)
    draw(interviews, path="VN")
    before = seen_of_people(coordinator)
    owner = next(each.owner for each in interviews.parts() if each.path.endswith(HERE))
    journal = CohortJournal(interviews.settings.data_dir)
    strike_cohort(interviews.database, journal, "centre", owner, "Phiếu không có thật")
    draw(interviews, path="VN")
    after = seen_of_people(coordinator)
    assert after
    assert after != before
    assert check_cohorts(interviews.database, journal) == []


@pytest.mark.slow
def test_of_places_above_their_area_coordinators_see_these_alone(client: FlaskClient, interviews: Interviews) -> None:
    sign_in_as(client, interviews.database, Role.COORDINATOR, "test:commune:00001")
    interviews.upload([body(interviews.field)])
    publish(interviews)
    for path in ("VN", PROVINCE):
        draw(interviews, path=path)
    for url, name in ((COUNTRY_URL, "Thành phố"), (URL, "Quận Ba Đình")):
        files = files_of(client, url)
        assert files
        assert not any(name in each and each.count(name) > 2 for each in files if "Thành phố Hà Nội" not in each)
        page = client.get(url).get_data(as_text=True)
        assert page.count("/charts/r1/province/79") == 0
        assert all("coordinator" in chart["id"] for chart in client.get(f"{url}/manifest.json").json["charts"])
    assert client.get("/charts/r1/province/79").status_code == 403
    assert client.get("/charts/r1/district/760").status_code == 403


@pytest.mark.slow
def test_a_cohort_does_not_move_the_time_of_charts_without_numbers(
    coordinator: FlaskClient, interviews: Interviews
) -> None:
    """No committee has reported: the time that such charts name is not that of the newest cohort."""
    seen = []
    for commune in (HERE, NEAR):
        publish(interviews, commune)
        draw(interviews, path="VN")
        seen.append(files_of(coordinator, COUNTRY_URL))
    assert seen[0]
    assert seen[0] == seen[1]
    assert not any(now_text()[:4] in each for each in seen[0])


def test_only_the_centre_releases_a_cut_with_a_note(interviews: Interviews) -> None:
    database, journal = interviews.database, CohortJournal(interviews.settings.data_dir)
    add_centre(database)
    with pytest.raises(ProblemError) as nothing:
        release_cut(database, journal, "centre", "r1", "Sơ kết")
    assert nothing.value.problem.code == "nothing_published"
    publish(interviews, HERE)
    for account, round_code, note, code in (
        ("surveyor", "r1", "Sơ kết", "may_not_manage_cohorts"),
        ("centre", "r1", " ", "cohort_reason"),
        ("centre", "r9", "Sơ kết", "round_unknown"),
        ("unheard", "r1", "Sơ kết", "person_unknown"),
    ):
        with pytest.raises(ProblemError) as refused:
            release_cut(database, journal, account, round_code, note)
        assert refused.value.problem.code == code


@pytest.mark.slow
def test_doctor_finds_an_altered_cut(interviews: Interviews) -> None:
    publish(interviews, HERE, NEAR)
    cut = release(interviews)
    journal = CohortJournal(interviews.settings.data_dir)
    assert check_cohorts(interviews.database, journal) == []
    some = delete(result_cut_part).where(
        result_cut_part.c.owner == next(each.owner for each in interviews.parts() if each.path.endswith(NEAR))
    )
    interviews.database.write(lambda connection: connection.execute(some))
    (problem,) = check_cohorts(interviews.database, journal)
    assert cut.id in problem.message.text("vi")


def release(interviews: Interviews) -> ResultCut:
    add_centre(interviews.database)
    return release_cut(interviews.database, CohortJournal(interviews.settings.data_dir), "centre", "r1", "Sơ kết")


def add_centre(database: Database) -> None:
    with database.read() as connection:
        is_there = people.by_account(connection, "centre") is not None
    if not is_there:
        add_person(database, "centre", "Trung ương", Role.CENTRAL, None, PASSWORD)


@pytest.mark.slow
def test_a_folder_for_coordinators_holds_of_people_what_was_released(interviews: Interviews, tmp_path: Path) -> None:
    end_round(interviews.database, "2999-12-31")
    publish(interviews, HERE, NEAR, FAR)

    def written(name: str, audience: FolderAudience) -> dict[str, set[str | None]]:
        """Locality → the questionnaires with charts."""
        out = tmp_path / name
        publish_folder(
            interviews.database, interviews.settings, "r1", out, audience=audience, has_communes=True
        )  # fmt: skip
        manifests = [json.loads(each.read_text(encoding="utf-8")) for each in out.rglob("manifest.json")]
        return {each["locality"]: {chart["questionnaire"] for chart in each["charts"]} for each in manifests}

    assert written("before", "coordinators") == {"VN": {"first_steps", None}}
    release(interviews)
    assert written("after", "coordinators") == {"VN": {"first_steps", "residents", None}}
    centre = written("centre", "centre")
    assert "residents" in centre[HERE]
