"""Connections as waitress keeps them, with our words for what is refused before the application, and with TLS."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from survey_server.i18n import DEFAULT_LANGUAGE, translate

# What a refused client still sends is read and dropped for so long, for so much: closed at once, its connection is
# reset under its hands, and with it goes the answer. Nothing of it is kept, and no thread waits for it.
LINGER_SECONDS = 30
LINGER_BYTES = 256 * 1024 * 1024
_HEADERS = [
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]
_TEXTS = {
    400: ("bad_request", "Máy chủ không hiểu được yêu cầu."),
    413: ("too_large", "Nội dung gửi lên quá lớn."),
    431: ("bad_request", "Phần đầu của yêu cầu quá dài."),
}
_LATER = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_FAULT = ("internal_error", "Máy chủ gặp lỗi.")


class PlainErrors(ErrorTask):  # type: ignore[misc]  # waitress is untyped
    """What waitress refuses by itself is answered in the form of every other error."""

    def execute(self) -> None:
        refused = self.request.error
        code, text = _TEXTS.get(refused.code, _FAULT)
        accepted = self.request.headers.get("ACCEPT_LANGUAGE", "").lower()
        message = translate(text, "en" if "en" in accepted else DEFAULT_LANGUAGE)
        if getattr(self.request, "path", "").startswith("/api/"):  # a request that was never read has none
            kind, text = "application/json", json.dumps({"error": {"code": code, "message": message, "details": {}}})
        else:
            kind, text = "text/plain; charset=utf-8", message
        body = text.encode()
        self.status = f"{refused.code} {refused.reason}"
        self.response_headers.extend([("Content-Type", kind), *_HEADERS])
        self.channel.is_refused = True
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class OneSend(WSGITask):  # type: ignore[misc]  # waitress is untyped
    """Sends the head and the beginning of the body together: one call of the system, one packet, one waking."""

    def write(self, data: bytes) -> None:
        if not self.wrote_header and data and self.has_body:
            with self.channel.held():
                super().write(b"")
        super().write(data)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress is untyped
    """A connection; one whose request was refused half-read is closed by its client, or once that took its time."""

    task_class = OneSend
    error_task_class = PlainErrors
    is_refused = False
    _lingers_until: float | None = None
    _dropped = 0

    def send_continue(self) -> None:
        """Whoever asks before sending too much is not told to go on: the refusal comes instead."""
        if self.request.error is None:
            super().send_continue()
        else:
            self.request.expect_continue = False

    def handle_write(self) -> None:
        if self.is_refused and self.close_when_flushed and not self.will_close:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close:
                self._linger()
            return
        super().handle_write()

    def _linger(self) -> None:
        """The answer is out: say that no more will come, and listen until the client has said all."""
        self._lingers_until = time.monotonic() + LINGER_SECONDS
        self.close_when_flushed = False
        try:
            self.say_end()
        except OSError:  # the client is gone
            self.will_close = True

    def say_end(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def received(self, data: bytes) -> bool:
        if self._lingers_until is None:
            return bool(super().received(data))
        self._dropped += len(data)
        if self._dropped > LINGER_BYTES or time.monotonic() > self._lingers_until:
            self.will_close = True
        return False

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is written meanwhile waits for what is written next."""
        self.adj = self.server.adj_of_held
        try:
            yield
        finally:
            self.adj = self.server.adj

    def del_channel(self, map: Any = None) -> None:
        super().del_channel(map)
        self.server.channel_ended()


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

    def say_end(self) -> None:
        """What the client still sends is dropped as it comes, undeciphered."""
        with self._turn:
            with suppress(OSError):  # said, and not waited for
                self.socket.unwrap()
            super().say_end()

    def send(self, data: bytes, do_close: bool = True) -> int:
        try:
            with self._turn:
                sent: int = super().send(data, do_close)
        except _LATER:
            return 0
        return sent
