"""What stands before the application: TLS, a trusted proxy, and the answers to what never reaches it."""

from __future__ import annotations

import http.client
import json
import select
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from survey_server.cli.server import channels
from survey_server.cli.server.front import MAX_BODY_BYTES, THREADS, Front, Place, listen, tls_of
from survey_server.problems import ProblemError
from tests.support.front import run
from tests.support.server import RunningServer

Serve = Callable[..., int]
TOLD = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")


def app(environ: dict[str, Any], start: Any) -> list[bytes]:
    if environ["PATH_INFO"] == "/fault":
        raise ValueError("a fault")
    read = len(environ["wsgi.input"].read())
    start("200 OK", [("Content-Type", "application/json")])
    told = {name: environ.get(name) for name in TOLD} | {"read": read, "padding": "x" * read}
    return [json.dumps(told).encode()]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as running:

        def start(cert: Path | None = None, key: Path | None = None, trusted_proxy: str = "") -> int:
            listening = listen("127.0.0.1", 0)
            port = int(listening.getsockname()[1])
            tls = tls_of(cert, key) if cert is not None and key is not None else None
            running.callback(run(Front(app, listening, Place("127.0.0.1", port, tls, trusted_proxy))))
            return port

        yield start


def ask(port: int, path: str, headers: dict[str, str], body: bytes | None = None) -> tuple[Any, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("POST" if body is not None else "GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


TOO_LARGE = {"Content-Length": str(MAX_BODY_BYTES + 1)}
TOO_MUCH = "Content-Length: 99999999999"


def test_what_is_too_large_for_the_door_is_refused_in_the_apis_form(serve: Serve) -> None:
    answer, sent = ask(serve(), "/api/v1/responses", {**TOO_LARGE, "Accept-Language": "en"}, b"")
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/json")
    error = json.loads(sent)["error"]
    assert (error["code"], error["details"]) == ("too_large", {})
    assert error["message"].isascii()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def refused(port: int, body: Any, context: ssl.SSLContext | None = None, **headers: str) -> tuple[int, str]:
    """What a client hears that sends all it has before it listens, as urllib and requests do."""
    connection = (
        http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
        if context is not None
        else http.client.HTTPConnection("localhost", port, timeout=20)
    )
    with closing(connection):
        connection.request("POST", "/api/v1/responses", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["error"]["code"]


@pytest.mark.parametrize("size", [MAX_BODY_BYTES, MAX_BODY_BYTES + 1, 3 * MAX_BODY_BYTES])
def test_a_client_that_sends_everything_before_it_listens_is_told(serve: Serve, size: int) -> None:
    assert refused(serve(), bytes(size)) == (413, "too_large")


def test_a_client_that_does_not_say_how_much_it_sends_is_told(serve: Serve) -> None:
    pieces = iter([bytes(1024 * 1024)] * 40)
    assert refused(serve(), pieces) == (413, "too_large")


def test_a_client_is_told_over_tls(serve: Serve, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.create_default_context(cafile=str(cert))
    assert refused(serve(cert, key), bytes(3 * MAX_BODY_BYTES), context) == (413, "too_large")


def test_a_client_that_asks_first_is_not_told_to_go_on(serve: Serve) -> None:
    with opened(serve(), f"Content-Length: {MAX_BODY_BYTES + 1}\r\nExpect: 100-continue") as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    with opened(serve(), "Content-Length: 2\r\nExpect: 100-continue") as client:
        assert client.recv(1000).startswith(b"HTTP/1.1 100 ")


def opened(port: int, head: str = TOO_MUCH) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(f"POST /api/v1/responses HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n".encode())
    return client


def test_those_who_are_refused_and_do_not_leave_hold_up_nobody(serve: Serve) -> None:
    port = serve()
    with ExitStack() as staying:
        for _ in range(2 * THREADS):
            client = staying.enter_context(opened(port))
            client.sendall(b"x")
            assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
        assert ask(port, "/", {})[0].status == 200


@pytest.mark.parametrize(("limit", "value"), [("LINGER_SECONDS", 0.3), ("LINGER_BYTES", 100_000)])
def test_nobody_sends_without_end(serve: Serve, monkeypatch: pytest.MonkeyPatch, limit: str, value: float) -> None:
    monkeypatch.setattr(channels, limit, value)
    with opened(serve()) as client, pytest.raises((ConnectionResetError, BrokenPipeError)):
        send_slowly(client, 20)


def send_slowly(client: socket.socket, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        client.sendall(bytes(2_000))
        select.select([], [], [], 0.001)


def test_a_running_server_tells_a_plain_client(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copyfile(migrated_file, tmp_path / migrated_file.name)
    server = RunningServer(tmp_path, publisher=False)
    server.start()
    try:
        sent = urllib.request.Request(f"{server.url}/api/v1/responses", bytes(4 * MAX_BODY_BYTES), method="POST")
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(sent, timeout=20)
        assert (told.value.code, json.loads(told.value.read())["error"]["code"]) == (413, "too_large")
    finally:
        server.kill()


def test_a_page_is_refused_in_words(serve: Serve) -> None:
    answer, sent = ask(serve(), "/login", TOO_LARGE, b"")
    assert answer.status == 413
    assert "quá lớn" in sent.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_head_without_end_is_refused(serve: Serve) -> None:
    answer, _ = ask(serve(), "/api/v1/work", {"X-Long": "x" * 300_000})
    assert answer.status in (400, 431)


def test_a_fault_of_the_application_is_told_in_words(serve: Serve) -> None:
    answer, sent = ask(serve(), "/fault", {})
    assert (answer.status, sent.decode()) == (500, "Máy chủ gặp lỗi.")


FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "survey.example"}


def test_nobody_is_believed_about_where_a_request_comes_from(serve: Serve) -> None:
    told = json.loads(ask(serve(), "/", FORWARDED)[1])
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert told["HTTP_X_FORWARDED_FOR"] is None


def test_a_trusted_proxy_is_believed_and_another_one_is_not(serve: Serve) -> None:
    told = json.loads(ask(serve(trusted_proxy="127.0.0.1"), "/", FORWARDED)[1])
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("203.0.113.9", "https")
    assert told["HTTP_HOST"] == "survey.example"
    told = json.loads(ask(serve(trusted_proxy="192.0.2.1"), "/", FORWARDED)[1])
    assert (told["REMOTE_ADDR"], told["wsgi.url_scheme"]) == ("127.0.0.1", "http")


def test_a_client_cannot_put_an_address_before_the_proxys(serve: Serve) -> None:
    """The proxy appends what it saw; what stood there before is the client's own invention."""
    forged = {**FORWARDED, "X-Forwarded-For": "127.0.0.1, 203.0.113.9"}
    told = json.loads(ask(serve(trusted_proxy="127.0.0.1"), "/", forged)[1])
    assert told["REMOTE_ADDR"] == "203.0.113.9"


def test_tls_is_served_and_a_client_that_says_nothing_holds_up_nobody(serve: Serve, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    port = serve(cert, key)
    context = ssl.create_default_context(cafile=str(cert))

    def send(size: int) -> int:
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
        with closing(connection):
            sizes = []
            for _ in range(3):
                connection.request("POST", "/", b"x" * size)
                told = json.loads(connection.getresponse().read())
                assert told["wsgi.url_scheme"] == "https"
                sizes.append(told["read"])
        return sum(sizes)

    with socket.create_connection(("127.0.0.1", port)), ThreadPoolExecutor(6) as threads:
        assert list(threads.map(send, (0, 10, 16_383, 16_385, 100_000, 3_000_000))) == [
            3 * size for size in (0, 10, 16_383, 16_385, 100_000, 3_000_000)
        ]


def test_a_client_without_tls_is_turned_away(serve: Serve, tmp_path: Path) -> None:
    port = serve(*certificate(tmp_path))
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(port, "/", {})


def test_a_certificate_that_cannot_be_used_is_said_in_one_line(tmp_path: Path) -> None:
    cert, _ = certificate(tmp_path)
    with pytest.raises(ProblemError) as refused:
        tls_of(cert, cert)
    assert refused.value.problem.code == "no_certificate"


def certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
