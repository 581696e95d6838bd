"""JSON as devices may send it: no NaN, no number without end, no key twice in an object, no nesting without end."""

from __future__ import annotations

import json
import re

DEEPEST = 12
DIGITS = 18
LARGEST_NUMBER = 10**DIGITS  # what is counted and squared stays finite


def parse_strictly(text: str, deepest: int = DEEPEST) -> object:
    """Raises ValueError, which says what is wrong."""
    try:
        value: object = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    if text.count("{") + text.count("[") > deepest:  # else it cannot be nested deeper
        _measure(value, deepest)
    return value


def refuse_no_text(written: str) -> None:
    """Raise ValueError where JSON text names, by escapes, what no database and no file keeps as text: the character
    U+0000, or one half of a surrogate pair."""
    if "\\u" not in written:  # as most texts are
        return
    for escaped in _ESCAPES.findall(_PAIR.sub("", written.replace("\\\\", ""))):
        raise ValueError(f"{escaped} is no text")


def _measure(value: object, left: int) -> None:
    if left == 0:
        raise ValueError(_TOO_DEEP)
    for each in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]  # a list
        if type(each) is dict or type(each) is list:
            _measure(each, left - 1)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number of JSON")


def _whole(written: str) -> int:
    if len(written) - written.startswith("-") > DIGITS:
        raise ValueError(_TOO_LARGE)
    return int(written)


def _fraction(written: str) -> float:
    number = float(written)
    if not -LARGEST_NUMBER < number < LARGEST_NUMBER:
        raise ValueError(_TOO_LARGE)
    return number


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


_TOO_DEEP = "nested too deeply"
_TOO_LARGE = "a number is too large"
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPES = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_DECODER = json.JSONDecoder(  # made once: half its cost
    parse_constant=_refuse_constant, parse_int=_whole, parse_float=_fraction, object_pairs_hook=_distinct
)
