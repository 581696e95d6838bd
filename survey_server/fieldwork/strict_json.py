"""JSON as devices may send it: no NaN, no key twice in an object, no nesting without end."""

from __future__ import annotations

import json

DEEPEST = 12


def parse_strictly(text: str, deepest: int = DEEPEST) -> object:
    """Raises ValueError, which says what is wrong."""
    try:
        value: object = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    if isinstance(value, (dict, list)):
        _measure(value, deepest)
    return value


def _measure(value: dict[str, object] | list[object], left: int) -> None:
    if left == 0:
        raise ValueError(_TOO_DEEP)
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, (dict, list)):
            _measure(each, left - 1)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number of JSON")


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


_TOO_DEEP = "nested too deeply"
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_distinct)  # made once: half its cost
