"""serve and publisher: the web server, and the process beside it that counts and draws."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from survey_server.cli.lazy import opened, say
from survey_server.cli.memory import lavish, start_sparingly

if TYPE_CHECKING:
    from survey_server.settings import Settings
    from survey_server.storage.database import Database

PUBLISHER_AGAIN = 3.0  # seconds after it died
DEMO_ACCOUNTS = ("surveyor", "leader", "commune", "district", "province", "central", "analyst", "admin", "nobody")


@click.command(epilog="Example: survey-server serve --port 8080")
@click.option("--host", help="the address to listen on (SURVEY_HOST)")
@click.option("--port", type=click.IntRange(0, 65535), help="the port (SURVEY_PORT)")
@click.option("--tls-cert", type=click.Path(exists=True, path_type=Path), help="certificate chain, PEM")
@click.option("--tls-key", type=click.Path(exists=True, path_type=Path), help="its private key, PEM")
@click.option("--publisher/--no-publisher", default=True, help="whether to start the publisher beside the server")
def serve(host: str | None, port: int | None, tls_cert: Path | None, tls_key: Path | None, publisher: bool) -> None:
    """Serve the web pages, the tablets and the API."""
    from survey_server.problems import ProblemError
    from survey_server.problems.machine import DEMO_ON_LOOPBACK

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    start_sparingly()
    with opened() as (settings, database):
        address = host or settings.host
        demo = _has_demo(database)
        if demo and not _is_loopback(address):
            raise ProblemError(DEMO_ON_LOOPBACK, address=address)
        _serve(settings, database, address, settings.port if port is None else port, tls_cert, tls_key, publisher, demo)


def _serve(
    settings: Settings,
    database: Database,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    publisher: bool,
    demo: bool,
) -> None:
    from survey_server.app import create_app
    from survey_server.cli.front import listen, make_front

    app = create_app(settings, database)
    listening = listen(host, port, tls_cert, tls_key)
    server = make_front(app, listening, is_tls=tls_cert is not None, trusted_proxy=settings.trusted_proxy)
    scheme = "https" if tls_cert else "http"
    url = f"{scheme}://{_shown(host)}:{listening.getsockname()[1]}"
    _announce(url, is_safe=bool(tls_cert or settings.trusted_proxy or _is_loopback(host)))
    with _demo_code(database) if demo else _nothing(), _publisher_beside() if publisher else _nothing():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # ends like Ctrl-C: what is under way is finished
        try:
            server.run()
        except (KeyboardInterrupt, SystemExit):
            server.close()


def _announce(url: str, *, is_safe: bool) -> None:
    say(f"Phục vụ tại {url}", f"Serving {url}")
    say(f"  Máy tính bảng: {url}/tablet/   Biểu đồ: {url}/charts", f"  Tablets: {url}/tablet/   Charts: {url}/charts")
    if not is_safe:
        say(
            "  CHÚ Ý: không có HTTPS thì máy tính bảng không làm việc ngoại tuyến được: dùng --tls-cert và --tls-key, "
            "hoặc một máy chủ trung gian có HTTPS (SURVEY_TRUSTED_PROXY).",
            "  NOTE: without HTTPS tablets cannot work offline at this address (no service worker, no cryptography): "
            "use --tls-cert and --tls-key, or a proxy that has HTTPS (SURVEY_TRUSTED_PROXY).",
        )
    sys.stdout.flush()


@contextmanager
def _demo_code(database: Database) -> Iterator[None]:
    """Tell the demo's accounts and a fresh code for a tablet, which is good until it is used or we stop."""
    from survey_server.services.enrol_device import forget_lasting_codes, make_lasting_code

    code = make_lasting_code(database, "surveyor")
    say("  Tài khoản dùng thử (mật khẩu demo-<tên>):", "  Demo accounts (password demo-<account>):")
    click.echo(f"    {', '.join(DEMO_ACCOUNTS)}")
    say(f"  Mã kích hoạt máy cho surveyor: {code}", f"  Enrolment code for surveyor: {code}")
    sys.stdout.flush()
    try:
        yield
    finally:
        forget_lasting_codes(database)


@contextmanager
def _publisher_beside() -> Iterator[None]:
    """The publisher as a child that ends with us: it reads a pipe of which we hold the other end."""
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    keeper = _Keeper(reading)
    keeper.start()
    try:
        yield
    finally:
        keeper.ending.set()
        os.close(writing)
        keeper.join(timeout=10)
        keeper.kill()
        os.close(reading)


class _Keeper(Thread):
    """Starts the publisher, and again where it dies of something: charts that silently stand still help nobody."""

    def __init__(self, pipe: int) -> None:
        super().__init__(name="keeper-of-the-publisher", daemon=True)
        self.ending = Event()
        self._pipe = pipe
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        command = [sys.executable, "-m", "survey_server.cli", "publisher", "--parent-pipe", str(self._pipe)]
        while not self.ending.is_set():
            self._child = subprocess.Popen(command, pass_fds=(self._pipe,), env=lavish(os.environ))
            if self._child.wait() == 0:  # told to end, or another one is at work
                return
            self.ending.wait(PUBLISHER_AGAIN)

    def kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.kill()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@click.command(epilog="Example: survey-server publisher")
@click.option("--parent-pipe", type=int, hidden=True, help="ends when this file descriptor is closed")
def publisher(parent_pipe: int | None) -> None:
    """Count what changed and draw the charts, until stopped. `serve` starts one of its own."""
    from survey_server.handover.publish import run_publisher

    with opened() as (settings, _):
        pass  # refuses a database that was never prepared
    run_publisher(settings, parent_pipe)


def _has_demo(database: Database) -> bool:
    from survey_server.storage.people import has_demo_accounts

    with database.read() as connection:
        return has_demo_accounts(connection)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
