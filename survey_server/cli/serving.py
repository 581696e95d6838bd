"""serve and publisher: the web server, and the process that counts and draws."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from survey_server.cli.server.supervisor import ProcessSupervisor
from survey_server.cli.texts import FILE, _, say, verb
from survey_server.cli.verb_group import open_survey
from survey_server.parent_process import on_stop_signal, stop_with_parent

if TYPE_CHECKING:
    from survey_server.cli.server.listening import BindAddress
    from survey_server.settings import Settings

DEMO_ACCOUNTS = ("surveyor", "leader", "commune", "district", "province", "central", "analyst", "admin", "nobody")


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
@click.option(
    "--tls-cert",
    metavar=FILE,
    type=click.Path(exists=True, path_type=Path),
    help=_("chuỗi chứng thư, dạng PEM"),
)
@click.option(
    "--tls-key",
    metavar=FILE,
    type=click.Path(exists=True, path_type=Path),
    help=_("khóa riêng của chứng thư, dạng PEM"),
)
@click.option(
    "--publisher/--no-publisher",
    default=True,
    help=_("có chạy kèm tiến trình tính số liệu và vẽ biểu đồ hay không"),
)
def serve(host: str | None, port: int | None, tls_cert: Path | None, tls_key: Path | None, publisher: bool) -> None:
    on_stop_signal(partial(os._exit, 0))  # until the server sets its own: there is nothing to finish yet
    gc.disable()  # until `_find_server` has imported all: a hundred thousand objects, and all of them stay
    from survey_server.cli.server.listening import Certificate, find_address, is_loopback
    from survey_server.problems import ProblemError
    from survey_server.problems.machine import DEMO_ON_LOOPBACK
    from survey_server.services.devices import standing_code
    from survey_server.storage.people import has_demo_accounts

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError(_("--tls-cert và --tls-key phải đi cùng nhau."))
    with open_survey() as (settings, database), ExitStack() as stack:
        host = host or settings.host
        with database.read() as connection:
            has_demo = has_demo_accounts(connection)
        if has_demo and not is_loopback(host):
            raise ProblemError(DEMO_ON_LOOPBACK, address=host)
        certificate = Certificate(tls_cert, tls_key) if tls_cert is not None and tls_key is not None else None
        address = find_address(host, settings.port if port is None else port, certificate)
        run = _find_server(address)
        gc.freeze()
        gc.enable()
        code = stack.enter_context(standing_code(database, "surveyor", settings.data_dir)) if has_demo else None
        supervisor = stack.enter_context(ProcessSupervisor(["publisher"])) if publisher else None

        def announce() -> None:
            _announce(address, bool(certificate or settings.trusted_proxy or is_loopback(address.host)), code)
            if supervisor is not None:
                supervisor.start()

        database.release_connections()  # the workers are forked, and a connection of SQLite may not be open then
        run(settings, address, announce)
    for number in (signal.SIGINT, signal.SIGTERM):  # a repeated one: Python resets the handlers before it has ended
        signal.signal(number, signal.SIG_IGN)


def _find_server(address: BindAddress) -> Callable[[Settings, BindAddress, Callable[[], None]], None]:
    """granian, or waitress where granian has no wheel. Raises ProblemError tls_needs_proxy."""
    if find_spec("granian") is not None:
        from survey_server.cli.server import granian_server

        return granian_server.serve
    from survey_server.cli.server import waitress_server
    from survey_server.problems import ProblemError
    from survey_server.problems.machine import TLS_NEEDS_PROXY

    if address.certificate is not None:
        raise ProblemError(TLS_NEEDS_PROXY)
    return waitress_server.serve


def _announce(address: BindAddress, is_secure: bool, demo_code: str | None) -> None:
    say("Phục vụ tại {url}", url=address.url)
    say("  Máy tính bảng: {url}/tablet/   Biểu đồ: {url}/charts", url=address.url)
    if not is_secure:
        say(
            "  CHÚ Ý: không có HTTPS thì máy tính bảng không làm việc ngoại tuyến được: dùng --tls-cert và --tls-key, "
            "hoặc một máy chủ trung gian có HTTPS (SURVEY_TRUSTED_PROXY)."
        )
    if demo_code is not None:
        say("  Tài khoản dùng thử (mật khẩu demo-<tên>):")
        click.echo(f"    {', '.join(DEMO_ACCOUNTS)}")
        say("  Mã kích hoạt máy cho surveyor: {code}", code=demo_code)
    sys.stdout.flush()


@verb(
    "publisher",
    "Tính những gì thay đổi và vẽ biểu đồ cho đến khi bị dừng. Lệnh serve tự chạy kèm một tiến trình này.",
    example="survey-server publisher",
)
@click.option("--parent", type=int, hidden=True, help="the process that started this one, and whose end ends it")
def publisher(parent: int | None) -> None:
    if parent is not None:
        stop_with_parent(parent)
    from survey_server.pipeline.publisher import run_publisher

    stopping = Event()
    on_stop_signal(stopping.set)
    with open_survey() as (settings, _database):
        pass  # refuses a database that was never prepared
    run_publisher(settings, stopping, waits_for_lock=parent is not None)
