"""What cannot be drawn, read, deleted or written stops nothing else, and is tried again."""

from __future__ import annotations

import dataclasses
import errno
from threading import Event

import pytest

from survey_server.domain import ChartKey, ChartRequest
from survey_server.pipeline import drawing, drawing_pool, publisher as publishing
from survey_server.pipeline.draw import BundleGroup, ChartDrawer, DrawingTask
from survey_server.pipeline.publisher import Publisher, run_publisher
from survey_server.services import published_charts as published
from survey_server.services.published_charts import chart_blobs
from survey_server.settings import Settings
from survey_server.storage import chart_pages, response_changes
from survey_server.storage.blobs import FolderBlobStore
from survey_server.storage.database import Database
from tests.support.field import Field, body, row, surveyor_of
from tests.support.publishing import COMMUNE, COUNTRY, all_ahead_is_drawn, charts, page, run_until_true
from tests.support.receiving import receive

pytestmark = pytest.mark.slow


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
