"""Ten thousand responses at once, on both databases: all stored once, in bounded memory; ready again after a kill."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.tables import response
from tests.support.field import Field, body, prepare_field, row
from tests.support.processes import workers_of
from tests.support.server import RunningServer
from tests.support.sizes import choose_size
from tests.support.uploading import enrol, upload

pytestmark = [pytest.mark.slow, pytest.mark.long]
CLIENTS, ROWS = choose_size(10, 50), 200
MAX_MEMORY = 512 * 1024  # KiB of a web process
MAX_START = 30.0  # seconds, on a machine that does other things as well; 3 s is promised on one that does not


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


@pytest.fixture
def server(settings: Settings, database: Database, field: Field) -> Iterator[RunningServer]:
    url = database.engine.url.render_as_string(hide_password=False)
    running = RunningServer(settings.data_dir, database_url=url, publisher=False, processes=2)
    running.start()
    yield running
    running.kill()


def test_all_are_stored_once_and_the_server_is_ready_again_after_a_kill(
    server: RunningServer, database: Database, field: Field
) -> None:
    token = enrol(server)
    batches = [[row(body(field)) for _ in range(ROWS)] for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda rows: send_until_stored(server, token, rows), batches))
    assert max(peak_memory(pid) for pid in workers_of(server.pid)) < MAX_MEMORY
    server.kill()
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < MAX_START
    with database.read() as connection:
        counts = select(func.count(), func.count(response.c.id.distinct())).select_from(response)
        assert tuple(connection.execute(counts).one()) == (CLIENTS * ROWS,) * 2


def send_until_stored(server: RunningServer, token: str, rows: list[object]) -> None:
    """As tablets do: who is told to come back later does."""
    while (answer := upload(server, token, rows)).status == 503:  # type: ignore[arg-type]
        time.sleep(int(answer.retry_after or 1) / 10)
    assert answer.receipt in ("stored", "duplicate")


def peak_memory(pid: int) -> int:
    """In KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
