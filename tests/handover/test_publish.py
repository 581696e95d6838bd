"""The publisher: draws what changed, starts again what died, is alone, and goes on after a kill."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from survey_server.handover.export import export_round
from survey_server.handover.publish import Publisher
from survey_server.services import published_charts as published
from survey_server.services.published_charts import Place, Request
from survey_server.services.receive_responses import receive
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.lock import FileLock
from tests.support.field import Field, body, prepare_field, row, surveyor_of

pytestmark = pytest.mark.slow
COUNTRY = Place("r1", "country", "VN")
COMMUNE = Place("r1", "commune", "00001")
LONGEST = 120.0  # a machine that does other things as well


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


def look_until(publisher: Publisher, condition: Callable[[], bool]) -> None:
    def looked() -> bool:
        publisher.look()
        return condition()

    wait_for(looked)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def manifest(settings: Settings, place: Place) -> dict[str, Any]:
    return published.read_manifest(settings, place) or {"revision": None, "charts": []}


def test_a_new_response_is_drawn_ahead_and_what_is_looked_at_too(
    settings: Settings, sqlite_database: Database, field: Field, publisher: Publisher
) -> None:
    published.ask_for(settings, Request(COMMUNE))
    look_until(publisher, lambda: all(manifest(settings, each)["charts"] for each in (COUNTRY, COMMUNE)))
    first = manifest(settings, COMMUNE)
    for chart in first["charts"]:
        for form in ("svg", "csv"):
            assert (COMMUNE.folder(settings) / chart[form]).stat().st_size > 0
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    look_until(publisher, lambda: manifest(settings, COMMUNE)["revision"] not in (None, first["revision"]))
    assert {chart["n"] for chart in manifest(settings, COMMUNE)["charts"] if chart["questionnaire"]} == {2}
    assert (COMMUNE.folder(settings) / first["charts"][0]["svg"]).exists()  # for whoever read the page just before


def test_a_picture_is_drawn_when_it_is_asked_for(settings: Settings, publisher: Publisher) -> None:
    look_until(publisher, lambda: bool(manifest(settings, COUNTRY)["charts"]))
    chart = manifest(settings, COUNTRY)["charts"][0]
    for form, begins in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        published.ask_for(settings, Request(COUNTRY, chart["id"], chart["language"], form))
        file = COUNTRY.folder(settings) / chart[form]
        look_until(publisher, file.exists)
        assert file.read_bytes().startswith(begins)
    look_until(publisher, lambda: not published.waiting_requests(settings))


def test_a_request_for_what_is_not_there_is_laid_aside(settings: Settings, publisher: Publisher) -> None:
    published.ask_for(settings, Request(Place("r1", "commune", "99999")))
    published.ask_for(settings, Request(Place("r9", "country", "VN")))
    publisher.look()
    assert published.waiting_requests(settings) == {}


def test_a_drawing_process_that_is_killed_is_replaced(settings: Settings, publisher: Publisher) -> None:
    publisher.look()
    wait_for(lambda: bool(multiprocessing.active_children()))
    killed = multiprocessing.active_children()[0]
    killed.kill()
    killed.join(LONGEST)
    look_until(publisher, lambda: bool(manifest(settings, COUNTRY)["charts"]))


def test_what_cannot_be_drawn_does_not_keep_the_publisher_busy(settings: Settings, publisher: Publisher) -> None:
    in_the_way = COUNTRY.folder(settings) / "1"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("no folder for the drawings of revision 1")
    look_until(publisher, lambda: not publisher.is_idle())
    province = Place("r1", "province", "01")
    look_until(publisher, lambda: bool(manifest(settings, province)["charts"]) and publisher.is_idle())
    publisher.look()
    assert publisher.is_idle()


def test_there_is_one_publisher(settings: Settings, sqlite_database: Database) -> None:
    held = FileLock(settings.data_dir / "publisher.lock")
    assert held.try_acquire()
    done = subprocess.run(verb(), env=environment(settings), capture_output=True, text=True, timeout=LONGEST)
    held.close()
    assert done.returncode == 0
    assert not settings.charts_dir.exists()


def test_killed_half_way_the_next_one_goes_on(settings: Settings, sqlite_database: Database, field: Field) -> None:
    revisions = settings.charts_dir / "r1" / published.REVISIONS
    with subprocess.Popen(verb(), env=environment(settings), start_new_session=True) as first:
        wait_for(revisions.exists)  # it has counted, and draws
        os.killpg(first.pid, signal.SIGKILL)
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    reading, writing = os.pipe()
    command = [*verb(), "--parent-pipe", str(reading)]
    with subprocess.Popen(command, env=environment(settings), pass_fds=[reading]) as second:
        wait_for(lambda: is_newest(settings, COUNTRY))
        os.close(writing)  # its parent is gone
        assert second.wait(LONGEST) == 0
    os.close(reading)
    charts = manifest(settings, COUNTRY)["charts"]
    assert {chart["n"] for chart in charts if chart["questionnaire"]} == {2}
    assert all((COUNTRY.folder(settings) / chart["svg"]).exists() for chart in charts)


def is_newest(settings: Settings, place: Place) -> bool:
    known = settings.charts_dir / place.round / published.REVISIONS
    newest = json.loads(known.read_text())["revision"] if known.exists() else 0
    return newest >= 2 and manifest(settings, place)["revision"] == newest


def verb() -> list[str]:
    return [sys.executable, "-m", "survey_server.cli", "publisher"]


def environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return kept | {"SURVEY_DATA_DIR": str(settings.data_dir)}


def test_what_an_export_counted_is_drawn_too(
    settings: Settings, sqlite_database: Database, publisher: Publisher, field: Field, tmp_path: Path
) -> None:
    look_until(publisher, lambda: bool(manifest(settings, COUNTRY)["charts"]) and publisher.is_idle())
    before = manifest(settings, COUNTRY)["revision"]
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    export_round(sqlite_database, settings, "r1", "zip", tmp_path / "exports")
    look_until(publisher, lambda: manifest(settings, COUNTRY)["revision"] not in (None, before))
