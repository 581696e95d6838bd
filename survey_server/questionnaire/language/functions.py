"""The functions of expressions: what each takes and gives, and its meaning in Python."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.patterns import MAX_MATCHED_LENGTH
from survey_server.questionnaire.language.values import Value

Kind = Literal["number", "text", "boolean", "date", "codes", "list", "any"]
Taken = Kind | Literal["as number", "as date"]  # also a text that can be read as one
MANY = 64


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` names the kind of each argument, the last one repeating up to `most`."""

    takes: tuple[Taken, ...]
    least: int
    most: int
    gives: Kind
    meaning: Callable[..., Value]


def _round(x: Value, places: Value = 0.0) -> Value:
    """Half away from zero, in the same steps as in JavaScript."""
    amount, digits = values.to_number(x), values.to_number(places)
    if amount is None or digits is None:
        return None
    digits = max(-15.0, min(15.0, math.trunc(digits)))
    factor = _whole_power(10.0, abs(int(digits)))
    scaled = abs(amount) * factor if digits >= 0 else abs(amount) / factor
    if not math.isfinite(scaled) or scaled >= 2.0**52:
        return amount
    whole = math.floor(scaled) + (1.0 if scaled - math.floor(scaled) >= 0.5 else 0.0)
    back = whole / factor if digits >= 0 else whole * factor
    return values.finite_or_none(math.copysign(back, amount))


def _whole_power(base: float, exponent: int) -> float:
    """By squaring, in the same steps as in JavaScript: the libraries' own `pow` differ in the last digit."""
    result = 1.0
    while exponent:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


def _pow(x: Value, y: Value) -> Value:
    base, exponent = values.to_number(x), values.to_number(y)
    if base is None or exponent is None:
        return None
    if exponent == 0.5:
        return math.sqrt(base) if base >= 0 else None
    if exponent != math.trunc(exponent) or abs(exponent) > 1000:
        return None
    power = _whole_power(base, abs(int(exponent)))
    if exponent < 0:
        return values.finite_or_none(1.0 / power) if power != 0 and math.isfinite(power) else None
    return values.finite_or_none(power)


def _on_number(rule: Callable[[float], float]) -> Callable[[Value], Value]:
    def apply(value: Value) -> Value:
        amount = values.to_number(value)
        return None if amount is None else rule(amount)

    return apply


def _total(*parts: Value) -> Value:
    total = 0.0
    for each in values.collect_numbers(parts):
        total += each
    return values.finite_or_none(total)


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., Value]:
    def apply(*parts: Value) -> Value:
        found = values.collect_numbers(parts)
        return choose(found) if found else None

    return apply


def _substr(value: Value, start: Value, end: Value = None) -> Value:
    whole, first = values.to_text(value), values.to_number(start)
    last = values.to_number(end)
    if first is None:
        return ""
    return whole[_bound(first) : _bound(last) if last is not None else None]


def _bound(value: float) -> int:
    return int(max(-1e9, min(1e9, math.trunc(value))))


def _selected(chosen: Value, code: Value) -> Value:
    """A code is text, also where an expression writes it as a number."""
    wanted = values.to_text(code)
    return any(values.to_text(each) == wanted for each in _codes(chosen))


def _selected_at(chosen: Value, index: Value) -> Value:
    codes, place = _codes(chosen), values.to_number(index)
    if place is None or place < 0 or place >= len(codes):
        return None
    return codes[math.trunc(place)]


def _codes(chosen: Value) -> list[Any]:
    if values.is_list(chosen):
        return list(chosen)
    return [] if values.is_empty(chosen) else [chosen]


def _choice_name(value: Value, *codes_and_labels: str) -> str:
    code = values.to_text(value)
    return dict(zip(codes_and_labels[::2], codes_and_labels[1::2], strict=True)).get(code, "")


def _coalesce(*parts: Value) -> Value:
    return next((each for each in parts if not values.is_empty(each)), None)


def _date(value: Value) -> Value:
    return values.to_date(values.to_text(value).strip(" \t\n\r"))


