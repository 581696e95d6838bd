"""Serving by granian: its worker processes listen at one port, each with the application behind a `WsgiBridge`."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Thread, Timer
from typing import Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from survey_server.app import bind_runtime, build_app
from survey_server.cli.server.allocator import limit_allocator
from survey_server.cli.server.bridge import WsgiBridge
from survey_server.cli.server.environ import trust_proxy
from survey_server.cli.server.listening import BindAddress, call_when_listening
from survey_server.cli.server.supervisor import RESTART_INTERVAL
from survey_server.parent_process import STOP_TIMEOUT, end_with_parent
from survey_server.runtime import Runtime, open_runtime
from survey_server.settings import Settings
from survey_server.storage.database import open_database
from survey_server.web.state import web_state

MAX_CONNECTIONS = 2_000  # a worker
MAX_HEAD_BYTES = 64 * 1024  # also what is read ahead of a body
HEAD_TIMEOUT = 30_000  # milliseconds
WARM_UP_DELAY = 1.0  # seconds, left to the first requests
# Warnings and errors alone, by the root logger: what `serve` prints is ours.
_LOGGING: dict[str, Any] = {"formatters": {}, "handlers": {}, "loggers": {"_granian": {"handlers": []}}}


def serve(settings: Settings, address: BindAddress, on_listening: Callable[[], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; then running requests get STOP_TIMEOUT to finish.

    `on_listening` is called in another thread once connections are accepted.
    """
    app = None
    if sys.platform == "linux":  # loaded once, and shared by the workers until they write to it
        multiprocessing.set_start_method("fork", force=True)
        app = load_application(settings)
    _raise_open_files_limit()
    Thread(target=call_when_listening, args=(address, on_listening), name="announcing", daemon=True).start()
    while True:
        server = make_server(address, settings.processes)
        try:
            server.serve(target_loader=partial(load_worker, settings, app), wrap_loader=False)
        except SystemExit:  # a worker died twice within seconds: granian gives up then, and we do not
            time.sleep(RESTART_INTERVAL)
        if not server.interrupt_children:
            return


def make_server(address: BindAddress, workers: int) -> MPServer:
    certificate = address.certificate
    server = MPServer(
        "survey_server",
        address=address.ip,
        port=address.port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT, max_buffer_size=MAX_HEAD_BYTES),
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
        ssl_cert=certificate.chain if certificate else None,
        ssl_key=certificate.key if certificate else None,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=int(STOP_TIMEOUT),
    )
    if sys.platform != "win32":  # granian reloads on it: a server would outlive the terminal that was closed
        server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    return server


def load_worker(settings: Settings, app: Flask | None) -> WsgiBridge:
    """The application of a worker process, which ends with its parent. `app`: None where it is not forked."""
    end_with_parent()
    limit_allocator()
    database = open_database(settings)
    app = app or load_application(settings)
    runtime = open_runtime(settings, database)
    bind_runtime(app, runtime)
    warm_up = Timer(WARM_UP_DELAY, _fill_caches, [app, runtime])
    warm_up.daemon = True
    warm_up.start()
    return WsgiBridge(trust_proxy(app, settings.trusted_proxy), database.close)


def load_application(settings: Settings) -> Flask:
    app = build_app()
    if settings.request_log:
        from survey_server.web.request_log import log_requests

        log_requests(app)
    gc.freeze()
    return app


def _fill_caches(app: Flask, runtime: Runtime) -> None:
    """Read the static files and compile the questionnaires: half a second that the first requests need not wait for."""
    with suppress(Exception):  # a request that needs one of them tries again, and reports the error
        with app.app_context():
            _ = web_state().static_files
        runtime.versions.all()


def _raise_open_files_limit() -> None:
    """A connection is a file; many systems allow 1,024 where nobody asks for more."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MAX_CONNECTIONS + 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
