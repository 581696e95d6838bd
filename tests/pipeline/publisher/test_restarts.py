"""There is one publisher; another one goes on where it stopped, after a kill or an upgrade."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey_server.pipeline.publisher import Publisher
from survey_server.services.chart_bundles import read_member
from survey_server.services.published_charts import ChartPage, chart_blobs
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.lock import FileLock
from survey_server.storage.tables import chart_round
from tests.support.field import Field, body, row, surveyor_of
from tests.support.publishing import (
    COUNTRY,
    MAX_LENGTH,
    all_ahead_is_drawn,
    charts,
    environment,
    file_of,
    page,
    run_until_true,
    verb,
    wait_for,
)
from tests.support.receiving import receive

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
ACCENT, OTHER_ACCENT = "#0b5a8f", "#0b5a80"


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
        return connection.execute(select(func.max(chart_round.c.revision))).scalar() or 0


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
