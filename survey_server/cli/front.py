"""What stands before the application: the listening socket, TLS, the proxy that is trusted, and the answers to requests
that never reach the application."""

from __future__ import annotations

import json
import socket
import ssl
import time
from pathlib import Path
from threading import Lock
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from survey_server.problems import ProblemError
from survey_server.problems import machine as said

THREADS = 32
CONNECTIONS = 2_000
LARGEST_BODY = 16 * 1024 * 1024  # what is larger than the application takes, but not by much, gets its own words
PIECE = 64 * 1024  # bytes read from a connection at once: a batch of responses has 125 kB
IDLE_SECONDS = 60
_HEADERS = [
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]
_TEXTS = {
    400: ("bad_request", "Máy chủ không hiểu được yêu cầu.", "The server did not understand the request."),
    413: ("too_large", "Nội dung gửi lên quá lớn.", "What was sent is too large."),
    431: ("bad_request", "Phần đầu của yêu cầu quá dài.", "The head of the request is too long."),
}
_LATER = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_FAULT = ("internal_error", "Máy chủ gặp lỗi.", "The server met a fault.")


class PlainErrors(ErrorTask):  # type: ignore[misc]  # waitress is untyped
    """What waitress refuses by itself is answered in the form of every other error."""

    def execute(self) -> None:
        refused = self.request.error
        code, vi, en = _TEXTS.get(refused.code, _FAULT)
        message = en if "en" in self.request.headers.get("ACCEPT_LANGUAGE", "").lower() else vi
        if getattr(self.request, "path", "").startswith("/api/"):  # a request that was never read has none
            kind, text = "application/json", json.dumps({"error": {"code": code, "message": message, "details": {}}})
        else:
            kind, text = "text/plain; charset=utf-8", message
        body = text.encode()
        self.status = f"{refused.code} {refused.reason}"
        self.response_headers.extend([("Content-Type", kind), *_HEADERS])
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress is untyped
    error_task_class = PlainErrors


class TlsChannel(Channel):
    """TLS on a socket that never blocks, which waitress does not know: "come back later" is no error, and what OpenSSL
    has decrypted ahead is read at once, for no poll tells of it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._turn = Lock()  # one at a time: a connection of OpenSSL belongs to one thread
        super().__init__(*arguments, **named)

    def handle_read(self) -> None:
        try:
            with self._turn:
                data = self._decrypted()
        except _LATER:
            return
        except OSError:  # no TLS at all, or a client that went away
            self.handle_close()
            return
        if not data:
            self.connected = False
            return
        self.last_activity = time.time()
        self.received(data)

    def _decrypted(self) -> bytes:
        data: bytes = self.recv(self.adj.recv_bytes)
        while data and self.socket is not None and (more := self.socket.pending()):
            data += self.recv(more)
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        try:
            with self._turn:
                sent: int = super().send(data, do_close)
        except _LATER:
            return 0
        return sent


def make_front(app: Any, listening: socket.socket, *, is_tls: bool, trusted_proxy: str) -> Any:
    """The server, ready to run. `trusted_proxy`: the address whose word on X-Forwarded-For, -Proto and -Host is taken;
    anyone else's is dropped."""
    proxy: dict[str, Any] = {}
    if trusted_proxy:
        headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
        proxy = {"trusted_proxy": trusted_proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": headers}
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
        url_scheme="https" if is_tls else "http",
        clear_untrusted_proxy_headers=True,
        **proxy,
    )
    server.channel_class = TlsChannel if is_tls else Channel
    return server


def listen(host: str, port: int, cert: Path | None, key: Path | None) -> socket.socket:
    """A socket that listens already: what fails here fails before anything was promised.

    Raises ProblemError: cannot_listen, no_certificate.
    """
    context = _tls(cert, key) if cert is not None and key is not None else None
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ProblemError(said.CANNOT_LISTEN, host=host, port=port, why=error.strerror) from error
    if context is None:
        return listening
    return context.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)


def _tls(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password=lambda: "")  # never asks at a terminal that nobody watches
    except OSError as error:
        why = error.reason if isinstance(error, ssl.SSLError) else error.strerror
        raise ProblemError(said.NO_CERTIFICATE, cert=cert, key=key, why=why) from error
    return context
