"""A JSON line for each failure of the server: which request, what kind of error, where. The texts of errors are left
out: they may repeat answers, tokens or names."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb

from flask import g, request

from survey_server.clock import now_text
from survey_server.domain import DatabaseUnavailableError

MAX_FRAMES = 12  # of each error, the innermost
_PROGRAM = Path(__file__).parents[2]
_log = logging.getLogger(__name__)


def log_failure(error: BaseException) -> None:
    described = [_describe(each) for each in _with_causes(error)]
    line = {
        "event": "failure",
        "level": "error",
        "timestamp": now_text(),
        "id": g.get("request_id"),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule is not None else None,
        "errors": described,
    }
    _log.error("%s", json.dumps(line), extra={"line": line, "kind": _kind(described)})


def _kind(described: list[dict[str, object]]) -> str:
    """The same for failures of the same errors, wherever they were met: `log_limit` counts them together."""
    return json.dumps([(each["type"], each.get("text")) for each in described])


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _describe(error: BaseException) -> dict[str, object]:
    kind = type(error)
    described: dict[str, object] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, DatabaseUnavailableError):
        described["text"] = str(error).partition("\n")[0]  # the driver's: it names the disk or the server
    elif isinstance(error, OSError):
        described["text"] = error.strerror
    frames = extract_tb(error.__traceback__)[-MAX_FRAMES:]
    described["frames"] = [f"{_shorten(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return described


def _shorten(file: str) -> str:
    path = Path(file)
    return path.relative_to(_PROGRAM).as_posix() if path.is_relative_to(_PROGRAM) else "/".join(path.parts[-3:])
