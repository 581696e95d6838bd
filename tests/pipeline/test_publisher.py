"""The publisher: draws changed charts, restarts dead workers, runs once, and continues after a kill."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.i18n import languages
from survey_server.pipeline import build
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_pending
from survey_server.pipeline.draw import ChartDrawer, DrawingTask
from survey_server.pipeline.export import export_round
from survey_server.pipeline.publisher import Publisher
from survey_server.pipeline.round_tally import LeafCache, read_round_tally
from survey_server.services import published_charts as published
from survey_server.services.published_charts import ChartEntry, ChartKey, ChartManifest, ChartRequest, ChartVersion
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.lock import FileLock
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import of_second_steps, receive

pytestmark = pytest.mark.slow
COUNTRY = ChartKey("r1", "country", "VN")
COMMUNE = ChartKey("r1", "commune", "00001")
ROOT = Path(__file__).resolve().parents[2]
ACCENT, OTHER_ACCENT = "#0b5a8f", "#0b5a80"
MAX_LENGTH = 120.0  # a machine that does other things as well


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    made = prepare_field(sqlite_database, tmp_path)
    receive(sqlite_database, surveyor_of(made), [row(body(made))])
    return made


@pytest.fixture
def publisher(settings: Settings, sqlite_database: Database, field: Field) -> Iterator[Publisher]:
    running = Publisher(settings, sqlite_database)
    yield running
    running.close()


def run_until_true(publisher: Publisher, condition: Callable[[], bool]) -> None:
    def looked() -> bool:
        publisher.run_once()
        return condition()

    wait_for(looked)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAX_LENGTH
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def manifest(settings: Settings, key: ChartKey) -> ChartManifest:
    nothing = ChartManifest(key.round, key.code, ChartVersion(0, ""), "", False, ())
    return published.read_manifest(settings, key) or nothing


def charts(settings: Settings, key: ChartKey) -> tuple[ChartEntry, ...]:
    return manifest(settings, key).charts


def test_a_new_response_updates_the_charts_drawn_ahead_and_the_open_page(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher
) -> None:
    published.request_drawing(settings, ChartRequest(COMMUNE))
    run_until_true(publisher, lambda: all(charts(settings, each) for each in (COUNTRY, COMMUNE)))
    first = manifest(settings, COMMUNE)
    for chart in first.charts:
        for format_ in ("svg", "csv"):
            assert (COMMUNE.folder(settings) / chart.file(format_)).stat().st_size > 0
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    run_until_true(publisher, lambda: manifest(settings, COMMUNE).version.revision not in (0, first.version.revision))
    assert {chart.n for chart in charts(settings, COMMUNE) if chart.questionnaire} == {2}
    assert (COMMUNE.folder(settings) / first.charts[0].svg).exists()  # for a page that was read just before


def test_charts_of_a_questionnaire_without_new_responses_stay_as_they_are(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher, tmp_path: Path
) -> None:
    other = of_second_steps(sqlite_database, field, tmp_path)
    receive(sqlite_database, surveyor_of(field), [row(other)])

    def of(questionnaire: str) -> list[ChartEntry]:
        return [each for each in charts(settings, COUNTRY) if each.questionnaire == questionnaire]

    run_until_true(publisher, lambda: bool(of("first_steps") and of("second_steps")))
    unchanged, changing = of("second_steps"), of("first_steps")
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    run_until_true(publisher, lambda: of("first_steps") != changing)
    assert {each.n for each in of("first_steps")} == {2}
    assert of("second_steps") == unchanged


def test_the_charts_do_not_depend_on_the_division_into_tasks(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher, tmp_path: Path
) -> None:
    """The first time a task is a questionnaire in both languages, later a language of all questionnaires."""
    run_until_true(publisher, lambda: bool(charts(settings, COUNTRY)))
    drawn = manifest(settings, COUNTRY)
    context = read_round_context(sqlite_database, settings, "r1")
    assert context is not None
    newest = ChartVersion(drawn.version.revision, build.build_digest(context))
    elsewhere = dataclasses.replace(settings, data_dir=tmp_path / "elsewhere")
    drawer = ChartDrawer(elsewhere)
    tasks = [DrawingTask(COUNTRY, "VN", newest, ("first_steps", None), (language,)) for language in languages()]
    again = tuple(entry for task in tasks for entry in drawer.draw(task))
    assert {entry.language for entry in again} == set(languages())
    assert again == drawn.charts


def test_unchanged_leaves_are_not_parsed_again(settings: Settings, sqlite_database: Database, field: Field) -> None:
    context = read_round_context(sqlite_database, settings, "r1")
    assert context is not None
    read = LeafCache()
    count_pending(sqlite_database, context)
    first = read_round_tally(sqlite_database, context, read)
    assert first == read_round_tally(sqlite_database, context)
    assert all(
        leaf is first.leaves[id_] for id_, leaf in read_round_tally(sqlite_database, context, read).leaves.items()
    )
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    count_pending(sqlite_database, context)
    second = read_round_tally(sqlite_database, context, read)
    assert second == read_round_tally(sqlite_database, context) != first


def test_png_and_pdf_are_drawn_on_request(settings: Settings, publisher: Publisher) -> None:
    run_until_true(publisher, lambda: bool(charts(settings, COUNTRY)))
    chart = charts(settings, COUNTRY)[0]
    for format_, begins in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        published.request_drawing(settings, ChartRequest(COUNTRY, chart.id, chart.language, format_))
        file = COUNTRY.folder(settings) / chart.file(format_)
        run_until_true(publisher, file.exists)
        assert file.read_bytes().startswith(begins)
    run_until_true(publisher, lambda: not published.pending_requests(settings))


def test_a_request_for_an_unknown_locality_is_dropped(settings: Settings, publisher: Publisher) -> None:
    published.request_drawing(settings, ChartRequest(ChartKey("r1", "commune", "99999")))
    published.request_drawing(settings, ChartRequest(ChartKey("r9", "country", "VN")))
    publisher.run_once()
    assert published.pending_requests(settings) == {}


def test_a_drawing_process_that_is_killed_is_replaced(settings: Settings, publisher: Publisher) -> None:
    publisher.run_once()
    wait_for(lambda: bool(multiprocessing.active_children()))
    killed = multiprocessing.active_children()[0]
    killed.kill()
    killed.join(MAX_LENGTH)
    run_until_true(publisher, lambda: bool(charts(settings, COUNTRY)))


def test_a_failed_drawing_is_not_repeated_at_every_check(
    settings: Settings, sqlite_database: Database, publisher: Publisher
) -> None:
    context = read_round_context(sqlite_database, settings, "r1")
    assert context is not None
    in_the_way = COUNTRY.folder(settings) / ChartVersion(1, build.build_digest(context)).name
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("no folder for the drawings of revision 1")
    run_until_true(publisher, lambda: not publisher.is_idle())
    province = ChartKey("r1", "province", "01")
    run_until_true(publisher, lambda: bool(charts(settings, province)) and publisher.is_idle())
    publisher.run_once()
    assert publisher.is_idle()


def test_there_is_one_publisher(settings: Settings, sqlite_database: Database) -> None:
    held = FileLock(settings.data_dir / "publisher.lock")
    assert held.try_acquire()
    done = subprocess.run(verb(), env=environment(settings), capture_output=True, text=True, timeout=MAX_LENGTH)
    held.close()
    assert done.returncode == 0
    assert not settings.charts_dir.exists()


def test_a_publisher_continues_where_a_killed_one_stopped(
    settings: Settings, sqlite_database: Database, field: Field
) -> None:
    revisions = settings.charts_dir / "r1" / published.REVISIONS
    with subprocess.Popen(verb(), env=environment(settings), start_new_session=True) as first:
        wait_for(revisions.exists)  # it has counted, and draws
        os.killpg(first.pid, signal.SIGKILL)
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    with subprocess.Popen(verb(), env=environment(settings)) as second:
        wait_for(lambda: is_newest(settings, COUNTRY))
        second.terminate()
        assert second.wait(MAX_LENGTH) == 0
    found = charts(settings, COUNTRY)
    assert {chart.n for chart in found if chart.questionnaire} == {2}
    assert all((COUNTRY.folder(settings) / chart.svg).exists() for chart in found)


def all_ahead_is_drawn(settings: Settings) -> bool:
    paths = {COUNTRY: "VN", ChartKey("r1", "province", "01"): "VN/01", ChartKey("r1", "province", "79"): "VN/79"}
    return all(published.read_page(settings, key, path).is_current for key, path in paths.items())


def files_drawn(settings: Settings) -> dict[Path, int]:
    """With the instants at which they were written."""
    drawn = (each for each in settings.charts_dir.glob("r1/*/**/*") if each.is_file())
    return {each: each.stat().st_mtime_ns for each in drawn}


@pytest.fixture
def upgraded(tmp_path: Path) -> Path:
    """The program with dots in another colour, in the first folder of Python's path."""
    shutil.copytree(ROOT / "analysis", tmp_path / "upgraded" / "analysis")
    style = tmp_path / "upgraded" / "analysis" / "render" / "style.py"
    text = style.read_text(encoding="utf-8")
    assert ACCENT in text
    style.write_text(text.replace(ACCENT, OTHER_ACCENT), encoding="utf-8")
    return tmp_path / "upgraded"


