"""`survey-server serve` as a process: what ends with what, what starts again, and when its port is free."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from survey_server.parent_process import STOP_TIMEOUT
from tests.support.certificate import make_certificate
from tests.support.processes import (
    children_of,
    descendants_of,
    is_running,
    publisher_of,
    running_with,
    wait_for,
    workers_of,
)
from tests.support.server import RunningServer, free_port

pytestmark = pytest.mark.slow
Environment = dict[str, str]
WITHOUT_GRANIAN = """
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "granian" else find_spec(name, package)
"""


@pytest.fixture
def data_dir(tmp_path: Path, migrated_file: Path) -> Path:
    shutil.copyfile(migrated_file, tmp_path / migrated_file.name)
    return tmp_path


@pytest.fixture
def server(data_dir: Path) -> Iterator[RunningServer]:
    running = RunningServer(data_dir, processes=2)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def demo_server(small_demo: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """Its publisher has charts to draw."""
    running = RunningServer(Path(shutil.copytree(small_demo, tmp_path / "demo")), processes=2)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def environment(data_dir: Path) -> Environment:
    others = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return {**others, "SURVEY_DATA_DIR": str(data_dir), "SURVEY_LANGUAGE": "en"}


@pytest.fixture
def without_granian(environment: Environment, tmp_path: Path) -> Environment:
    """An environment in which Python finds no granian."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WITHOUT_GRANIAN)
    return {**environment, "PYTHONPATH": str(tmp_path / "site")}


