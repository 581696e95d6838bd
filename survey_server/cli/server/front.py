"""What stands before the application: the listening socket, TLS, the proxy that is trusted, and who answers."""

from __future__ import annotations

import socket
import ssl
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.wasyncore import close_all

from survey_server.cli.server.channels import Channel, TlsChannel
from survey_server.cli.server.sharing import Giver, Helper
from survey_server.i18n import Message
from survey_server.problems import ProblemError
from survey_server.problems import machine as problems
from survey_server.problems.operating_system import why

THREADS = 32
CONNECTIONS = 2_000
MAX_BODY_BYTES = 16 * 1024 * 1024  # what is larger than the application takes, but not by much, gets its own words
PIECE = 64 * 1024  # bytes read from a connection at once: a batch of responses has 125 kB
IDLE_SECONDS = 60
KEPT = 3  # connections that are answered without a detour: a single client's, with those it is just closing


@dataclass(frozen=True, slots=True)
class Place:
    """Where we answer and how. `trusted_proxy`: the address whose word on X-Forwarded-For, -Proto and -Host is taken;
    anyone else's is dropped."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    trusted_proxy: str = ""

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


class Front(TcpWSGIServer):  # type: ignore[misc]  # waitress is untyped
    """Answers connections: at a socket that listens, or such as another process hands on."""

    def __init__(self, app: Any, listening: socket.socket | None, at: Place) -> None:
        self._tls = at.tls
        self._helpers: list[Helper] = []
        self._giver: Giver | None = None
        self.busy = Event()  # once more connections were open than one process should have
        own = listening or socket.socket(at.family)
        adjusted = Adjustments(sockets=[own], **_adjustments(at))
        tasks = ThreadedTaskDispatcher()
        tasks.set_thread_count(adjusted.threads)
        about = (own.family, own.type, own.proto, own.getsockname())
        starts = listening is not None
        super().__init__(app, {}, starts, own, tasks, adjusted, about, bind_socket=False)
        self.adj_of_held = copy(adjusted)
        self.adj_of_held.send_bytes = PIECE
        self.effective_host, self.effective_port = at.host, str(at.port)

    def close(self) -> None:
        """With every connection, and with the ways to other processes."""
        super().close()
        close_all(self._map)

    def share_with(self, ours: socket.socket) -> Helper:
        """Hand connections to the process at the other end of a pair of sockets while it has fewer than we."""
        helper = Helper(ours, self._map)
        self._helpers.append(helper)
        return helper

    def take_from(self, theirs: socket.socket) -> None:
        self._giver = Giver(theirs, self._map, self._answer)

    def channel_class(self, _: Any, connection: socket.socket, address: Any, *__: Any, **___: Any) -> None:
        """What waitress does with each connection that it accepted."""
        ready = [helper for helper in self._helpers if helper.is_up]
        least = min(ready, key=lambda helper: helper.connections, default=None)
        own = len(self.active_channels)
        if own >= KEPT:
            self.busy.set()
        if least is None or own < max(KEPT, least.connections + 1) or not least.take(connection):
            self._answer(connection, address)

    def _answer(self, connection: socket.socket, address: Any) -> None:
        try:
            if self._tls is None:
                Channel(self, connection, address, self.adj, self._map)
                return
            secured = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            TlsChannel(self, secured, address, self.adj, self._map)
        except OSError:  # gone already
            connection.close()
            self.channel_ended()

    def channel_ended(self) -> None:
        if self._giver is not None:
            self._giver.ended()


def _adjustments(at: Place) -> dict[str, Any]:
    proxy: dict[str, Any] = {}
    if at.trusted_proxy:
        headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
        proxy = {"trusted_proxy": at.trusted_proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": headers}
    return {
        "threads": THREADS,
        "recv_bytes": PIECE,
        "connection_limit": CONNECTIONS,
        "asyncore_use_poll": True,
        "max_request_body_size": MAX_BODY_BYTES,
        "channel_timeout": IDLE_SECONDS,
        "ident": None,
        "url_scheme": "http" if at.tls is None else "https",
        "clear_untrusted_proxy_headers": True,
        **proxy,
    }


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens already: what fails here fails before anything was promised.

    Raises ProblemError: cannot_listen.
    """
    listening = socket.socket(Place(host, port).family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ProblemError(problems.CANNOT_LISTEN, host=host, port=port, why=why(error)) from error
    return listening


_NO_PAIR = Message("không phải hai tệp PEM thuộc về nhau, hoặc khóa có mật khẩu")


def tls_of(cert: Path, key: Path) -> ssl.SSLContext:
    """Raises ProblemError: no_certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password=lambda: "")  # never asks at a terminal that nobody watches
    except OSError as error:
        reason = _NO_PAIR if isinstance(error, ssl.SSLError) else why(error)
        raise ProblemError(problems.NO_CERTIFICATE, cert=cert, key=key, why=reason) from error
    return context