def run_until(settings: Settings, condition: Callable[[], bool], folder: Path = ROOT) -> None:
    """A publisher of the program that lies in this folder."""
    found = environment(settings) | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    with subprocess.Popen(verb(), env=found, cwd=folder) as running:
        wait_for(condition)
        running.terminate()
        assert running.wait(MAX_LENGTH) == 0


def test_an_upgrade_draws_again_with_the_same_revision(
    settings: Settings, sqlite_database: Database, field: Field, upgraded: Path
) -> None:
    run_until(settings, lambda: all_ahead_is_drawn(settings))
    before = manifest(settings, COUNTRY)
    run_until(settings, lambda: manifest(settings, COUNTRY).version.build != before.version.build, upgraded)
    after = manifest(settings, COUNTRY)
    assert after.version.revision == before.version.revision
    for was, now in zip(before.charts, after.charts, strict=True):
        earlier, later = ((COUNTRY.folder(settings) / each.svg).read_text() for each in (was, now))
        assert later == earlier.replace(ACCENT, OTHER_ACCENT)  # the earlier page could be read until then
    assert any(OTHER_ACCENT in (COUNTRY.folder(settings) / each.svg).read_text() for each in after.charts)


def test_an_unchanged_program_draws_nothing_at_a_restart(
    settings: Settings, sqlite_database: Database, publisher: Publisher
) -> None:
    run_until_true(publisher, lambda: all_ahead_is_drawn(settings) and publisher.is_idle())
    before = files_drawn(settings)
    assert before
    again = Publisher(settings, sqlite_database)
    try:
        again.run_once()
        assert again.is_idle()
    finally:
        again.close()
    assert files_drawn(settings) == before