@contextmanager
def serving(environment: Environment, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server without a publisher, and the first line that it prints."""
    command = [sys.executable, "-m", "survey_server.cli", "serve", "--no-publisher", *options]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.terminate()


def is_alive(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/healthz", timeout=20) as answer:
        return bool(answer.status == 200)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
        return True


def two_workers(server: RunningServer) -> list[int]:
    return wait_for(lambda: found if len(found := workers_of(server.pid)) == 2 else [])


@pytest.fixture(params=["granian", "waitress"])
def either(request: pytest.FixtureRequest) -> Environment:
    found: Environment = request.getfixturevalue("environment" if request.param == "granian" else "without_granian")
    return found


def test_the_address_that_is_printed_answers_at_once(either: Environment) -> None:
    with serving(either, "--port", "0") as (process, line):
        url = line.removeprefix("Serving ")
        port = int(url.rpartition(":")[2])
        assert port > 0
        assert is_alive(url)
        process.terminate()
        assert process.wait(timeout=20) == 0
    assert is_free(port)


@pytest.mark.parametrize(
    "lines",
    [
        ["Host: localhost", "Content-Length: 3", "Transfer-Encoding: chunked"],
        ["Host: localhost", "Transfer-Encoding: chunked", "Content-Length: 3"],
        ["Content-Length: 0"],
        ["Host: localhost", "Host: evil.example", "Content-Length: 0"],
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_refused_and_the_connection_closed(
    either: Environment, lines: list[str]
) -> None:
    port = free_port()
    second = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    sent = "\r\n".join(["POST /healthz HTTP/1.1", *lines, "", "3\r\nabc\r\n0\r\n", second]).encode()
    with serving(either, "--port", str(port)), socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(sent)
        answered = b""
        while piece := client.recv(65536):
            answered += piece
    assert re.findall(rb"HTTP/1.1 (\d{3})", answered) in ([b"400"], [b"411"])


def test_a_taken_port_is_reported_before_an_address_is_printed(either: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        with serving(either, "--port", str(port)) as (process, line):
            assert line.startswith(f"Error: 127.0.0.1:{port} cannot be opened")
            assert process.wait(timeout=20) == 1


def test_two_servers_cannot_share_a_port(server: RunningServer, environment: Environment) -> None:
    with serving(environment, "--port", str(server.port)) as (process, line):
        assert "cannot be opened" in line
        assert process.wait(timeout=20) == 1


def test_tls_without_granian_ends_in_a_sentence_that_names_the_recipe(
    without_granian: Environment, tmp_path: Path
) -> None:
    cert, key = make_certificate(tmp_path)
    tls = ["--tls-cert", str(cert), "--tls-key", str(key)]
    with serving(without_granian, "--port", str(free_port()), *tls) as (process, line):
        assert "docs/operating.md" in line
        assert process.wait(timeout=20) == 1
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_a_killed_worker_is_replaced_and_missed_by_nobody(server: RunningServer) -> None:
    for _ in range(2):
        killed = two_workers(server)[0]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda killed=killed: killed not in children_of(server.pid))  # all its threads and sockets are gone
        assert [is_alive(server.url) for _ in range(12)] == [True] * 12


def test_workers_that_die_again_at_once_do_not_stop_the_server(server: RunningServer) -> None:
    killed: set[int] = set()
    for _ in range(3):
        (worker, *_) = wait_for(lambda: [pid for pid in workers_of(server.pid) if pid not in killed])
        os.kill(worker, signal.SIGKILL)
        killed.add(worker)
    wait_for(lambda: len([pid for pid in workers_of(server.pid) if pid not in killed]) == 2)
    server.wait_until_ready()


def drawing_publisher_of(server: RunningServer) -> tuple[int, list[int]] | None:
    """The publisher and its processes; None before it has any."""
    publisher = publisher_of(server.pid)
    drawing = children_of(publisher) if publisher is not None else []
    return (publisher, drawing) if publisher is not None and drawing else None


def test_everything_ends_with_the_first_process_and_the_port_is_free(demo_server: RunningServer) -> None:
    def all_started() -> list[int]:  # two workers; the publisher, a drawing process and the one that forks it
        found = descendants_of(demo_server.pid)
        return found if len(found) >= 5 else []

    started = wait_for(all_started)
    demo_server.kill()
    wait_for(lambda: is_free(demo_server.port), 3)
    wait_for(lambda: not any(is_running(pid) for pid in started))


def test_the_workers_of_a_killed_server_finish_no_request(server: RunningServer) -> None:
    workers = two_workers(server)
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"POST /api/v1/responses HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n[")
        server.kill()
        wait_for(lambda: not any(is_running(pid) for pid in workers), 3)
        server.start()  # at the same port, at once
        assert not set(workers_of(server.pid)) & set(workers)


def test_the_publisher_starts_again_however_it_ended(demo_server: RunningServer) -> None:
    for how in (signal.SIGKILL, signal.SIGTERM):  # SIGTERM: it finishes, and exits with 0
        publisher, drawing = wait_for(lambda: drawing_publisher_of(demo_server))
        os.kill(publisher, how)
        wait_for(lambda publisher=publisher: publisher_of(demo_server.pid) not in (None, publisher))
        wait_for(lambda drawing=drawing: not any(is_running(pid) for pid in drawing))


def test_a_publisher_elsewhere_is_waited_for(demo_server: RunningServer, environment: Environment) -> None:
    first, _ = wait_for(lambda: drawing_publisher_of(demo_server))  # it has the lock
    environment = environment | {"SURVEY_DATA_DIR": str(demo_server.data_dir)}
    alone = subprocess.run(
        [sys.executable, "-m", "survey_server.cli", "publisher"], env=environment, capture_output=True, timeout=60
    )
    assert alone.returncode == 0
    assert b"another publisher is running" in alone.stderr
    assert publisher_of(demo_server.pid) == first


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_server_in_order(data_dir: Path, how: signal.Signals) -> None:
    server = RunningServer(data_dir, processes=2)
    server.start()
    started = descendants_of(server.pid)
    os.kill(server.pid, how)
    assert server.wait() == 0
    assert is_free(server.port)
    assert not any(is_running(pid) for pid in started)


@contextmanager
def ending_soon(server: RunningServer) -> Iterator[None]:
    """Whatever the block does, the server exits with 0 soon, leaves no process and frees its port."""
    try:
        begun = time.monotonic()
        yield
        assert server.wait() == 0
        assert time.monotonic() - begun < STOP_TIMEOUT / 2
        wait_for(lambda: not running_with(f"SURVEY_DATA_DIR={server.data_dir}"), 1)
        assert is_free(server.port)
    finally:
        server.kill()


MOMENTS: dict[str, Callable[[RunningServer], object]] = {
    "the first worker is forked": lambda server: children_of(server.pid),
    "both workers are forked": lambda server: len(workers_of(server.pid)) == 2,
    "a request is answered": lambda server: server.wait_until_ready() is None,
    "the publisher starts": lambda server: publisher_of(server.pid),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_sigterm_ends_a_server_that_is_starting(data_dir: Path, moment: str) -> None:
    server = RunningServer(data_dir, processes=2)
    server.launch()
    wait_for(lambda: MOMENTS[moment](server))
    with ending_soon(server):
        os.kill(server.pid, signal.SIGTERM)


@pytest.mark.parametrize("killed", [1, 2])
def test_sigterm_ends_a_server_that_replaces_workers(server: RunningServer, killed: int) -> None:
    workers = two_workers(server)
    with ending_soon(server):
        for worker in workers[:killed]:
            os.kill(worker, signal.SIGKILL)
        os.kill(server.pid, signal.SIGTERM)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_may_come_twice_and_to_all_processes_as_from_a_terminal_or_systemd(
    server: RunningServer, how: signal.Signals
) -> None:
    with ending_soon(server):
        for _ in range(2):
            for pid in (server.pid, *workers_of(server.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, how)
