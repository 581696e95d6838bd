"""kill -9 under load: no acknowledged response is lost, none is stored twice."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
import time
import urllib.request
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import audit, response
from tests.support.field import Field, body, prepare_field
from tests.support.server import RunningServer
from tests.support.sizes import choose_size

KILLS = choose_size(6, 20)
WRITERS = 8


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


def _token(server: RunningServer) -> str:
    sent = json.dumps({"code": server.enrolment_code("surveyor"), "name": "Máy thử"}).encode()
    request = urllib.request.Request(
        f"{server.url}/api/v1/devices/enrol", sent, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["token"])


class Writer(threading.Thread):
    """Sends responses one by one, each until it is acknowledged, as a tablet does."""

    def __init__(self, server: RunningServer, token: str, field: Field, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.server, self.token, self.field, self.stopping = server, token, field, stop
        self.acknowledged: list[str] = []
        self.statuses: Counter[str] = Counter()

    def run(self) -> None:
        while not self.stopping.is_set():
            written = json.dumps(body(self.field, id=str(uuid.uuid4())))
            self._send_until_acknowledged(written)

    def _send_until_acknowledged(self, written: str) -> None:
        row = {"id": json.loads(written)["id"], "sha256": hashlib.sha256(written.encode()).hexdigest(), "body": written}
        while not self.stopping.is_set():
            try:
                receipt = self._post({"responses": [row]})["receipts"][0]
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.1)  # the server that is starting needs the processor
                continue
            self.statuses[receipt["status"]] += 1
            self.acknowledged.append(row["id"])
            return

    def _post(self, content: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.server.url}/api/v1/responses",
            json.dumps(content).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@pytest.mark.slow
@pytest.mark.long
def test_killed_many_times_under_eight_writers(
    request: pytest.FixtureRequest, settings: Settings, database: Database, field: Field
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    # On SQLite two processes take turns at one file. PostgreSQL orders its own connections: one process does there.
    processes = 2 if database.is_sqlite else 1
    server = RunningServer(settings.data_dir, database_url=url, publisher=False, processes=processes)
    request.addfinalizer(server.kill)
    server.start()
    token = _token(server)
    stop = threading.Event()
    writers = [Writer(server, token, field, stop) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    rng = random.Random(7)
    for _ in range(KILLS):
        before = sum(len(writer.acknowledged) for writer in writers)
        deadline = time.monotonic() + 30
        while sum(len(writer.acknowledged) for writer in writers) < before + WRITERS and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.15))
        server.kill()
        server.start()
    stop.set()
    for writer in writers:
        writer.join(timeout=30)
    server.stop()
    acknowledged = [id_ for writer in writers for id_ in writer.acknowledged]
    assert len(acknowledged) >= KILLS * WRITERS
    opened = open_database(settings) if database.is_sqlite else database
    with opened.read() as connection:
        kept = Counter(connection.execute(select(response.c.id)).scalars())
        entries = connection.execute(
            select(func.count()).select_from(audit).where(audit.c.action == "receive_response")
        ).scalar_one()
    assert [id_ for id_ in acknowledged if kept[id_] != 1] == []
    assert max(kept.values()) == 1
    assert entries == sum(kept.values())
