"""The address that `serve` answers at, and its certificate: both are tried before anything is promised."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from survey_server.i18n import Message
from survey_server.problems import ProblemError, machine as problems
from survey_server.problems.operating_system import describe_os_error
from survey_server.secret_key import EVERYBODY, is_readable

PORT_TIMEOUT = 2.0  # seconds: the workers of a server that was killed release its port a moment later
_NOT_A_PAIR = Message("không phải hai tệp PEM thuộc về nhau, hoặc khóa có mật khẩu")


@dataclass(frozen=True, slots=True)
class Certificate:
    chain: Path
    key: Path

    def check(self) -> None:
        """Raises ProblemError: key_readable where everybody can read the key, no_certificate where the two files cannot
        be used together."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.chain, self.key, password=lambda: "")  # never asks at a terminal
        except OSError as error:
            reason = _NOT_A_PAIR if isinstance(error, ssl.SSLError) else describe_os_error(error)
            raise ProblemError(problems.NO_CERTIFICATE, cert=self.chain, key=self.key, why=reason) from error
        if is_readable(self.key, EVERYBODY):
            raise ProblemError(problems.KEY_READABLE, key=self.key)


@dataclass(frozen=True, slots=True)
class BindAddress:
    """`host`: as it was given; `ip`: its numeric address; `port`: never 0."""

    host: str
    ip: str
    port: int
    certificate: Certificate | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.certificate is None else 'https'}://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find_address(host: str, port: int, certificate: Certificate | None = None) -> BindAddress:
    """The address, its port free now; port 0 becomes a free one.

    Raises ProblemError: cannot_listen, no_certificate.
    """
    if certificate is not None:
        certificate.check()
    try:
        family, _, _, _, resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        ip = str(resolved[0])
        return BindAddress(host, ip, _free_port(family, ip, port), certificate)
    except OSError as error:
        raise ProblemError(problems.CANNOT_LISTEN, host=host, port=port, why=describe_os_error(error)) from error


def _free_port(family: int, ip: str, port: int) -> int:
    """Listen for a moment, without SO_REUSEPORT, with which the system would let two servers share a port."""
    deadline = time.monotonic() + PORT_TIMEOUT
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ip, port))
                probe.listen()
                return int(probe.getsockname()[1])
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                    raise
        time.sleep(0.05)


def call_when_listening(address: BindAddress, on_listening: Callable[[], None]) -> None:
    """Wait until connections to an address are accepted; then call."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.ip, address.ip)  # noqa: S104  every address: any will do
    while True:
        try:
            socket.create_connection((host, address.port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.01)
    on_listening()
