"""The publisher: draws changed charts, restarts dead workers, runs once, and continues after a kill."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection

from survey_server.domain import CENTRE, ChartBundle, ChartKey, ChartRequest, ReviewAction
from survey_server.pipeline import build, drawing, drawing_pool, limits, publisher as publishing
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.draw import BundleGroup, ChartDrawer, DrawingTask
from survey_server.pipeline.publisher import Publisher, run_publisher
from survey_server.pipeline.round_tally import LeafCache, read_round_tally
from survey_server.services import published_charts as published
from survey_server.services.chart_bundles import read_member
from survey_server.services.published_charts import ChartEntry, ChartPage, chart_blobs
from survey_server.services.review_response import take_step
from survey_server.settings import Settings
from survey_server.storage import chart_pages, chart_requests, chart_versions, response_changes, responses
from survey_server.storage.blobs import FolderBlobStore
from survey_server.storage.database import Database
from survey_server.storage.lock import FileLock
from tests.support.field import Field, assign_at, body, prepare_field, row, surveyor_of
from tests.support.receiving import of_second_steps, receive

pytestmark = pytest.mark.slow
COUNTRY = ChartKey("r1", "country", "VN")
COMMUNE = ChartKey("r1", "commune", "00001")
PATHS = {
    COUNTRY: "VN",
    ChartKey("r1", "province", "01"): "VN/01",
    ChartKey("r1", "province", "79"): "VN/79",
    COMMUNE: "VN/01/001/00001",
}
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


def page(database: Database, key: ChartKey) -> ChartPage:
    return published.read_page(database, key, PATHS[key], CENTRE)


def charts(database: Database, key: ChartKey) -> list[ChartEntry]:
    return [entry for _, entry in page(database, key).entries()]


def is_drawn(database: Database, key: ChartKey) -> bool:
    return page(database, key).is_current and bool(charts(database, key))


def pending(database: Database) -> list[ChartRequest]:
    with database.read() as connection:
        return chart_requests.pending(connection)


def file_of(settings: Settings, database: Database, key: ChartKey, name: str) -> bytes:
    """A chart's SVG or CSV."""
    found = published.find_file(page(database, key), name)
    assert found is not None
    return read_member(chart_blobs(settings), found[0].sha256, name.rpartition("/")[2])


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


def test_a_drawing_process_that_is_killed_is_replaced(sqlite_database: Database, publisher: Publisher) -> None:
    run_until_true(publisher, lambda: bool(publisher._pool.processes()))
    killed = publisher._pool.processes()[0]
    killed.kill()
    run_until_true(publisher, lambda: is_drawn(sqlite_database, COUNTRY))


def test_drawing_processes_end_when_there_is_nothing_to_draw(
    sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database))
    pids = [each.pid for each in publisher._pool.processes()]
    assert pids
    monkeypatch.setattr(drawing_pool, "IDLE_TIMEOUT", 0.0)
    run_until_true(publisher, lambda: not publisher._pool.processes())
    wait_for(lambda: not any(is_running(pid) for pid in pids if pid is not None))


def test_drawing_processes_end_with_a_killed_publisher(settings: Settings, field: Field) -> None:
    with subprocess.Popen(verb(), env=environment(settings)) as running:
        wait_for(lambda: len(drawing_processes(settings)) > 2)  # the fork server, multiprocessing's tracker, a worker
        running.kill()
    wait_for(lambda: not drawing_processes(settings))


def test_all_but_the_writing_of_rows_leaves_the_processor_to_others(
    settings: Settings, sqlite_database: Database, field: Field
) -> None:
    with subprocess.Popen(verb(), env=environment(settings)) as running:
        wait_for(lambda: len(drawing_processes(settings)) > 2)
        threads = sorted(int(each.name) for each in Path(f"/proc/{running.pid}/task").iterdir())
        priorities = {thread: os.getpriority(os.PRIO_PROCESS, thread) for thread in threads}
        of_drawing = {os.getpriority(os.PRIO_PROCESS, pid) for pid in drawing_processes(settings)}
        running.kill()
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert priorities.pop(running.pid) == limits.NICENESS
    assert own in priorities.values()  # the thread that writes
    assert of_drawing == {limits.NICENESS}


