"""Reading an uploaded row: what cannot be identified is rejected here, and stays on the tablet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey_server.fieldwork.strict_json import parse_strictly
from survey_server.problems import Entry, Problem
from survey_server.problems import receiving as said
from survey_server.services.server_keys import UnsealError, unseal
from survey_server.storage.database import Database

LARGEST_BODY = 2 << 20
LONGEST_WORD = 100
MODES = frozenset({"tablet", "web", "paper", "import"})
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UploadedRow:
    """A row as it was sent: `body` is the JSON text, or `sealed` carries it encrypted."""

    id: str | None
    sha256: str | None
    body: str | None
    sealed: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A response's body, read; `text` is the body's JSON as it was sent."""

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


class RejectedError(Exception):
    """The row is not kept; `problem` says why."""

    def __init__(self, entry: Entry, **parts: object) -> None:
        self.problem = Problem(entry, parts)
        super().__init__(entry.code)


def read_row(database: Database, row: UploadedRow) -> Envelope:
    """Raises RejectedError."""
    text = _text(database, row)
    raw = _bytes(text)
    if len(raw) > LARGEST_BODY:
        raise RejectedError(said.BODY_TOO_LARGE, most=LARGEST_BODY // 1024)
    if hashlib.sha256(raw).hexdigest() != row.sha256:
        raise RejectedError(said.DIGEST_WRONG)
    body = _parsed(text)
    locality = _part(body, "locality", lambda value: isinstance(value, dict))
    if body.get("id") != row.id:
        raise RejectedError(said.BODY_SHAPE, part="id")
    return Envelope(
        id=_part(body, "id", _is_uuid),
        sha256=row.sha256,
        text=text,
        questionnaire=_part(body, "questionnaire", _is_word),
        version=_part(body, "version", _is_word),
        round=_part(body, "round", _is_word),
        scheme=_part(locality, "scheme", _is_word),
        level=_part(locality, "level", _is_word),
        code=_part(locality, "code", _is_word),
        assignment=_part(body, "assignment", _or_none(_is_word)),
        visit=_part(body, "visit", _or_none(_is_word)),
        supersedes=_part(body, "supersedes", _or_none(_is_uuid)),
        started_at=_part(body, "started_at", _or_none(_is_instant)),
        completed_at=_part(body, "completed_at", _or_none(_is_instant)),
        clock_offset_ms=_part(body, "clock_offset_ms", _or_none(_is_whole)),
        answers=_part(body, "answers", lambda value: isinstance(value, dict)),
        mode=_part(body, "mode", lambda value: isinstance(value, str) and value in MODES),
        simulated=bool(_part(body, "simulated", _or_none(_is_truth))),
        training=bool(_part(body, "training", _or_none(_is_truth))),
    )


def _text(database: Database, row: UploadedRow) -> str:
    if row.id is None or not _is_uuid(row.id):
        raise RejectedError(said.BODY_SHAPE, part="id")
    if row.body is not None:
        text = row.body
    elif row.sealed is not None:
        try:
            text = unseal(database, row.sealed).decode("utf-8")
        except UnsealError as error:
            raise RejectedError(said.CANNOT_UNSEAL, part=str(error)) from error
        except UnicodeDecodeError as error:
            raise RejectedError(said.BODY_NOT_JSON, why="UTF-8") from error
    else:
        raise RejectedError(said.NO_BODY)
    return text


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise RejectedError(said.BODY_NOT_JSON, why="UTF-8") from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = parse_strictly(text)
    except ValueError as error:
        raise RejectedError(said.BODY_NOT_JSON, why=str(error)[:100]) from error
    if "\\u0000" in text:
        raise RejectedError(said.BODY_NOT_JSON, why="U+0000")  # PostgreSQL keeps no such character
    if not isinstance(body, dict):
        raise RejectedError(said.BODY_SHAPE, part="{}")
    return body


def _part(body: Mapping[str, Any], name: str, is_right: Callable[[Any], bool]) -> Any:
    value = body.get(name)
    if not is_right(value):
        raise RejectedError(said.BODY_SHAPE, part=name)
    return value


def _or_none(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or is_right(value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_WORD and value.isprintable()


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _is_instant(value: Any) -> bool:
    """RFC 3339 with an offset; whether the clock was right is another question."""
    if not isinstance(value, str) or not 20 <= len(value) <= 40:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)
