"""A process that listens hands connections to one beside it; here both are threads of the test."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from survey_server.cli.server.front import Front, Place, listen, tls_of
from survey_server.cli.server.sharing import Helper
from tests.cli.server.test_front import certificate
from tests.support.front import run

FIRST, SECOND = b"first", b"second"
Start = Callable[..., tuple[int, Helper]]


def named(name: bytes) -> Callable[..., list[bytes]]:
    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        told = name + b" " + environ["SERVER_PORT"].encode() + b" " + environ["REMOTE_ADDR"].encode()
        start("200 OK", [("Content-Length", str(len(told)))])
        return [told]

    return app


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as running:

        def both(tls: ssl.SSLContext | None = None) -> tuple[int, Helper]:
            listening = listen("127.0.0.1", 0)
            port = int(listening.getsockname()[1])
            place = Place("127.0.0.1", port, tls)
            ours, theirs = socket.socketpair()
            first, second = Front(named(FIRST), listening, place), Front(named(SECOND), None, place)
            helper = first.share_with(ours)
            second.take_from(theirs)
            for front in (first, second):
                running.callback(run(front))
            wait_until(lambda: helper.is_up)
            return port, helper

        yield both


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ask(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", "/")
    return connection.getresponse().read()


def connected(open_: ExitStack, port: int, how_many: int) -> list[http.client.HTTPConnection]:
    return [
        open_.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20))) for _ in range(how_many)
    ]


def test_connections_go_to_whoever_has_fewer_and_their_ends_are_told(start: Start) -> None:
    port, helper = start()
    with ExitStack() as open_:
        connections = connected(open_, port, 8)
        told = [ask(each) for each in connections]
        assert told.count(FIRST + b" %d 127.0.0.1" % port) == 4
        assert told.count(SECOND + b" %d 127.0.0.1" % port) == 4
        assert [ask(each) for each in connections] == told
    wait_until(lambda: helper.connections == 0)


def test_a_single_client_is_answered_where_it_is_accepted(start: Start) -> None:
    port, _ = start()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with connection.makefile("rb") as answer:  # to its end, which the server sets once it counts it no more
                assert answer.read().partition(b"\r\n\r\n")[2].startswith(FIRST)


def test_a_process_that_died_gets_nothing(start: Start) -> None:
    port, helper = start()
    helper.died()
    with ExitStack() as open_:
        assert all(ask(each).startswith(FIRST) for each in connected(open_, port, 8))


def test_tls_is_spoken_by_whoever_answers(start: Start, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    port, helper = start(tls_of(cert, key))
    context = ssl.create_default_context(cafile=str(cert))
    with ExitStack() as open_:
        told = [
            ask(
                open_.enter_context(
                    closing(http.client.HTTPSConnection("localhost", port, context=context, timeout=20))
                )
            )
            for _ in range(8)
        ]
        assert {each.split()[0] for each in told} == {FIRST, SECOND}
    with ExitStack() as open_:
        for _ in range(8):
            no_tls = open_.enter_context(socket.create_connection(("127.0.0.1", port)))
            no_tls.sendall(b"GET / HTTP/1.1\r\n\r\n")
    wait_until(lambda: helper.connections == 0)