def drawing_processes(settings: Settings) -> list[int]:
    """Every process with this data directory in its environment but the publisher itself."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_own = f"SURVEY_DATA_DIR={settings.data_dir}".encode() in (process / "environ").read_bytes()
            if is_own and b"multiprocessing" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def is_running(pid: int) -> bool:
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def break_charts(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the jobs of the country fail as in a worker with this error."""

    def fail(pool: drawing_pool.DrawingPool, task: drawing_pool.Task) -> drawing_pool.Job:
        job = submit(pool, task)
        if isinstance(task, DrawingTask) and task.key == COUNTRY:
            pool._waiting.remove(job)
            job.failure = drawing_pool.Failure(repr(error), isinstance(error, OSError))
        return job

    submit = drawing_pool.DrawingPool.submit
    monkeypatch.setattr(drawing_pool.DrawingPool, "submit", fail)


def test_a_failed_drawing_neither_stops_others_nor_is_repeated_at_every_check(
    sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_charts(monkeypatch, ValueError("a mistake"))
    province = ChartKey("r1", "province", "01")
    run_until_true(publisher, lambda: bool(charts(sqlite_database, province)) and publisher.is_idle())
    publisher.run_once()
    assert publisher.is_idle()
    assert not charts(sqlite_database, COUNTRY)


def test_a_drawing_that_failed_on_a_full_disk_is_tried_again(
    sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "RETRY_INTERVAL", 0.1)
    with pytest.MonkeyPatch.context() as broken:
        break_charts(broken, OSError(28, "No space left on device"))
        province = ChartKey("r1", "province", "01")
        run_until_true(publisher, lambda: bool(charts(sqlite_database, province)))
    assert not charts(sqlite_database, COUNTRY)
    run_until_true(publisher, lambda: bool(charts(sqlite_database, COUNTRY)))


def test_one_chart_that_cannot_be_drawn_does_not_stop_the_others(
    settings: Settings, sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.charts import heat_map

    run_until_true(publisher, lambda: bool(charts(sqlite_database, COUNTRY)))
    bundle = next(each for each in page(sqlite_database, COUNTRY).bundles if each.questionnaire == "first_steps")
    group = BundleGroup("first_steps", 0, bundle.version.build)
    task = DrawingTask(COUNTRY, "VN", bundle.version, (group,), ("vi",))
    kinds = {each.kind for each in published.bundle_entries(ChartDrawer(settings).draw(task)[0])}

    def fail(*_: object) -> None:
        raise ValueError("a mistake")

    broken = dataclasses.replace(heat_map.KIND, build_table=fail)
    monkeypatch.setattr("analysis.report.QUESTIONNAIRE_KINDS", (broken, *_other_kinds()))
    left = {each.kind for each in published.bundle_entries(ChartDrawer(settings).draw(task)[0])}
    assert "heat_map" in kinds
    assert left == kinds - {"heat_map"}


def _other_kinds() -> list[object]:
    from analysis.report import QUESTIONNAIRE_KINDS

    return [each for each in QUESTIONNAIRE_KINDS if each.name != "heat_map"]


@pytest.mark.parametrize("damage", ["missing", "short", "zeros"])
def test_charts_whose_file_cannot_be_read_are_drawn_again(
    settings: Settings, sqlite_database: Database, publisher: Publisher, damage: str
) -> None:
    published.request_drawing(sqlite_database, ChartRequest(COMMUNE))
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database) and bool(charts(sqlite_database, COMMUNE)))
    bundle = next(each for each in page(sqlite_database, COMMUNE).bundles if each.sha256)
    file = settings.charts_dir / "files" / bundle.sha256[:2] / bundle.sha256
    content = file.read_bytes()
    file.unlink()
    if damage == "short":
        file.write_bytes(content[:100])
    elif damage == "zeros":  # as a power cut leaves it: the length is there, the bytes are not
        file.write_bytes(bytes(len(content)))
    published.request_drawing(sqlite_database, ChartRequest(COMMUNE))  # as the page does
    run_until_true(publisher, lambda: file.exists() and file.read_bytes() == content)


def test_a_file_that_cannot_be_deleted_does_not_stop_the_publisher(
    settings: Settings, sqlite_database: Database, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover = chart_blobs(settings).put(b"on a damaged part of the disk")
    delete = FolderBlobStore.delete

    def refuse(store: FolderBlobStore, sha256: str) -> None:
        if sha256 == leftover:
            raise OSError(errno.EIO, "Input/output error")
        delete(store, sha256)

    monkeypatch.setattr(FolderBlobStore, "delete", refuse)
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database))


