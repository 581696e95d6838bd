"""JSON as devices may send it: without NaN, with bounded numbers and nesting, no key twice in an object."""

from __future__ import annotations

import json
import re

from survey_server.i18n import Message

MAX_DEPTH = 12
MAX_DIGITS = 18
MAX_NUMBER = 10**MAX_DIGITS  # sums of squares stay finite


class InvalidJsonError(ValueError):
    """The text is not JSON as devices may send it; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text("en"))
        self.message = message


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
        raise InvalidJsonError(_TOO_DEEP) from error
    except json.JSONDecodeError as error:
        # Without the decoder's own words, which are English and speak to programmers.
        where = Message("sai cú pháp ở dòng {line}, cột {column}", line=error.lineno, column=error.colno)
        raise InvalidJsonError(where) from error
    if text.count("{") + text.count("[") > deepest:  # else it cannot be nested deeper
        _check_depth(value, deepest)
    return value


def check_text(written: str) -> None:
    """Raise InvalidJsonError where a JSON text holds, escaped, what databases and files cannot keep as text: the
    character U+0000, or one half of a surrogate pair."""
    if "\\u" not in written:  # as most texts are
        return
    for escaped in _ESCAPES.findall(_PAIR.sub("", written.replace("\\\\", ""))):
        raise InvalidJsonError(Message("{escaped} không phải là chữ", escaped=escaped))


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise InvalidJsonError(_TOO_DEEP)
    for each in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]  # a list
        if type(each) is dict or type(each) is list:
            _check_depth(each, left - 1)


def _refuse_constant(name: str) -> object:
    raise InvalidJsonError(Message("{name} không phải là số trong JSON", name=name))


def _whole(written: str) -> int:
    if len(written) - written.startswith("-") > MAX_DIGITS:
        raise InvalidJsonError(_TOO_LARGE)
    return int(written)


def _fraction(written: str) -> float:
    number = float(written)
    if not -MAX_NUMBER < number < MAX_NUMBER:
        raise InvalidJsonError(_TOO_LARGE)
    return number


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJsonError(Message("một khóa xuất hiện hai lần trong cùng một đối tượng"))
    return found


NOT_UTF8 = Message("không phải mã UTF-8")
_TOO_DEEP = Message("lồng nhau quá nhiều tầng")
_TOO_LARGE = Message("có số quá lớn")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPES = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_DECODER = json.JSONDecoder(  # made once: half its cost
    parse_constant=_refuse_constant, parse_int=_whole, parse_float=_fraction, object_pairs_hook=_distinct
)
