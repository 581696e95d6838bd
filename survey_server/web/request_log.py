"""A JSON line for each request: its id, actor, route, status and time. No answers, tokens or names."""

from __future__ import annotations

import json
import secrets
import sys
from time import perf_counter
from typing import Any, TextIO

from flask import Flask, Response, g, request, request_started

from survey_server.clock import now_text


def log_requests(app: Flask, stream: TextIO = sys.stderr) -> None:
    """Write the log of an application's requests to a stream; each response bears its id as X-Request-Id."""

    def start(_: Flask, **__: Any) -> None:
        g.request_id, g.started = secrets.token_hex(8), perf_counter()

    def finish(response: Response) -> Response:
        line = {
            "event": "request",
            "level": "error" if response.status_code >= 500 else "info",
            "timestamp": now_text(),
            "id": g.request_id,
            "actor": _actor(),
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule is not None else None,
            "status": response.status_code,
            "ms": round((perf_counter() - g.started) * 1000, 1),
        }
        stream.write(json.dumps(line) + "\n")  # in one piece: threads and workers share the stream
        stream.flush()
        response.headers["X-Request-Id"] = g.request_id
        return response

    request_started.connect(start, app, weak=False)
    app.after_request(finish)


def _actor() -> str | None:
    """`person:ID` or `device:ID`, where the request was identified."""
    if (device := g.get("device")) is not None:
        return f"device:{device.device_id}"
    if (person := g.get("visitor")) is not None:
        return f"person:{person.id}"
    return None