def test_an_outdated_page_is_drawn_again_before_its_pictures(
    settings: Settings, sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.request_drawing(settings, ChartRequest(COMMUNE))
    run_until_true(publisher, lambda: bool(charts(settings, COMMUNE)) and publisher.is_idle())
    chart = charts(settings, COMMUNE)[0]
    monkeypatch.setattr(build, "program_digest", lambda: "another")
    again = Publisher(settings, sqlite_database)
    try:
        asked = ChartRequest(COMMUNE, chart.id, chart.language, "png")
        published.request_drawing(settings, asked)
        run_until_true(again, lambda: published.read_page(settings, COMMUNE, "VN/01/001/00001").is_current)
        assert not (COMMUNE.folder(settings) / chart.png).exists()
        published.request_drawing(settings, asked)
        newer = next(each for each in charts(settings, COMMUNE) if each.id == chart.id)
        run_until_true(again, (COMMUNE.folder(settings) / newer.png).exists)
    finally:
        again.close()


def is_newest(settings: Settings, key: ChartKey) -> bool:
    known = settings.charts_dir / key.round / published.REVISIONS
    newest = json.loads(known.read_text())["revision"] if known.exists() else 0
    return newest >= 2 and manifest(settings, key).version.revision == newest


def verb() -> list[str]:
    return [sys.executable, "-m", "survey_server.cli", "publisher"]


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return kept | {"SURVEY_DATA_DIR": str(settings.data_dir)}


def test_changes_counted_by_an_export_are_drawn(
    settings: Settings, sqlite_database: Database, publisher: Publisher, field: Field, tmp_path: Path
) -> None:
    run_until_true(publisher, lambda: bool(charts(settings, COUNTRY)) and publisher.is_idle())
    before = manifest(settings, COUNTRY).version.revision
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    export_round(sqlite_database, settings, "r1", "zip", tmp_path / "exports")
    run_until_true(publisher, lambda: manifest(settings, COUNTRY).version.revision not in (0, before))
