"""A JSON line for each request: its id, actor, route, status and time. No answers, tokens or names."""

from __future__ import annotations

import logging
import secrets
import sys
from time import perf_counter
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request, request_started


def log_requests(app: Flask, stream: TextIO = sys.stderr) -> None:
    """Write the log of an application's requests to a stream; each response bears its id as X-Request-Id."""
    log = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )

    def start(_: Flask, **__: Any) -> None:
        g.request_id, g.started = secrets.token_hex(8), perf_counter()

    def finish(response: Response) -> Response:
        level = logging.ERROR if response.status_code >= 500 else logging.INFO
        route = request.url_rule.rule if request.url_rule is not None else None
        log.log(
            level,
            "request",
            id=g.request_id,
            actor=_actor(),
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round((perf_counter() - g.started) * 1000, 1),
        )
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
