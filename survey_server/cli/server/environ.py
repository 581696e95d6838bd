"""The WSGI environment of a request that came by ASGI, and whose X-Forwarded headers are believed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.middleware.proxy_fix import ProxyFix

from survey_server.cli.server.refusals import check_framing

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
_FIXED: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def make_environ(scope: Mapping[str, Any]) -> WSGIEnvironment:
    """PEP 3333's variables but `wsgi.input`. Raises Refusal: 400, 411."""
    path: bytes = scope["raw_path"]
    (client, client_port), (server, server_port) = scope["client"], scope["server"]
    environ: WSGIEnvironment = {
        **_FIXED,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(server_port),
        "SERVER_PROTOCOL": "HTTP/1.0" if scope["http_version"] == "1" else "HTTP/1.1",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.url_scheme": scope["scheme"],
    }
    for name, value in scope["headers"]:
        key = _variable(name)
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    environ.pop("", None)
    check_framing(environ.get("HTTP_HOST"), environ.get("HTTP_TRANSFER_ENCODING"), environ.get("CONTENT_LENGTH"))
    return environ


@lru_cache(256)
def _variable(header: bytes) -> str:
    """The variable of a header; empty where its name has an underscore and would pass for another header."""
    name = header.decode("latin-1").upper()
    if "_" in name:
        return ""
    name = name.replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def trust_proxy(app: WSGIApplication, address: str) -> WSGIApplication:
    """Believe X-Forwarded-For, -Proto and -Host of a proxy at `address`, and drop them where anyone else sent them."""
    behind_proxy = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def choose(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if address and environ["REMOTE_ADDR"] == address:
            return behind_proxy(environ, start_response)
        for name in _FORWARDED:
            environ.pop(name, None)
        return app(environ, start_response)

    return choose
