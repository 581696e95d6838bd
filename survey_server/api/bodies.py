"""Reading what a client sent: bounded, inflated, strict JSON."""

from __future__ import annotations

import zlib
from typing import IO, Any

from flask import request
from marshmallow import Schema, ValidationError

from survey_server.fieldwork.strict_json import parse_strictly, refuse_no_text
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
_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def load_body(schema: Schema) -> dict[str, object]:
    """The JSON object sent, checked by the schema.

    Raises ProblemError: content_type, encoding_unknown, body_too_large, not_gzip, not_json, wrong_shape.
    """
    sent: Any = read_json(as_text=True)
    try:
        loaded: dict[str, object] = schema.load(sent)
    except ValidationError as error:
        raise ProblemError(WRONG_SHAPE, fields=_told(error)) from error
    return loaded


def read_json(*, as_text: bool = False) -> object:
    """`as_text`: refuse what cannot be kept as text. Not asked of responses, each of which is judged for itself.

    Raises ProblemError like `load_body`.
    """
    if request.mimetype != "application/json":
        raise ProblemError(CONTENT_TYPE)
    try:
        written = _inflated().decode()
        if as_text:
            refuse_no_text(written)
        return parse_strictly(written)
    except ValueError as error:  # not UTF-8, not JSON
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
    return read_at_most(request.stream, MOST_BYTES)


def read_at_most(stream: IO[bytes], most: int) -> bytes:
    """What a client sent. In pieces: asked for all at once, a stream first clears as much memory as is asked for.

    Raises ProblemError body_too_large.
    """
    sent = bytearray()
    while piece := stream.read(_PIECE):
        sent += piece
        if len(sent) > most:
            raise ProblemError(BODY_TOO_LARGE, most=most)
    return bytes(sent)


def _told(error: ValidationError) -> str:
    messages = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
    return "; ".join(f"{name}: {_first(told)}" for name, told in messages.items())[:400]


def _first(told: object) -> str:
    return str(told[0] if isinstance(told, list) and told else told)
