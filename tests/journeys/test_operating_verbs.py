"""The verbs of whoever operates the server, as processes, on both databases, from a plain `init` on."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Cluster
from tests.support.processes import wait_for
from tests.support.server import RunningServer

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def survey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    """A data directory and a database after `init`."""
    yield from prepared(request, tmp_path / "data", is_sqlite=request.param == "sqlite")


def prepared(request: pytest.FixtureRequest, folder: Path, *, is_sqlite: bool) -> Iterator[RunningServer]:
    folder.mkdir(mode=0o700)
    if is_sqlite:
        yield RunningServer(folder)
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.create_database()
    yield RunningServer(folder, database_url=url)
    cluster.drop_database(url)


@pytest.fixture(params=["to sqlite", "to postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    """An empty data directory and an empty database."""
    yield from prepared(request, tmp_path / "restored", is_sqlite=request.param == "to sqlite")


def test_a_survey_is_backed_up_and_restored_after_a_plain_init(
    survey: RunningServer, empty: RunningServer, tmp_path: Path
) -> None:
    survey.run("init")
    survey.run("doctor")
    survey.run("backup", str(tmp_path / "b.tar"))
    empty.run("restore", str(tmp_path / "b.tar"))
    empty.run("doctor")
    empty.run("audit", "verify")
    empty.run("init")
    empty.run("backup", str(tmp_path / "again.tar"))
    refused = empty.run("restore", str(tmp_path / "b.tar"), check=False)
    assert refused.returncode == 1


def test_a_killed_backup_leaves_nothing_after_the_next(survey: RunningServer, tmp_path: Path) -> None:
    survey.run("init")
    process = subprocess.Popen(
        [sys.executable, "-m", "survey_server.cli", "backup", str(tmp_path / "b.tar")], env=survey.environment
    )
    wait_for(lambda: [*survey.data_dir.glob("backup-*/survey.sqlite3")])
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [*survey.data_dir.glob("backup-*")]
    told = survey.run("doctor", check=False)
    assert (told.returncode, "backup-" in told.stdout) == (1, True)
    survey.run("backup", str(tmp_path / "b.tar"))
    survey.run("doctor")
    assert not [*survey.data_dir.glob("backup-*"), *tmp_path.glob(".survey-backup-*")]
