"""The publisher draws what changed and what is asked for."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from survey_server.domain import ChartBundle, ChartKey, ChartRequest, ReviewAction
from survey_server.pipeline import build
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.draw import BundleGroup, ChartDrawer, DrawingTask
from survey_server.pipeline.publisher import Publisher
from survey_server.pipeline.round_tally import LeafCache, read_round_tally
from survey_server.services import published_charts as published
from survey_server.services.published_charts import ChartEntry, chart_blobs
from survey_server.services.review_response import take_step
from survey_server.settings import Settings
from survey_server.storage import chart_pages, chart_requests, responses
from survey_server.storage.database import Database
from tests.support.field import Field, assign_at, body, row, surveyor_of
from tests.support.publishing import COMMUNE, COUNTRY, charts, file_of, is_drawn, page, run_until_true
from tests.support.receiving import of_second_steps, receive

pytestmark = pytest.mark.slow


def pending(database: Database) -> list[ChartRequest]:
    with database.read() as connection:
        return chart_requests.pending(connection)


def test_a_new_response_updates_the_charts_drawn_ahead_and_the_open_page(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher
) -> None:
    published.request_drawing(sqlite_database, ChartRequest(COMMUNE))
    run_until_true(publisher, lambda: all(charts(sqlite_database, each) for each in (COUNTRY, COMMUNE)))
    first = page(sqlite_database, COMMUNE)
    for chart in charts(sqlite_database, COMMUNE):
        for format_ in ("svg", "csv"):
            assert file_of(settings, sqlite_database, COMMUNE, chart.file(format_))
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    run_until_true(publisher, lambda: page(sqlite_database, COMMUNE).revision not in (0, first.revision))
    assert {chart.n for chart in charts(sqlite_database, COMMUNE) if chart.questionnaire} == {2}
    for bundle in first.bundles:  # for a page that was read just before
        assert not bundle.sha256 or chart_blobs(settings).size(bundle.sha256) == bundle.size


def test_charts_of_a_questionnaire_without_new_responses_stay_as_they_are(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher, tmp_path: Path
) -> None:
    other = of_second_steps(sqlite_database, field, tmp_path)
    receive(sqlite_database, surveyor_of(field), [row(other)])

    def of(questionnaire: str) -> list[ChartEntry]:
        return [each for each in charts(sqlite_database, COUNTRY) if each.questionnaire == questionnaire]

    run_until_true(publisher, lambda: bool(of("first_steps") and of("second_steps")))
    unchanged, changing = of("second_steps"), of("first_steps")
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    run_until_true(publisher, lambda: of("first_steps") != changing)
    assert {each.n for each in of("first_steps")} == {2}
    assert of("second_steps") == unchanged


def test_the_charts_do_not_depend_on_the_division_into_tasks(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher
) -> None:
    """The first time a task is a questionnaire in both languages, later a language of all questionnaires."""
    run_until_true(publisher, lambda: is_drawn(sqlite_database, COUNTRY))
    with sqlite_database.read() as connection:
        drawn = chart_pages.find(connection, COUNTRY)
    assert drawn is not None
    drawer = ChartDrawer(settings)
    again: list[ChartBundle] = []
    for bundle in {each.group: each for each in drawn.bundles}.values():
        group = BundleGroup(bundle.questionnaire, bundle.position, bundle.version.build)
        again += drawer.draw(DrawingTask(COUNTRY, "VN", bundle.version, (group,), (bundle.language,)))
    assert len(again) == len(drawn.bundles)
    assert {*again} == {dataclasses.replace(bundle, generated_at="") for bundle in drawn.bundles}


def test_unchanged_leaves_are_not_parsed_again(settings: Settings, sqlite_database: Database, field: Field) -> None:
    context = read_round_context(sqlite_database, settings, "r1")
    assert context is not None
    read = LeafCache()
    count_waiting(sqlite_database)
    first = read_round_tally(sqlite_database, context, read)
    assert first == read_round_tally(sqlite_database, context)
    assert all(
        leaf is first.leaves[id_] for id_, leaf in read_round_tally(sqlite_database, context, read).leaves.items()
    )
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    count_waiting(sqlite_database)
    second = read_round_tally(sqlite_database, context, read)
    assert second == read_round_tally(sqlite_database, context) != first


@pytest.mark.parametrize(("format_", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pictures_on_request_show_the_numbers_of_their_page(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher, format_: str, begins: bytes
) -> None:
    """A response that was counted after the page was drawn is in neither."""
    run_until_true(publisher, lambda: bool(charts(sqlite_database, COUNTRY)) and publisher.is_idle())
    bundle, chart = next(each for each in page(sqlite_database, COUNTRY).entries() if each[1].n == 1)
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    context = read_round_context(sqlite_database, settings, "r1")
    assert context is not None
    count_waiting(sqlite_database)
    published.request_drawing(sqlite_database, ChartRequest(COUNTRY, chart.id, chart.language, format_))
    publisher._answer_requests()  # before it notices the new revision
    name = chart.file(format_).rpartition("/")[2]
    run_until_true(publisher, lambda: not pending(sqlite_database))
    picture = published.find_picture(sqlite_database, bundle, name)
    assert picture is not None
    with chart_blobs(settings).open(picture.sha256) as file:
        content = file.read()
    assert content.startswith(begins)
    assert len(content) == picture.size
    run_until_true(publisher, lambda: {each.n for each in charts(sqlite_database, COUNTRY)} >= {2})
    newer = next(each for each, entry in page(sqlite_database, COUNTRY).entries() if entry.id == chart.id)
    assert published.find_picture(sqlite_database, newer, name) is None


def test_a_request_for_an_unknown_locality_is_dropped(sqlite_database: Database, publisher: Publisher) -> None:
    published.request_drawing(sqlite_database, ChartRequest(ChartKey("r1", "commune", "99999")))
    published.request_drawing(sqlite_database, ChartRequest(ChartKey("r9", "country", "VN")))
    run_until_true(publisher, lambda: not pending(sqlite_database))


def test_an_outdated_page_is_drawn_again_before_its_pictures(
    settings: Settings, sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.request_drawing(sqlite_database, ChartRequest(COMMUNE))
    run_until_true(publisher, lambda: bool(charts(sqlite_database, COMMUNE)) and publisher.is_idle())
    earlier, chart = next(page(sqlite_database, COMMUNE).entries())
    name = chart.png.rpartition("/")[2]
    monkeypatch.setattr(build, "program_digest", lambda: "another")
    again = Publisher(settings, sqlite_database)
    try:
        asked = ChartRequest(COMMUNE, chart.id, chart.language, "png")
        published.request_drawing(sqlite_database, asked)
        run_until_true(
            again,
            lambda: earlier.version.build not in {e.version.build for e in page(sqlite_database, COMMUNE).bundles},
        )
        assert published.find_picture(sqlite_database, earlier, name) is None
        published.request_drawing(sqlite_database, asked)
        newer = next(each for each, entry in page(sqlite_database, COMMUNE).entries() if entry.id == chart.id)
        run_until_true(again, lambda: published.find_picture(sqlite_database, newer, name) is not None)
    finally:
        again.close()


def test_a_returned_response_leaves_the_charts_although_another_arrives_elsewhere(
    settings: Settings, sqlite_database: Database, publisher: Publisher, field: Field
) -> None:
    """And the emptied commune's page gets a further revision."""
    published.request_drawing(sqlite_database, ChartRequest(COMMUNE))

    def counted(key: ChartKey) -> set[int]:
        return {each.n for each in charts(sqlite_database, key) if each.questionnaire == "first_steps"}

    run_until_true(publisher, lambda: counted(COUNTRY) == counted(COMMUNE) == {1} and publisher.is_idle())
    first = page(sqlite_database, COMMUNE).revision
    assigned = assign_at(sqlite_database, field, "first_steps", "00004")["00004"]
    there = {"scheme": "test", "level": "commune", "code": "00004"}
    receive(sqlite_database, surveyor_of(field), [row(body(field, assignment=assigned, locality=there))])
    run_until_true(publisher, lambda: counted(COUNTRY) == {2})
    returned = partial(return_first, person_id=field.surveyor)
    sqlite_database.write(returned)
    run_until_true(publisher, lambda: counted(COUNTRY) == {1} and page(sqlite_database, COMMUNE).revision > first)
    assert counted(COMMUNE) == {0}
    assert page(sqlite_database, COMMUNE).revision == page(sqlite_database, COUNTRY).revision


def return_first(connection: Connection, person_id: int) -> None:
    found = responses.by_seq(connection, 1)
    assert found is not None
    take_step(connection, found, ReviewAction.RETURN, person_id, "Thiếu số liệu")