def _format_date(value: Value, form: Value) -> Value:
    known = values.to_date(value)
    if known is None:
        return ""
    year, month, day = known.split("-")
    parts = {"Y": year, "y": year[2:], "m": month, "n": str(int(month)), "d": day, "e": str(int(day)), "%": "%"}
    return re.sub("%(.)", lambda match: parts.get(match[1], match[0]), values.to_text(form))


@lru_cache(512)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _regex(value: Value, pattern: Value) -> bool:
    """The whole value matches; `patterns` has made sure that the pattern reads alike everywhere and cannot run away."""
    whole = values.to_text(value)
    return len(whole) <= MAX_MATCHED_LENGTH and _pattern(pattern).fullmatch(whole) is not None


def _days(value: Value) -> Value:
    known = values.to_date(value)
    return None if known is None else values.days_since_1970(known)


def _if(condition: Value, then: Value, otherwise: Value) -> Value:
    return then if values.to_boolean(condition) else otherwise


def _join(separator: Value, *parts: Value) -> str:
    opened = (each for part in parts for each in (part if values.is_list(part) else (part,)))
    return values.to_text(separator).join(values.to_text(each) for each in opened if not values.is_empty(each))


FUNCTIONS: dict[str, Function] = {
    "true": Function((), 0, 0, "boolean", lambda: True),
    "false": Function((), 0, 0, "boolean", lambda: False),
    "not": Function(("any",), 1, 1, "boolean", lambda value: not values.to_boolean(value)),
    "boolean": Function(("any",), 1, 1, "boolean", values.to_boolean),
    "if": Function(("any", "any", "any"), 3, 3, "any", _if),
    "coalesce": Function(("any",), 1, MANY, "any", _coalesce),
    "number": Function(("as number",), 1, 1, "number", values.to_number),
    "int": Function(("as number",), 1, 1, "number", _on_number(lambda amount: float(math.trunc(amount)) + 0.0)),
    "round": Function(("number", "number"), 1, 2, "number", _round),
    "abs": Function(("number",), 1, 1, "number", _on_number(abs)),
    "pow": Function(("number", "number"), 2, 2, "number", _pow),
    "min": Function(("number",), 1, MANY, "number", _extreme(min)),
    "max": Function(("number",), 1, MANY, "number", _extreme(max)),
    "sum": Function(("number",), 1, MANY, "number", _total),
    "count": Function(("list",), 1, 1, "number", lambda each: float(len(each))),
    "count-non-empty": Function(
        ("list",), 1, 1, "number", lambda all_: float(sum(not values.is_empty(each) for each in all_))
    ),
    "string": Function(("any",), 1, 1, "text", values.to_text),
    "string-length": Function(("any",), 1, 1, "number", lambda value: float(len(values.to_text(value)))),
    "concat": Function(("any",), 1, MANY, "text", lambda *parts: "".join(values.to_text(part) for part in parts)),
    "join": Function(("text", "any"), 2, MANY, "text", _join),
    "substr": Function(("any", "number", "number"), 2, 3, "text", _substr),
    "contains": Function(("any", "any"), 2, 2, "boolean", lambda a, b: values.to_text(b) in values.to_text(a)),
    "starts-with": Function(
        ("any", "any"), 2, 2, "boolean", lambda a, b: values.to_text(a).startswith(values.to_text(b))
    ),
    "ends-with": Function(("any", "any"), 2, 2, "boolean", lambda a, b: values.to_text(a).endswith(values.to_text(b))),
    "regex": Function(("any", "text"), 2, 2, "boolean", _regex),
    "selected": Function(("codes", "text"), 2, 2, "boolean", _selected),
    "selected-at": Function(("codes", "number"), 2, 2, "text", _selected_at),
    "count-selected": Function(("codes",), 1, 1, "number", lambda chosen: float(len(_codes(chosen)))),
    "jr:choice-name": Function(("any", "text"), 2, 2, "text", _choice_name),
    "date": Function(("as date",), 1, 1, "date", _date),
    "format-date": Function(("date", "text"), 2, 2, "text", _format_date),
    "decimal-date-time": Function(("date",), 1, 1, "number", _days),
}
# These two read the scope itself; `evaluate` gives their meaning.
SCOPED: dict[str, Kind] = {"today": "date", "position": "number"}