def test_files_that_no_row_names_are_deleted(
    settings: Settings, sqlite_database: Database, publisher: Publisher, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "GRACE_PERIOD", 0.0)
    (settings.charts_dir / "r1" / "country" / "VN").mkdir(parents=True)  # as release 0.1 left it
    leftover = chart_blobs(settings).put(b"of a drawing that was interrupted")
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database))
    assert chart_blobs(settings).size(leftover) is None
    assert [each.name for each in settings.charts_dir.iterdir()] == ["files"]
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    before = page(sqlite_database, COUNTRY).revision
    run_until_true(publisher, lambda: page(sqlite_database, COUNTRY).revision != before)
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database) and publisher.is_idle())
    publisher.run_once()
    stored = set(chart_blobs(settings).digests())
    with sqlite_database.read() as connection:
        assert chart_pages.named_digests(connection, stored) == stored


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
    with subprocess.Popen(verb(), env=environment(settings), start_new_session=True) as first:
        wait_for(lambda: newest_revision(sqlite_database) > 0)  # it has counted, and draws
        os.killpg(first.pid, signal.SIGKILL)
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    with subprocess.Popen(verb(), env=environment(settings)) as second:
        wait_for(lambda: newest_revision(sqlite_database) >= 2 and page(sqlite_database, COUNTRY).is_current)
        second.terminate()
        assert second.wait(MAX_LENGTH) == 0
    found = charts(sqlite_database, COUNTRY)
    assert {chart.n for chart in found if chart.questionnaire} == {2}
    assert all(file_of(settings, sqlite_database, COUNTRY, chart.svg) for chart in found)


def newest_revision(database: Database) -> int:
    with database.read() as connection:
        newest = chart_versions.newest_of(connection, "r1")
    return newest.revision if newest is not None else 0


def all_ahead_is_drawn(database: Database) -> bool:
    ahead = (page(database, key) for key in PATHS if key != COMMUNE)
    return all(each.required is not None and each.is_current for each in ahead)


def files_drawn(settings: Settings) -> dict[Path, int]:
    """With the instants at which they were written."""
    return {each: each.stat().st_mtime_ns for each in (settings.charts_dir / "files").glob("??/*")}


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
    run_until(settings, lambda: all_ahead_is_drawn(sqlite_database))
    before = page(sqlite_database, COUNTRY)
    earlier = svgs(settings, before)
    run_until(settings, lambda: builds_of(page(sqlite_database, COUNTRY)).isdisjoint(builds_of(before)), upgraded)
    after = page(sqlite_database, COUNTRY)
    assert after.revision == before.revision
    later = svgs(settings, after)
    assert later == [each.replace(ACCENT, OTHER_ACCENT) for each in earlier]
    assert any(OTHER_ACCENT in each for each in later)


def svgs(settings: Settings, shown: ChartPage) -> list[str]:
    blobs = chart_blobs(settings)
    found = ((bundle, entry.svg.rpartition("/")[2]) for bundle, entry in shown.entries())
    return [read_member(blobs, bundle.sha256, name).decode() for bundle, name in found]


def builds_of(shown: ChartPage) -> set[str]:
    return {each.version.build for each in shown.bundles}


def test_an_unchanged_program_draws_nothing_at_a_restart(
    settings: Settings, sqlite_database: Database, publisher: Publisher
) -> None:
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database) and publisher.is_idle())
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


def verb() -> list[str]:
    return [sys.executable, "-m", "survey_server.cli", "publisher"]


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return kept | {"SURVEY_DATA_DIR": str(settings.data_dir)}


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


def test_a_state_that_could_not_be_written_is_written_later(
    settings: Settings, sqlite_database: Database, publisher: Publisher, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The changes are counted by then, so that nothing else would remind the publisher of them."""
    run_until_true(publisher, lambda: all_ahead_is_drawn(sqlite_database) and publisher.is_idle())
    before = page(sqlite_database, COUNTRY).revision
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    with monkeypatch.context() as full:
        full.setattr(publishing, "write_required", _disk_is_full)
        with pytest.raises(OSError, match="No space left"):
            run_until_true(publisher, lambda: False)
        with sqlite_database.read() as connection:
            assert not response_changes.is_any(connection)
    run_until_true(publisher, lambda: page(sqlite_database, COUNTRY).revision > before)


def _disk_is_full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_publisher_pauses_longer_after_each_failure(
    settings: Settings, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    class Stopping(Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            return len(pauses) > 16

    monkeypatch.setattr(Publisher, "run_once", _disk_is_full)
    monkeypatch.setattr(publishing, "lower_priority", lambda: None)  # of the other tests
    run_publisher(settings, Stopping())
    assert [each for each in pauses if each > 1] == [3.0, 6.0, 12.0, 24.0, 48.0, 60.0, 60.0, 60.0]
