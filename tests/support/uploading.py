"""Uploads to a running server from many clients at once, and how each was answered."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from survey_server.services.receiving.parse import UploadedRow
from tests.support.server import RunningServer

Rows = Sequence[UploadedRow]


def flushing_in(seconds: float) -> tuple[str, ...]:
    """The command under which each flush of the disk takes so long."""
    tracer = shutil.which("strace")
    assert tracer, "strace is needed; on Debian: sudo apt install strace"
    calls = "fsync,fdatasync"
    return (
        tracer, "-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={calls}",
        "-e", f"inject={calls}:delay_enter={int(seconds * 1e6)}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds`: from the request to its answer; `receipt`: the status of the first row, where the answer has one."""

    status: int
    seconds: float
    receipt: str
    retry_after: str | None


def enrol(server: RunningServer) -> str:
    """The upload token of a new device."""
    sent = json.dumps({"code": server.enrolment_code(), "name": "Máy 01"})
    return str(json.loads(exchange(server, "POST", "/api/v1/devices/enrol", sent)[1])["token"])


def exchange(
    server: RunningServer, method: str, path: str, sent: str = "", token: str = ""
) -> tuple[http.client.HTTPResponse, bytes]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"} if sent else {}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request(method, path, sent.encode() or None, headers)
        response = connection.getresponse()
        return response, response.read()


def upload(server: RunningServer, token: str, rows: Rows) -> Answer:
    listed = [{"id": each.id, "sha256": each.sha256, "body": each.body} for each in rows]
    began = time.monotonic()
    response, body = exchange(server, "POST", "/api/v1/responses", json.dumps({"responses": listed}), token)
    receipt = json.loads(body)["receipts"][0]["status"] if response.status == 200 else ""
    return Answer(response.status, time.monotonic() - began, receipt, response.headers["Retry-After"])


def upload_together(server: RunningServer, token: str, rows: Rows) -> list[Answer]:
    """Each row from a client of its own, all at the same moment."""
    with ThreadPoolExecutor(len(rows)) as clients:
        return list(clients.map(lambda row: upload(server, token, [row]), rows))


def count_stored(
    server: RunningServer, token: str, make_row: Callable[[], UploadedRow], clients: int, seconds: float
) -> int:
    """How many rows were stored by clients of which each sends one after the other."""
    stored, end = [0], time.monotonic() + seconds
    lock = threading.Lock()

    def send() -> None:
        while time.monotonic() < end:
            answer = upload(server, token, [make_row()])
            with lock:
                stored[0] += answer.receipt == "stored" and time.monotonic() < end

    threads = [threading.Thread(target=send) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return stored[0]
