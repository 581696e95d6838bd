"""Reading what a client sent: bounded, inflated, strict JSON."""

from __future__ import annotations

import json
import zlib
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from survey_server.problems import ProblemError
from survey_server.problems.device_api import (
    BODY_TOO_LARGE,
    CONTENT_TYPE,
    ENCODING_UNKNOWN,
    NOT_GZIP,
    NOT_JSON,
    WRONG_SHAPE,
)

MOST_BYTES = 8 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def load_body(schema: Schema) -> dict[str, object]:
    """The JSON object sent, checked by the schema.

    Raises ProblemError: content_type, encoding_unknown, body_too_large, not_gzip, not_json, wrong_shape.
    """
    sent: Any = read_json()
    try:
        loaded: dict[str, object] = schema.load(sent)
    except ValidationError as error:
        raise ProblemError(WRONG_SHAPE, fields=_told(error)) from error
    return loaded


def read_json() -> object:
    if request.mimetype != "application/json":
        raise ProblemError(CONTENT_TYPE)
    try:
        return json.loads(_inflated(), parse_constant=_refuse_constant, object_pairs_hook=_distinct)
    except RecursionError as error:
        raise ProblemError(NOT_JSON, reason="nested too deeply") from error
    except ValueError as error:
        raise ProblemError(NOT_JSON, reason=str(error)[:200]) from error


def _inflated() -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower() or "identity"
    if encoding not in ("identity", "gzip"):
        raise ProblemError(ENCODING_UNKNOWN, encoding=encoding[:40])
    sent = _read_bounded()
    if encoding == "identity":
        return sent
    inflater = zlib.decompressobj(_GZIP)
    try:
        inflated = inflater.decompress(sent, MOST_BYTES + 1)
    except zlib.error as error:
        raise ProblemError(NOT_GZIP) from error
    if len(inflated) > MOST_BYTES:
        raise ProblemError(BODY_TOO_LARGE, most=MOST_BYTES)
    if not inflater.eof:
        raise ProblemError(NOT_GZIP)
    return inflated


def _read_bounded() -> bytes:
    if (request.content_length or 0) > MOST_BYTES:
        raise ProblemError(BODY_TOO_LARGE, most=MOST_BYTES)
    sent = request.stream.read(MOST_BYTES + 1)
    if len(sent) > MOST_BYTES:
        raise ProblemError(BODY_TOO_LARGE, most=MOST_BYTES)
    return sent


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number of JSON")


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _told(error: ValidationError) -> str:
    messages = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
    return "; ".join(f"{name}: {_first(told)}" for name, told in messages.items())[:400]


def _first(told: object) -> str:
    return str(told[0] if isinstance(told, list) and told else told)
