"""Serving by granian: its worker processes listen at one port, each with the application behind a `WsgiBridge`."""

from __future__ import annotations

import gc
import multiprocessing
import os
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
from survey_server.cli.server.lanes import WRITE_TIMEOUT
from survey_server.cli.server.listening import BindAddress, call_when_listening
from survey_server.cli.server.supervisor import RESTART_INTERVAL
from survey_server.log_limit import limit_logs
from survey_server.parent_process import STOP_TIMEOUT, end_with_parent, on_stop_signal
from survey_server.runtime import Runtime, open_runtime
from survey_server.settings import Settings
from survey_server.storage.database import open_database
from survey_server.web.state import web_state

MAX_CONNECTIONS = 2_000  # a worker
MAX_HEAD_BYTES = 64 * 1024  # also what is read ahead of a body
HEAD_TIMEOUT = 30_000  # milliseconds
POLL_INTERVAL = 0.5  # seconds
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
        signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        os.register_at_fork(  # blocked meanwhile: Python forgets in the child what arrives before its first statement
            before=partial(signal.pthread_sigmask, signal.SIG_BLOCK, signals),
            after_in_parent=partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, signals),
            after_in_child=_receive_sigterm,
        )
        app = load_application(settings)
    _raise_open_files_limit()
    Thread(target=call_when_listening, args=(address, on_listening), name="announcing", daemon=True).start()
    server = make_server(address, settings.processes)
    while not server.interrupt_signal:
        try:
            server.serve(target_loader=partial(load_worker, settings, app), wrap_loader=False)
        except SystemExit:  # a worker died twice within seconds: granian gives up then, and we do not
            server.interrupt_children.clear()
            server.main_loop_interrupt.clear()
            server.main_loop_interrupt.wait(timeout=0 if server.interrupt_signal else RESTART_INTERVAL)


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
    # Python runs handlers in the main thread, and a signal that arrives while another thread starts a process may not
    # wake that one. granian may also clear the event after a signal set it. It checks for both whenever `wait` returns.
    event = server.main_loop_interrupt
    event.wait = partial(event.wait, timeout=POLL_INTERVAL)  # type: ignore[method-assign]
    # granian would reload at SIGHUP: a server would outlive the terminal that was closed
    hang_up = [] if sys.platform == "win32" else [signal.SIGHUP]
    server.on_startup(partial(on_stop_signal, partial(_interrupt, server), *hang_up))
    return server


def _interrupt(server: MPServer) -> None:
    """Have the main thread leave `server.serve`; end the process where that has not ended it 3 STOP_TIMEOUT later."""
    server.signal_handler_interrupt()  # type: ignore[no-untyped-call]  # of granian
    time.sleep(3 * STOP_TIMEOUT)  # the workers may take one, the publisher another
    os._exit(1)


def _receive_sigterm() -> None:
    """In a forked worker: SIGTERM ends it, until granian sets its handler.

    The handler that it inherits does nothing here. SIGINT and SIGHUP, which a terminal sends to all processes, stay
    blocked: the server ends its workers, and a second signal can block granian's handler.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def load_worker(settings: Settings, app: Flask | None) -> WsgiBridge:
    """The application of a worker process, which ends with its parent. `app`: None where it is not forked."""
    end_with_parent()
    limit_logs()
    limit_allocator()
    database = open_database(settings, write_timeout=WRITE_TIMEOUT)
    app = app or load_application(settings)
    runtime = open_runtime(settings, database)
    bind_runtime(app, runtime)
    warm_up = Timer(WARM_UP_DELAY, _fill_caches, [app, runtime])
    warm_up.daemon = True
    warm_up.start()
    bridge = WsgiBridge(trust_proxy(app, settings.trusted_proxy), database.close)
    database.while_waiting = bridge.lanes.writing.step_aside
    return bridge


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
