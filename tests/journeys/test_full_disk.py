"""A disk that is really full, under a real server: nothing acknowledged is lost, reading and signing in go on."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from survey_server.domain.people import Role
from survey_server.services.people import add_person
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import response
from tests.support.field import Field, body, prepare_field, row
from tests.support.server import RunningServer
from tests.support.uploading import enrol, exchange, upload

pytestmark = pytest.mark.slow
PASSWORD = "mot mat khau du dai"
AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB. Mounting one needs root, or sudo without a password; where neither is to be had, as in
    many containers, the test is left out."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = f"size=24m,uid={os.geteuid()},mode=700"
    command = [*AS_ROOT, "mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run([*AS_ROOT, "umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_small_disk(small_disk: Path, settings: Settings) -> Settings:
    (small_disk / "data").mkdir(mode=0o700)
    return replace(
        settings, data_dir=small_disk / "data", database_url=f"sqlite:///{small_disk / 'data' / 'survey.sqlite3'}"
    )


@pytest.fixture
def field(on_small_disk: Settings, migrated_file: Path, tmp_path: Path) -> Field:
    (on_small_disk.data_dir / "survey.sqlite3").write_bytes(migrated_file.read_bytes())
    with closing(open_database(on_small_disk)) as database:
        add_person(database, "lan", "Trần Thị Lan", Role.ANALYST, password=PASSWORD)
        return prepare_field(database, tmp_path)


@pytest.fixture
def server(on_small_disk: Settings, field: Field) -> Iterator[RunningServer]:
    running = RunningServer(on_small_disk.data_dir, publisher=False)
    running.start()
    yield running
    running.kill()


def test_a_full_disk_loses_nothing_and_stops_no_reader(
    server: RunningServer, on_small_disk: Settings, field: Field, small_disk: Path
) -> None:
    token = enrol(server)
    acknowledged = [each.id for each in (row(body(field)) for _ in range(5)) if upload(server, token, [each]).receipt]
    ballast = small_disk / "ballast"
    fill(ballast)
    refused = [row(body(field, paradata={"trail": os.urandom(40_000).hex()})) for _ in range(5)]
    answers = [upload(server, token, [each]) for each in refused]
    assert [(each.status, int(each.retry_after or 0) > 0) for each in answers] == [(503, True)] * 5
    assert exchange(server, "GET", "/healthz")[0].status == 200
    assert exchange(server, "GET", "/readyz")[0].status == 200
    assert sign_in_and_read(server) == 200
    assert server.log.stat().st_size < 30_000  # one line a kind a second
    ballast.unlink()
    assert [upload(server, token, [each]).receipt for each in refused] == ["stored"] * 5
    server.kill()
    with closing(open_database(on_small_disk)) as database:
        assert stored(database) == {*acknowledged, *(each.id for each in refused)}


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def stored(database: Database) -> set[str]:
    with database.read() as connection:
        ids = connection.execute(select(response.c.id)).scalars().all()
    assert len(ids) == len(set(ids))
    return set(ids)


def sign_in_and_read(server: RunningServer) -> int:
    """The status of a page for those who signed in."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("GET", "/login")
        answer = connection.getresponse()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
        assert token
        form = urllib.parse.urlencode({"csrf_token": token[1], "account": "lan", "password": PASSWORD})
        headers = {"Cookie": cookies(answer), "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302
        connection.request("GET", "/responses", headers={"Cookie": cookies(answer)})
        answer = connection.getresponse()
        answer.read()
        return answer.status


def cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
