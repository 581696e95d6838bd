"""A disk that flushes slowly, a database that does not answer: uploads are told so, everything else goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from survey_server.cli.server.lanes import WRITE_TIMEOUT
from survey_server.services.receiving import UploadedRow
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import Field, body, prepare_field, row
from tests.support.server import RunningServer
from tests.support.uploading import Answer, count_stored, enrol, exchange, flushing_in, upload, upload_together

pytestmark = pytest.mark.slow
# Seconds. 100 uploads a second with flushes of 0.4 s are 40 a flush; slower ones leave clients of a busy machine the
# time to come back.
SLOW_FLUSH, STUCK_FLUSH = 2.0, 24.0
MIN_UPLOADS = 40  # a flush
CLIENTS = 160
NEEDING_NO_DATABASE = ("/healthz", "/tablet/", "/static/favicon.svg")
PROMPT = 3.0  # seconds


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    return prepare_field(sqlite_database, tmp_path)


@contextmanager
def served(
    settings: Settings, *, under: tuple[str, ...] = (), database_url: str | None = None
) -> Iterator[RunningServer]:
    server = RunningServer(settings.data_dir, publisher=False, processes=2, under=under, database_url=database_url)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def seconds_of(server: RunningServer, path: str) -> float:
    began = time.monotonic()
    assert exchange(server, "GET", path)[0].status == 200, path
    return time.monotonic() - began


def assert_told_to_come_again(answers: list[Answer]) -> None:
    assert {(each.status, int(each.retry_after or 0) > 0) for each in answers} == {(503, True)}
    assert max(each.seconds for each in answers) < WRITE_TIMEOUT + PROMPT


def receipt_in_the_end(server: RunningServer, token: str, sent: UploadedRow) -> str:
    """Sent again as often as the server asks for it: a process that was killed in a slow flush ends after it."""
    deadline = time.monotonic() + 2 * STUCK_FLUSH
    while (answer := upload(server, token, [sent])).status == 503 and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer.receipt


def test_two_processes_share_slow_flushes_among_many_uploads(settings: Settings, field: Field) -> None:
    with served(settings, under=flushing_in(SLOW_FLUSH)) as server:
        token = enrol(server)
        count_stored(server, token, lambda: row(body(field)), CLIENTS, 2 * SLOW_FLUSH)  # all connections are open then
        stored = count_stored(server, token, lambda: row(body(field)), CLIENTS, 6 * SLOW_FLUSH)
    assert stored / 6 >= MIN_UPLOADS


def test_a_stuck_flush_stops_neither_health_nor_pages_and_uploads_are_told(settings: Settings, field: Field) -> None:
    with served(settings) as server:
        token = enrol(server)
    rows = [row(body(field)) for _ in range(CLIENTS)]
    with served(settings, under=flushing_in(STUCK_FLUSH)) as server, ThreadPoolExecutor(1) as clients:
        uploads = clients.submit(upload_together, server, token, rows)
        while not uploads.done():
            for path in (*NEEDING_NO_DATABASE, "/readyz", "/login"):
                assert seconds_of(server, path) < PROMPT, path
        assert_told_to_come_again(uploads.result())
    with served(settings) as server:
        assert {receipt_in_the_end(server, token, each) for each in rows} <= {"stored", "duplicate"}


@pytest.fixture
def postgres_field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_stands_still_stops_neither_health_nor_the_tablets_pages(
    settings: Settings, database: Database, postgres_field: Field
) -> None:
    url = database.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    database.release_connections()
    with served(settings, database_url=url) as server, ThreadPoolExecutor(1) as clients:
        token = enrol(server)
        rows = [row(body(postgres_field)) for _ in range(CLIENTS // 4)]
        assert {each.receipt for each in upload_together(server, token, rows)} == {"stored"}
        others = [row(body(postgres_field)) for _ in range(CLIENTS)]
        with stopped(backends(url)):
            uploads = clients.submit(upload_together, server, token, others)
            while not uploads.done():
                for path in NEEDING_NO_DATABASE:
                    assert seconds_of(server, path) < PROMPT, path
            assert_told_to_come_again([each for each in uploads.result() if each.status != 200])
            assert any(each.status == 503 for each in uploads.result())
        assert {receipt_in_the_end(server, token, each) for each in others} <= {"stored", "duplicate"}


def backends(url: str) -> list[int]:
    """The processes of PostgreSQL that serve this database."""
    with closing(psycopg.connect(url)) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in found]


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
