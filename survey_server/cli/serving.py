"""serve and publisher: the web processes, and the process beside them that counts and draws."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from survey_server.cli.server.beside import LATER, Beside, end_with_parent
from survey_server.cli.server.memory import lavish, start_sparingly, uncollected
from survey_server.cli.texts import FILE, _, say, verb
from survey_server.cli.verb_group import open_survey

if TYPE_CHECKING:
    import ssl

    from flask import Flask

    from survey_server.cli.server.front import Front, Place
    from survey_server.settings import Settings
    from survey_server.storage.database import Database

DEMO_ACCOUNTS = ("surveyor", "leader", "commune", "district", "province", "central", "analyst", "admin", "nobody")
_CERT = click.option(
    "--tls-cert",
    metavar=FILE,
    type=click.Path(exists=True, path_type=Path),
    help=_("chuỗi chứng thư, dạng PEM"),
)
_KEY = click.option(
    "--tls-key",
    metavar=FILE,
    type=click.Path(exists=True, path_type=Path),
    help=_("khóa riêng của chứng thư, dạng PEM"),
)


@verb("serve", "Phục vụ các trang web, máy tính bảng và API.", example="survey-server serve --port 8080")
@click.option(
    "--host",
    metavar=_("ĐỊA_CHỈ"),
    help=_("địa chỉ phục vụ (SURVEY_HOST)"),
)
@click.option(
    "--port",
    metavar=_("CỔNG"),
    type=click.IntRange(0, 65535),
    help=_("cổng (SURVEY_PORT)"),
)
@_CERT
@_KEY
@click.option(
    "--publisher/--no-publisher",
    default=True,
    help=_("có chạy kèm tiến trình tính số liệu và vẽ biểu đồ hay không"),
)
def serve(host: str | None, port: int | None, tls_cert: Path | None, tls_key: Path | None, publisher: bool) -> None:
    start_sparingly()  # before anything large is imported: it would be imported twice
    from survey_server.cli.server.front import Front, Place, listen
    from survey_server.problems import ProblemError
    from survey_server.problems.machine import DEMO_ON_LOOPBACK

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError(_("--tls-cert và --tls-key phải đi cùng nhau."))
    with open_survey() as (settings, database), Beside() as beside, ExitStack() as code_and_sockets:
        address = host or settings.host
        demo = _has_demo(database)
        if demo and not _is_loopback(address):
            raise ProblemError(DEMO_ON_LOOPBACK, address=address)
        tls = _tls(tls_cert, tls_key)  # what cannot be read is said before a port is taken
        listening = listen(address, settings.port if port is None else port)
        place = Place(address, listening.getsockname()[1], tls, settings.trusted_proxy)
        app = _app(settings, database)
        front = Front(app, listening, place)
        _announce(place)
        if demo:
            code_and_sockets.enter_context(_demo_code(database, settings.data_dir))
        for _number in range(settings.processes - 1):
            ours, theirs = map(code_and_sockets.enter_context, socket.socketpair())
            helper = front.share_with(ours)
            arguments = _web_process(theirs, place, tls_cert, tls_key)
            beside.keep(arguments, os.environ, [theirs.fileno()], helper.died, front.busy)
        if publisher:
            beside.keep(["publisher"], lavish(os.environ))
        Thread(target=_warm_up, args=(app, front.busy), name="warming-up", daemon=True).start()
        _run(front)


@click.command(hidden=True, epilog="Started by serve, never by hand.")
@click.option("--connections", type=int, required=True, help="the file descriptor that connections come through")
@click.option("--parent-pipe", type=int, required=True, help="ends when this file descriptor is closed")
@click.option("--host", required=True)
@click.option("--port", type=int, required=True)
@_CERT
@_KEY
def web_process(
    connections: int, parent_pipe: int, host: str, port: int, tls_cert: Path | None, tls_key: Path | None
) -> None:
    """A further web process: it answers the connections that `serve` hands on."""
    from survey_server.cli.server.front import Front, Place

    with open_survey() as (settings, database):
        place = Place(host, port, _tls(tls_cert, tls_key), settings.trusted_proxy)
        app = _app(settings, database)
        front = Front(app, None, place)
        end_with_parent(parent_pipe)
        _warm_up(app)
        front.take_from(socket.socket(fileno=connections))
        _run(front)


def _web_process(theirs: socket.socket, place: Place, cert: Path | None, key: Path | None) -> list[str]:
    """Arguments for a second process: one interpreter uses one core, and two nearly double what two cores take in."""
    arguments = ["web-process", "--connections", str(theirs.fileno()), "--host", place.host, "--port", str(place.port)]
    if cert is not None and key is not None:
        arguments += ["--tls-cert", str(cert), "--tls-key", str(key)]
    return arguments


def _tls(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    from survey_server.cli.server.front import tls_of

    return tls_of(cert, key) if cert is not None and key is not None else None


def _app(settings: Settings, database: Database) -> Flask:
    with uncollected():
        from survey_server.app import create_app

        return create_app(settings, database)


def _warm_up(app: Flask, wanted: Event | None = None) -> None:
    """Compile what was published, before the first tablets come: half a second that nobody should wait for."""
    from survey_server.app import runtime_of

    if wanted is not None:
        wanted.wait(LATER)
    with suppress(Exception):  # then whoever asks first waits, or is told
        runtime_of(app).versions.all()


def _run(front: Front) -> None:
    """Until Ctrl-C or SIGTERM; what is under way is finished."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        front.run()
    except (KeyboardInterrupt, SystemExit):
        front.close()


def _announce(place: Place) -> None:
    url = f"{'http' if place.tls is None else 'https'}://{_shown(place.host)}:{place.port}"
    is_safe = bool(place.tls or place.trusted_proxy or _is_loopback(place.host))
    say("Phục vụ tại {url}", url=url)
    say("  Máy tính bảng: {url}/tablet/   Biểu đồ: {url}/charts", url=url)
    if not is_safe:
        say(
            "  CHÚ Ý: không có HTTPS thì máy tính bảng không làm việc ngoại tuyến được: dùng --tls-cert và --tls-key, "
            "hoặc một máy chủ trung gian có HTTPS (SURVEY_TRUSTED_PROXY)."
        )
    sys.stdout.flush()


@contextmanager
def _demo_code(database: Database, folder: Path) -> Iterator[None]:
    """Tell the demo's accounts and a fresh code for a tablet, which is good until it is used or we stop."""
    from survey_server.services.enrol_device import standing_code

    with standing_code(database, "surveyor", folder) as code:
        _tell_demo(code)
        yield


def _tell_demo(code: str) -> None:
    say("  Tài khoản dùng thử (mật khẩu demo-<tên>):")
    click.echo(f"    {', '.join(DEMO_ACCOUNTS)}")
    say("  Mã kích hoạt máy cho surveyor: {code}", code=code)
    sys.stdout.flush()


@verb(
    "publisher",
    "Tính những gì thay đổi và vẽ biểu đồ cho đến khi bị dừng. Lệnh serve tự chạy kèm một tiến trình này.",
    example="survey-server publisher",
)
@click.option("--parent-pipe", type=int, hidden=True, help="ends when this file descriptor is closed")
def publisher(parent_pipe: int | None) -> None:
    from survey_server.pipeline.publisher import run_publisher

    with open_survey() as (settings, _database):
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
