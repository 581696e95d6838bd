"""Parsing an uploaded row into an envelope. A row that cannot be identified is rejected, and stays on the tablet.

A row whose envelope can be read is never rejected for what its answers hold: it would be refused for ever.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from survey_server.problems import Problem, ProblemType, receiving as problems
from survey_server.services.server_keys import UnsealError, unseal
from survey_server.storage import Database
from survey_server.strict_json import (
    NOT_UTF8,
    InvalidJsonError,
    check_depth,
    check_text,
    decode_utf8,
    parse_strictly,
    read_stored,
)

MAX_BODY_BYTES = 2 << 20
MAX_STORED_DEPTH = 100
MAX_NAME_LENGTH = 100
MAX_ECHOED_LENGTH = 64  # hexadecimal digits of a SHA-256
MODES = frozenset({"tablet", "web", "paper", "import"})
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
# RFC 3339 with an offset. A clock may be wrong by decades; other years are refused, for calendars fail on them.
_INSTANT = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class UploadedRow:
    """A row as it was sent: `body` is the JSON text, or `sealed` carries it encrypted. `is_object`: the row is a
    JSON object."""

    id: str | None
    sha256: str | None
    body: str | None
    sealed: Mapping[str, object] | None = None
    is_object: bool = True

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> UploadedRow:
        """The row of a body that this server made itself."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return cls(body["id"], hashlib.sha256(text.encode()).hexdigest(), text)


class Envelope(NamedTuple):
    """The parts of a response's body; `text` is its JSON as it was sent. Ids and digest are in lower case, as they are
    compared. `unusable`: what of the text cannot be taken as it was sent; the parts are then without it."""

    id: str
    sha256: str
    text: str
    questionnaire: str
    version: str
    round: str
    scheme: str
    level: str
    code: str
    assignment: str | None
    visit: str | None
    supersedes: str | None
    started_at: str | None
    completed_at: str | None
    clock_offset_ms: int | None
    answers: dict[str, Any]
    mode: str
    simulated: bool
    training: bool
    unusable: Problem | None = None


class RejectedError(Exception):
    """The row is not stored; `problem` says why."""

    def __init__(self, type_: ProblemType, /, **parts: object) -> None:
        self.problem = Problem(type_, parts)
        super().__init__(type_.code)


def read_uploaded_row(sent: object) -> UploadedRow:
    """The row of a request's JSON. Parts of the wrong type become None; `parse_row` rejects the row for them."""
    row = sent if isinstance(sent, dict) else {}
    body, sealed = row.get("body"), row.get("sealed")
    return UploadedRow(
        _echoable(row.get("id")),
        _echoable(row.get("sha256")),
        body if isinstance(body, str) else None,
        sealed if isinstance(sealed, dict) else None,
        is_object=isinstance(sent, dict),
    )


def _echoable(sent: object) -> str | None:
    """The text if a receipt may repeat it: short and ASCII; else None."""
    return sent if isinstance(sent, str) and len(sent) <= MAX_ECHOED_LENGTH and sent.isascii() else None


