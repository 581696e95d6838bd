"""Read request bodies: bounded, inflated, strict JSON."""

from __future__ import annotations

import zlib
from typing import Any, cast

from flask import request
from marshmallow import Schema, ValidationError

from survey_server.i18n import LibraryMessage, Message
from survey_server.problems import ProblemError
from survey_server.problems.device_api import (
    BODY_TOO_LARGE,
    CONTENT_TYPE,
    ENCODING_UNKNOWN,
    NOT_GZIP,
    NOT_JSON,
    WRONG_SHAPE,
)
from survey_server.strict_json import InvalidJsonError, check_text, decode_utf8, parse_strictly

MAX_BODY_BYTES = 8 * 1024 * 1024
_PIECE = 64 * 1024
_MAX_MEMBERS = 1024
_GZIP = 16 + zlib.MAX_WBITS
_WHOLE_BODY = "_schema"  # marshmallow's name for it


def load_body(schema: Schema) -> dict[str, object]:
    """Return the JSON object of the request, checked by `schema`.

    Raises ProblemError: content_type, encoding_unknown, body_too_large, not_gzip, not_json, wrong_shape.
    """
    sent: Any = read_json(as_text=True)
    try:
        return cast(dict[str, object], schema.load(sent))
    except ValidationError as error:
        raise ProblemError(WRONG_SHAPE, fields=shape_problems(error)) from error


def shape_problems(error: ValidationError) -> tuple[Message, ...]:
    """For each field the first thing that marshmallow finds wrong with it, without a full stop."""
    messages = error.messages if isinstance(error.messages, dict) else {_WHOLE_BODY: error.messages}
    return tuple(_shape_problem(str(name), found) for name, found in messages.items())


def _shape_problem(field: str, found: object) -> Message:
    first = found[0] if isinstance(found, list) and found else found
    message = LibraryMessage(str(first).rstrip("."), "marshmallow")
    return message if field == _WHOLE_BODY else Message("{name}: {message}", name=field, message=message)


def read_json(*, as_text: bool = False) -> object:
    """Parse the request body as JSON.

    `as_text` also refuses characters that no database stores as text; uploads of responses leave it off, since each
    response is checked by itself. Raises ProblemError like `load_body`.
    """
    if request.mimetype != "application/json":
        raise ProblemError(CONTENT_TYPE)
    try:
        text = decode_utf8(read_inflated())
        if as_text:
            check_text(text)
        return parse_strictly(text)
    except InvalidJsonError as error:
        raise ProblemError(NOT_JSON, reason=error.message) from error


def read_inflated() -> bytes:
    """Return the body, which may hold MAX_BODY_BYTES before and after inflating.

    Raises ProblemError: encoding_unknown, body_too_large, not_gzip.
    """
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower() or "identity"
    if encoding not in ("identity", "gzip"):
        raise ProblemError(ENCODING_UNKNOWN, encoding=encoding[:40])
    sent = _read_bounded()
    if encoding == "identity":
        return sent
    try:
        return _inflate(sent)
    except zlib.error as error:
        raise ProblemError(NOT_GZIP) from error


def _inflate(sent: bytes) -> bytes:
    """Inflate all members of a gzip file; trailing bytes are an error.

    Works in pieces because zlib copies whatever follows a member: a body of many small members would be copied once a
    member. Raises ProblemError and zlib.error.
    """
    inflated, at, members = bytearray(), 0, 0
    inflater = None
    while at < len(sent):
        if inflater is None:
            inflater, members = zlib.decompressobj(_GZIP), members + 1
        piece = sent[at : at + _PIECE]
        inflated += inflater.decompress(piece, MAX_BODY_BYTES + 1 - len(inflated))
        if len(inflated) > MAX_BODY_BYTES:
            raise ProblemError(BODY_TOO_LARGE, most=MAX_BODY_BYTES)
        at += len(piece) - len(inflater.unused_data)
        if inflater.eof:
            inflater = None
        if members > _MAX_MEMBERS:
            raise ProblemError(NOT_GZIP)
    if inflater is not None or not members:
        raise ProblemError(NOT_GZIP)
    return bytes(inflated)


def _read_bounded() -> bytes:
    length = request.content_length or 0
    if length > MAX_BODY_BYTES:
        raise ProblemError(BODY_TOO_LARGE, most=MAX_BODY_BYTES)
    # Straight from the server, which has read all of it: werkzeug's stream would read it again in pieces.
    return cast(bytes, request.environ["wsgi.input"].read(length))
