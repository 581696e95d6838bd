"""A granian process with the bridge: bounded bodies, slow clients, streams, TLS, errors in our form."""

from __future__ import annotations

import http.client
import json
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from survey_server.cli.server.bridge import MAX_BODY_BYTES
from survey_server.cli.server.lanes import MAX_WRITING
from tests.support.certificate import make_certificate
from tests.support.server import free_port

pytestmark = pytest.mark.slow
SLOW_CLIENTS = 200
MAX_QUEUED_PIECES = 1_000  # of 64 KiB: the buffers of the kernel and of granian


@contextmanager
def bridged(*files: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [sys.executable, "-m", "tests.support.bridged_app", str(port), *map(str, files)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_listening(port))
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with bridged() as (port, _):
        yield port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def request(port: int, path: str, body: Any = None, method: str = "", **headers: str) -> tuple[Any, bytes]:
    """Sends all it has before it reads, as urllib and requests do. `_` in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method or ("GET" if body is None else "POST"), path, body, named)
        response = connection.getresponse()
        return response, response.read()


def exchange(port: int, sent: bytes) -> tuple[int, bytes]:
    """The status and the body that answer raw bytes."""
    with connected(port) as client:
        client.sendall(sent)
        response = http.client.HTTPResponse(client)
        response.begin()
        return response.status, response.read()


def statuses(port: int, sent: bytes) -> list[int]:
    """Of all answers until the server closes the connection."""
    with connected(port, sent) as client:
        found = b""
        while piece := client.recv(65536):
            found += piece
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", found)]


def connected(port: int, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(sent)
    return client


def head(path: str, *lines: str) -> bytes:
    return "\r\n".join((f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


@pytest.mark.parametrize("size", [0, 1, 125_000, 300_000, MAX_BODY_BYTES])
def test_a_body_arrives_whole(port: int, size: int) -> None:
    assert json.loads(request(port, "/echo", bytes(size))[1])["size"] == size


def test_a_body_in_chunks_is_refused_and_its_sender_reads_why(port: int) -> None:
    pieces = iter([bytes(1024 * 1024)] * 20)
    response, body = request(port, "/api/v1/responses", pieces, Accept_Language="en")
    assert (response.status, json.loads(body)["error"]["code"]) == (411, "length_required")


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 3 * MAX_BODY_BYTES])
def test_a_body_that_is_too_large_is_refused_as_json_below_api(port: int, size: int) -> None:
    response, body = request(port, "/api/v1/responses", bytes(size), Accept_Language="en")
    assert (response.status, response.headers["Content-Type"]) == (413, "application/json")
    error = json.loads(body)["error"]
    assert error == {"code": "too_large", "message": "What was sent is too large.", "details": {}}
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_that_is_too_large_for_a_page_is_refused_as_text(port: int) -> None:
    response, body = request(port, "/login", bytes(MAX_BODY_BYTES + 1))
    assert (response.status, body.decode()) == (413, "Nội dung gửi lên quá lớn.")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_client_that_asks_first_is_told_to_go_on_only_where_it_may(port: int) -> None:
    with connected(port, head("/echo", f"Content-Length: {MAX_BODY_BYTES + 1}", "Expect: 100-continue")) as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    with connected(port, head("/echo", "Content-Length: 2", "Expect: 100-continue")) as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 100 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET /echo HTTP/1.1\r\n\r\n", 400),
        (head("/echo", "Content-Length: 5", "Content-Length: 6") + b"123456", 400),
        (head("/echo", "Transfer-Encoding: chunked") + b"no number\r\n", 411),
        (head("/echo", "X-Long: " + 300_000 * "x"), 431),
    ],
)
def test_a_malformed_request_is_refused(port: int, sent: bytes, status: int) -> None:
    assert exchange(port, sent)[0] == status


@pytest.mark.parametrize(
    "sent",
    [
        head("/echo", "Content-Length: 3", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n",
        head("/echo", "Transfer-Encoding: chunked", "Content-Length: 3") + b"3\r\nabc\r\n0\r\n\r\n",
        head("/echo", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n",
        b"GET /echo HTTP/1.1\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_the_connection_closed(port: int, sent: bytes) -> None:
    (status,) = statuses(port, sent + b"GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert status == (411 if b"chunked" in sent else 400)


def test_a_malformed_request_is_refused_in_the_form_of_the_api(port: int) -> None:
    status, body = exchange(port, head("/api/v1/responses").replace(b"Host: localhost", b"Host: a/b"))
    assert (status, json.loads(body)["error"]["code"]) == (400, "bad_request")


def test_a_failure_of_the_application_is_answered_in_the_form_of_the_api(port: int) -> None:
    assert request(port, "/fail")[0].status == 500
    assert exchange(port, head("/fail"))[1].decode() == "Máy chủ gặp lỗi."


def test_a_head_request_has_the_length_and_no_body(port: int) -> None:
    response, body = request(port, "/echo", method="HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 50


def test_slow_heads_and_bodies_stop_nobody(port: int) -> None:
    with ExitStack() as slow:
        for _ in range(SLOW_CLIENTS):
            slow.enter_context(connected(port, b"POST /echo HTTP/1.1\r\nHost: local"))
            slow.enter_context(connected(port, head("/echo", "Content-Length: 5000") + b"{"))
        began = time.monotonic()
        assert [request(port, "/echo")[0].status for _ in range(6)] == [200] * 6
        assert time.monotonic() - began < 3


def test_slow_readers_of_streams_hold_no_thread(port: int, tmp_path: Path) -> None:
    ends = [tmp_path / f"end-{number}" for number in range(MAX_WRITING + 10)]
    with ExitStack() as slow:
        for end in ends:
            client = slow.enter_context(connected(port, head(f"/endless?{end}")))
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        assert [request(port, "/echo")[0].status for _ in range(6)] == [200] * 6
        assert not any(end.exists() for end in ends)
    wait_until(lambda: all(end.exists() for end in ends))  # closed when the clients were gone


def test_a_stream_makes_no_more_than_its_reader_takes(port: int, tmp_path: Path) -> None:
    made = tmp_path / "end.made"

    def has_stopped() -> bool:
        before = int(made.read_text() or 0)
        select.select([], [], [], 0.5)
        return before == int(made.read_text() or 0) > 0

    with connected(port, head(f"/endless?{tmp_path / 'end'}")) as client:
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        wait_until(has_stopped)
        assert int(made.read_text()) < MAX_QUEUED_PIECES


def test_the_first_part_of_a_stream_arrives_before_the_second_is_made(port: int, tmp_path: Path) -> None:
    go = tmp_path / "go"
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", f"/two-parts?{go}")
        response = connection.getresponse()
        assert response.read(5) == b"first"
        go.touch()
        assert response.read() == b"second"


FORWARDED = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "survey.example"}


def test_a_client_is_not_believed_about_where_it_is(port: int) -> None:
    seen = json.loads(request(port, "/echo", **FORWARDED)[1])
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert seen["HTTP_X_FORWARDED_FOR"] is None


def test_a_running_request_is_finished_after_sigterm() -> None:
    with bridged() as (port, process), connected(port, head("/slow")) as client:
        select.select([], [], [], 0.3)
        process.send_signal(signal.SIGTERM)
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
        process.wait(timeout=20)
        assert not is_listening(port)


def test_tls_is_served_and_a_silent_client_holds_up_nobody(certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(cafile=str(certificate[0]))
    sizes = (0, 10, 16_385, 100_000, 3_000_000)

    def send(size: int) -> int:
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        with closing(connection):
            connection.request("POST", "/echo", bytes(size))
            seen = json.loads(connection.getresponse().read())
            assert seen["wsgi.url_scheme"] == "https"
            return int(seen["size"])

    with bridged(*certificate) as (port, _), connected(port), ThreadPoolExecutor(4) as threads:
        assert tuple(threads.map(send, sizes)) == sizes
        with pytest.raises((http.client.HTTPException, OSError)):
            request(port, "/echo")


def test_two_applications_cannot_be_told_apart_by_an_underscore(port: int) -> None:
    seen = exchange(port, head("/echo", "X_Forwarded_For: 203.0.113.9", "Connection: close"))[1]
    assert json.loads(seen)["HTTP_X_FORWARDED_FOR"] is None