def parse_row(database: Database, row: UploadedRow) -> Envelope:
    """Check digest, JSON and shape; `database` has the keys of sealed rows. Raises RejectedError."""
    text = _body_text(database, row)
    try:
        raw = text.encode()
    except UnicodeEncodeError as error:
        raise RejectedError(problems.BODY_NOT_JSON, why=NOT_UTF8) from error
    if len(raw) > MAX_BODY_BYTES:
        raise RejectedError(problems.RESPONSE_TOO_LARGE, most=MAX_BODY_BYTES // 1024)
    digest = hashlib.sha256(raw).hexdigest()
    if row.sha256 is None or digest != row.sha256.lower():
        raise RejectedError(problems.DIGEST_WRONG)
    body, unusable = _parse_body(text)
    id_ = _id(body, "id")
    if row.id is None or id_ != row.id.lower():
        raise RejectedError(problems.IDS_DIFFER)
    locality = _check_shape(body)
    supersedes = _id(body, "supersedes") if body.get("supersedes") is not None else None
    if supersedes == id_:
        raise RejectedError(problems.BODY_SHAPE, part="supersedes")
    get = body.get
    return Envelope(
        id=id_,
        sha256=digest,
        text=text,
        questionnaire=body["questionnaire"],
        version=body["version"],
        round=body["round"],
        scheme=locality["scheme"],
        level=locality["level"],
        code=locality["code"],
        assignment=get("assignment"),
        visit=get("visit"),
        supersedes=supersedes,
        started_at=get("started_at"),
        completed_at=get("completed_at"),
        clock_offset_ms=get("clock_offset_ms"),
        answers=body["answers"],
        mode=body["mode"],
        simulated=bool(get("simulated")),
        training=bool(get("training")),
        unusable=unusable,
    )


def _check_shape(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check every part but the ids; returns the locality. Raises RejectedError."""
    for name, is_right in _SHAPE:
        if not is_right(body.get(name)):
            raise RejectedError(problems.BODY_SHAPE, part=name)
    locality: Mapping[str, Any] = body["locality"]
    for name in ("scheme", "level", "code"):
        if not _is_name(locality.get(name)):
            raise RejectedError(problems.BODY_SHAPE, part=name)
    return locality


def _body_text(database: Database, row: UploadedRow) -> str:
    if not row.is_object:
        raise RejectedError(problems.ROW_NO_OBJECT)
    if row.id is None or not _is_uuid(row.id):
        raise RejectedError(problems.BODY_SHAPE, part="id")
    if row.body is not None:
        return row.body
    if row.sealed is None:
        raise RejectedError(problems.NO_BODY)
    try:
        return decode_utf8(unseal(database, row.sealed))
    except UnsealError as error:
        raise RejectedError(problems.CANNOT_UNSEAL, part=str(error)) from error
    except InvalidJsonError as error:
        raise RejectedError(problems.BODY_NOT_JSON, why=error.message) from error


def _parse_body(text: str) -> tuple[dict[str, Any], Problem | None]:
    """The body and, where it could be read only without a part of it, why."""
    unusable = None
    try:
        body = parse_strictly(text)
        check_text(text)
    except InvalidJsonError as error:
        body = _parse_leniently(text, error)
        unusable = Problem(problems.UNUSABLE_PARTS, {"why": error.kind})
    if not isinstance(body, dict):
        raise RejectedError(problems.BODY_SHAPE, part="{}")
    return body, unusable


def _parse_leniently(text: str, refused: InvalidJsonError) -> Any:
    """The value of JSON that is refused as it is. Raises RejectedError for what is not JSON, or nested too deep."""
    try:
        body = read_stored(text)
        if isinstance(body, dict | list):
            check_depth(body, MAX_STORED_DEPTH)
    except (ValueError, RecursionError) as error:
        raise RejectedError(problems.BODY_NOT_JSON, why=refused.message) from error
    return body


def _id(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not _is_uuid(value):
        raise RejectedError(problems.BODY_SHAPE, part=name)
    return str(value).lower()


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME_LENGTH and value.isprintable()


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _is_instant(value: Any) -> bool:
    """Whether it is RFC 3339 with an offset; a wrong clock is not refused."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _are_attachments(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ("question", "sha256", "type"))
        for each in value
    )


def _is_mode(value: Any) -> bool:
    return isinstance(value, str) and value in MODES


def _is_exactly(type_: type) -> Callable[[Any], bool]:
    """Exactly: a boolean is not a whole number."""
    return lambda value: type(value) is type_


def _or_none(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or is_right(value)


_SHAPE = (
    ("locality", _is_exactly(dict)),
    ("questionnaire", _is_name),
    ("version", _is_name),
    ("round", _is_name),
    ("answers", _is_exactly(dict)),
    ("mode", _is_mode),
    ("assignment", _or_none(_is_name)),
    ("visit", _or_none(_is_name)),
    ("started_at", _or_none(_is_instant)),
    ("completed_at", _or_none(_is_instant)),
    ("clock_offset_ms", _or_none(_is_exactly(int))),
    ("attachments", _or_none(_are_attachments)),
    ("paradata", _or_none(_is_exactly(dict))),
    ("simulated", _or_none(_is_exactly(bool))),
    ("training", _or_none(_is_exactly(bool))),
)
