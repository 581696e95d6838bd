"""granian with the bridge and a small WSGI application: `python -m tests.support.bridged_app PORT [CERT KEY]`.

/echo says what arrived, /fail raises, /slow answers after a second, /two-parts streams and waits for the file that its
query names before the second part, /endless streams until the client is gone and makes that
file then; beside it, `.made` holds the number of pieces made so far. The proxy
127.0.0.2 is trusted.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from survey_server.cli.server.bridge import WsgiBridge
from survey_server.cli.server.environ import trust_proxy
from survey_server.cli.server.granian_server import make_server
from survey_server.cli.server.listening import BindAddress, Certificate

SHOWN = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "PATH_INFO", "QUERY_STRING")
PIECE = bytes(64 * 1024)


def app(environ: dict[str, Any], start: Any) -> Any:
    path, file = environ["PATH_INFO"], Path(environ["QUERY_STRING"])
    if path == "/fail":
        raise ValueError("as asked")
    if path == "/slow":
        time.sleep(1)
    streams = {"/two-parts": two_parts, "/endless": endless}
    if path in streams:
        start("200 OK", [("Content-Type", "text/plain")])
        return streams[path](file)
    size = len(environ["wsgi.input"].read())
    body = json.dumps({name: environ.get(name) for name in SHOWN} | {"size": size}).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def two_parts(file: Path) -> Iterator[bytes]:
    yield b"first"
    while not file.exists():
        time.sleep(0.01)
    yield b"second"


def endless(file: Path) -> Iterator[bytes]:
    made = file.with_suffix(".made")
    try:
        for count in itertools.count(1):
            made.write_text(str(count))
            yield PIECE
    finally:
        file.touch()


def load() -> WsgiBridge:
    return WsgiBridge(trust_proxy(app, "127.0.0.2"))


if __name__ == "__main__":
    port, *files = sys.argv[1:]
    certificate = Certificate(*map(Path, files)) if files else None
    multiprocessing.set_start_method("fork")
    make_server(BindAddress("127.0.0.1", "127.0.0.1", int(port), certificate), 1).serve(
        target_loader=load, wrap_loader=False
    )
