"""serve and publisher: the web server, and the process beside it that counts and draws."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from survey_server.cli.lazy import opened, say, spoken

if TYPE_CHECKING:
    from survey_server.settings import Settings
    from survey_server.storage.database import Database

THREADS = 32
CONNECTIONS = 2_000
LARGEST_BODY = 9 * 1024 * 1024
PIECE = 64 * 1024  # bytes read from a connection at once: a batch of responses has 125 kB
IDLE_SECONDS = 60
ARENA_MAX = -8  # M_ARENA_MAX in malloc.h
DEMO_ACCOUNTS = ("surveyor", "leader", "commune", "district", "province", "central", "analyst", "admin", "nobody")


@click.command(epilog="Example: survey-server serve --port 8080")
@click.option("--host", help="the address to listen on (SURVEY_HOST)")
@click.option("--port", type=int, help="the port (SURVEY_PORT)")
@click.option("--tls-cert", type=click.Path(exists=True, path_type=Path), help="certificate chain, PEM")
@click.option("--tls-key", type=click.Path(exists=True, path_type=Path), help="its private key, PEM")
@click.option("--publisher/--no-publisher", default=True, help="whether to start the publisher beside the server")
def serve(host: str | None, port: int | None, tls_cert: Path | None, tls_key: Path | None, publisher: bool) -> None:
    """Serve the web pages, the tablets and the API."""
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    with opened() as (settings, database):
        address = host or settings.host
        demo = _has_demo(database)
        if demo and not _is_loopback(address):
            raise click.ClickException(
                f"this data has demo accounts with known passwords: it is served on 127.0.0.1 only, not on {address}"
                if spoken() == "en"
                else "dữ liệu này có tài khoản dùng thử, mật khẩu ai cũng biết: chỉ phục vụ tại 127.0.0.1, "
                f"không phục vụ tại {address}"
            )
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
    from waitress.server import create_server

    from survey_server.app import create_app

    _share_memory()
    app = create_app(settings, database)
    listening = _listen(host, port, tls_cert, tls_key)
    server = create_server(
        app,
        sockets=[listening],
        threads=THREADS,
        recv_bytes=PIECE,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        max_request_body_size=LARGEST_BODY,
        channel_timeout=IDLE_SECONDS,
        ident=None,
        url_scheme="https" if tls_cert else "http",
        clear_untrusted_proxy_headers=True,
    )
    scheme = "https" if tls_cert else "http"
    _announce(f"{scheme}://{_shown(host)}:{listening.getsockname()[1]}", scheme, host, database if demo else None)
    with _publisher_beside() if publisher else _nothing():
        try:
            server.run()
        except (KeyboardInterrupt, SystemExit):
            server.close()


def _share_memory() -> None:
    """glibc gives each thread a store of memory of its own, and forty of them keep what they once held."""
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(ARENA_MAX, 2)
    except (AttributeError, OSError, TypeError):
        return  # another C library, which has no such habit


def _listen(host: str, port: int, cert: Path | None, key: Path | None) -> Any:
    """A socket that listens already: what fails here fails before anything was promised."""
    import socket
    import ssl

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"{host}:{port}: {error.strerror}; choose another port with --port") from error
    if cert is None or key is None:
        return listening
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key)
    return context.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)


def _announce(url: str, scheme: str, host: str, demo: Database | None) -> None:
    say(f"Phục vụ tại {url}", f"Serving {url}")
    say(f"  Máy tính bảng: {url}/tablet/   Biểu đồ: {url}/charts", f"  Tablets: {url}/tablet/   Charts: {url}/charts")
    if scheme == "http" and not _is_loopback(host):
        say(
            "  CHÚ Ý: không có HTTPS thì máy tính bảng không làm việc ngoại tuyến được: dùng --tls-cert và --tls-key.",
            "  NOTE: without HTTPS tablets cannot work offline at this address: use --tls-cert and --tls-key.",
        )
    if demo is not None:
        from survey_server.services.enrol_device import make_code

        code = make_code(demo, "surveyor", minutes=60 * 24 * 7)
        say("  Tài khoản dùng thử (mật khẩu demo-<tên>):", "  Demo accounts (password demo-<account>):")
        click.echo(f"    {', '.join(DEMO_ACCOUNTS)}")
        say(f"  Mã kích hoạt máy cho surveyor: {code}", f"  Enrolment code for surveyor: {code}")
    sys.stdout.flush()


@contextmanager
def _publisher_beside() -> Iterator[None]:
    """The publisher as a child that ends with us: it reads a pipe of which we hold the other end."""
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    command = [sys.executable, "-m", "survey_server.cli", "publisher", "--parent-pipe", str(reading)]
    child = subprocess.Popen(command, pass_fds=(reading,))
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@click.command(epilog="Example: survey-server publisher")
@click.option("--parent-pipe", type=int, hidden=True, help="ends when this file descriptor is closed")
def publisher(parent_pipe: int | None) -> None:
    """Count what changed and draw the charts, until stopped. `serve` starts one of its own."""
    from survey_server.handover.publish import run_publisher
    from survey_server.settings import read_settings

    run_publisher(read_settings(), parent_pipe)


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
