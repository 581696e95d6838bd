"""JSON as devices may send it: without NaN, with bounded numbers and nesting, no key twice in an object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import orjson

from survey_server.i18n import Message

MAX_DEPTH = 12
MAX_DIGITS = 18
MAX_NUMBER = 10**MAX_DIGITS  # sums of squares stay finite


class InvalidJsonError(ValueError):
    """The text is not JSON as devices may send it; `message` says why, `kind` is a code for it."""

    def __init__(self, message: Message, kind: str = "syntax") -> None:
        super().__init__(message.text("en"))
        self.message = message
        self.kind = kind


def decode_utf8(raw: bytes) -> str:
    """Raises InvalidJsonError."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise InvalidJsonError(NOT_UTF8) from error


def parse_strictly(text: str, deepest: int = MAX_DEPTH) -> object:
    """The value of a JSON text. Raises InvalidJsonError."""
    try:
        value: object = _DECODER.decode(text)
    except RecursionError as error:
        raise InvalidJsonError(_TOO_DEEP, "depth") from error
    except json.JSONDecodeError as error:
        # Without the decoder's own words, which are English and speak to programmers.
        where = Message("sai cú pháp ở dòng {line}, cột {column}", line=error.lineno, column=error.colno)
        raise InvalidJsonError(where) from error
    if text.count("{") + text.count("[") > deepest:  # else it cannot be nested deeper
        check_depth(value, deepest)
    return value


def check_text(written: str) -> None:
    """Raise InvalidJsonError where a JSON text holds, escaped, what databases and files cannot keep as text: the
    character U+0000, or one half of a surrogate pair."""
    if "\\u" not in written:  # as most texts are
        return
    for escaped in _ESCAPES.findall(_PAIR.sub("", written.replace("\\\\", ""))):
        raise InvalidJsonError(Message("{escaped} không phải là chữ", escaped=escaped), "text")


def read_stored(written: str) -> Any:
    """The value of a stored JSON text. What `parse_strictly` and `check_text` refuse is taken out of it: U+0000 and
    halves of surrogate pairs are left out of texts, numbers that are too large are None.

    Raises ValueError or RecursionError for what is not JSON.
    """
    try:
        value = orjson.loads(written)  # which refuses NaN, Infinity and halves of surrogate pairs
        if "\\u0000" not in written and not _has_large_number(value):  # as in nearly all texts
            return value
    except orjson.JSONDecodeError:
        pass
    return _storable(_LENIENT_DECODER.decode(written))


def _has_large_number(value: Any) -> bool:
    for each in value.values() if value.__class__ is dict else value if value.__class__ is list else (value,):
        kind = each.__class__
        if kind is int or kind is float:
            if not -MAX_NUMBER < each < MAX_NUMBER:
                return True
        elif (kind is dict or kind is list) and _has_large_number(each):
            return True
    return False


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("", name): _storable(each) for name, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value


def check_depth(value: object, left: int) -> None:
    """Raise InvalidJsonError where lists and objects are nested more than `left` deep."""
    if left == 0:
        raise InvalidJsonError(_TOO_DEEP, "depth")
    for each in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]  # a list
        if type(each) is dict or type(each) is list:
            check_depth(each, left - 1)


def _refuse_constant(name: str) -> object:
    raise InvalidJsonError(Message("{name} không phải là số trong JSON", name=name), "number")


def _whole(written: str) -> int:
    if len(written) - written.startswith("-") > MAX_DIGITS:
        raise InvalidJsonError(_TOO_LARGE, "number")
    return int(written)


def _fraction(written: str) -> float:
    number = float(written)
    if not -MAX_NUMBER < number < MAX_NUMBER:
        raise InvalidJsonError(_TOO_LARGE, "number")
    return number


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJsonError(Message("một khóa xuất hiện hai lần trong cùng một đối tượng"), "key")
    return found


NOT_UTF8 = Message("không phải mã UTF-8")
_TOO_DEEP = Message("lồng nhau quá nhiều tầng")
_TOO_LARGE = Message("có số quá lớn")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPES = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def _or_none(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def read_or_none(written: str) -> Any:
        try:
            return read(written)
        except InvalidJsonError:
            return None

    return read_or_none


_LENIENT_DECODER = json.JSONDecoder(
    parse_constant=lambda _name: None, parse_int=_or_none(_whole), parse_float=_or_none(_fraction)
)
_DECODER = json.JSONDecoder(  # made once: half its cost
    parse_constant=_refuse_constant, parse_int=_whole, parse_float=_fraction, object_pairs_hook=_distinct
)
