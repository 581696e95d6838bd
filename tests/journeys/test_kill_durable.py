"""A receipt follows a flush of the disk; slow clients do not stop the server."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from survey_server.services.receiving.parse import UploadedRow
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import Field, body, prepare_field, row
from tests.support.processes import workers_of
from tests.support.server import RunningServer

SLOW_CLIENTS = 200
SENT = 12
RECEIPT = re.compile(r"\b(?:write|writev|send|sendto|sendmsg)\(.*HTTP/1\.1 200")


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    return prepare_field(sqlite_database, tmp_path)


@pytest.fixture
def server(settings: Settings, field: Field) -> Iterator[RunningServer]:
    running = RunningServer(settings.data_dir, publisher=False, processes=1)
    running.start()
    yield running
    running.kill()


def post(server: RunningServer, path: str, content: object, token: str = "") -> dict[str, object]:
    request = urllib.request.Request(
        f"{server.url}{path}",
        json.dumps(content).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def enrolled(server: RunningServer) -> str:
    return str(post(server, "/api/v1/devices/enrol", {"code": server.enrolment_code(), "name": "Máy 01"})["token"])


def upload(server: RunningServer, token: str, sent: UploadedRow) -> str:
    rows = [{"id": sent.id, "sha256": sent.sha256, "body": sent.body}]
    receipts = post(server, "/api/v1/responses", {"responses": rows}, token)["receipts"]
    assert isinstance(receipts, list)
    return str(receipts[0]["status"])


@pytest.mark.slow
def test_the_disk_is_flushed_before_each_receipt(server: RunningServer, field: Field, tmp_path: Path) -> None:
    tracer = shutil.which("strace")
    assert tracer, "strace is needed; on Debian: sudo apt install strace"
    token = enrolled(server)
    (worker,) = workers_of(server.pid)
    trace = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,write,writev,sendto,sendmsg"
    tracing = subprocess.Popen([tracer, "-f", "-s", "64", "-e", calls, "-o", str(trace), "-p", str(worker)])
    try:
        wait_until(lambda: trace.exists() and is_traced(worker))
        for _ in range(SENT):
            assert upload(server, token, row(body(field))) == "stored"
    finally:
        tracing.terminate()
        tracing.wait(timeout=20)
    flushed, receipts = False, 0
    for line in trace.read_text(errors="replace").splitlines():
        if "sync(" in line or ("sync resumed" in line):
            flushed = True
        elif RECEIPT.search(line):
            assert flushed, f"a receipt before its flush: {line}"
            flushed, receipts = False, receipts + 1
    assert receipts == SENT


def is_traced(pid: int) -> bool:
    return "TracerPid:\t0" not in Path(f"/proc/{pid}/status").read_text()


def wait_until(condition: object) -> None:
    deadline = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
def test_two_hundred_slow_clients_do_not_stop_the_others(server: RunningServer, field: Field) -> None:
    token = enrolled(server)
    begun = (
        b"POST /api/v1/responses HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
    )
    with ExitStack() as slow:
        for _ in range(SLOW_CLIENTS):
            connection = slow.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            connection.sendall(begun)
        began = time.monotonic()
        assert [upload(server, token, row(body(field))) for _ in range(10)] == ["stored"] * 10
        assert time.monotonic() - began < 10
