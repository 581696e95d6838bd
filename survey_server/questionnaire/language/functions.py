"""What the operators and functions of expressions do with values. `operators` lists them with their types.

`web/static/tablet/expressions.js` takes the same steps; where it matters to the last digit, a comment says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.patterns import MAX_MATCHED_LENGTH
from survey_server.questionnaire.language.values import Value

MAX_EXPONENT = 1000
Evaluable = Callable[[Any], Value]  # of a scope
Condition = Callable[[Any], bool]


def arithmetic(rule: Callable[[float, float], float | None]) -> Callable[[Value, Value], Value]:
    """A rule for two numbers as an operator: null where a value is not a number or the result is not finite."""

    def calculate(left: Value, right: Value) -> Value:
        a, b = values.to_number(left), values.to_number(right)
        if a is None or b is None:
            return None
        result = rule(a, b)
        return None if result is None else values.finite_or_none(result)

    return calculate


def divide(a: float, b: float) -> float | None:
    return a / b if b != 0 else None


def remainder(a: float, b: float) -> float | None:
    """With the sign of the dividend."""
    return math.fmod(a, b) if b != 0 else None


def ordering(holds: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    """An order as an operator: two moments of a kind compare as such, all else as numbers; what is not a number
    compares false."""

    def compare(left: Value, right: Value) -> bool:
        if type(left) is float and type(right) is float:  # the usual case; numbers of expressions are finite
            return holds(left, right)
        if isinstance(left, str) and (kind := values.moment_kind(left)) and kind == values.moment_kind(right):
            return holds(left, right)
        a, b = values.to_number(left), values.to_number(right)
        return a is not None and b is not None and holds(a, b)

    return compare


def on_number(rule: Callable[[float], float]) -> Callable[[Value], Value]:
    """A rule for one number as a function: null where the value is not a number."""

    def apply(value: Value) -> Value:
        amount = values.to_number(value)
        return None if amount is None else rule(amount)

    return apply


def on_numbers(choose: Callable[[list[float]], float]) -> Callable[..., Value]:
    """A choice among numbers as a function: null where there are none."""

    def apply(*parts: Value) -> Value:
        found = values.collect_numbers(parts)
        return choose(found) if found else None

    return apply


def on_texts(rule: Callable[[str, str], bool]) -> Callable[[Value, Value], bool]:
    return lambda left, right: rule(values.to_text(left), values.to_text(right))


def round_half_away(x: Value, places: Value = 0.0) -> Value:
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


def power(x: Value, y: Value) -> Value:
    """Null for exponents other than 0.5 and whole numbers up to MAX_EXPONENT."""
    base, exponent = values.to_number(x), values.to_number(y)
    if base is None or exponent is None:
        return None
    if exponent == 0.5:
        return math.sqrt(base) if base >= 0 else None
    if exponent != math.trunc(exponent) or abs(exponent) > MAX_EXPONENT:
        return None
    result = _whole_power(base, abs(int(exponent)))
    if exponent < 0:
        return values.finite_or_none(1.0 / result) if result != 0 and math.isfinite(result) else None
    return values.finite_or_none(result)


def total(*parts: Value) -> Value:
    """From left to right, as in JavaScript: `sum` and `math.fsum` may differ in the last digit."""
    result = 0.0
    for each in values.collect_numbers(parts):
        result += each
    return values.finite_or_none(result)


def count_non_empty(instances: list[Value]) -> float:
    return float(sum(not values.is_empty(each) for each in instances))


def coalesce(*parts: Value) -> Value:
    return next((each for each in parts if not values.is_empty(each)), None)


def choose(condition: Condition, then: Evaluable, otherwise: Evaluable) -> Evaluable:
    return lambda scope: then(scope) if condition(scope) else otherwise(scope)


def both(left: Condition, right: Condition) -> Condition:
    return lambda scope: left(scope) and right(scope)


def either(left: Condition, right: Condition) -> Condition:
    return lambda scope: left(scope) or right(scope)


def concat(*parts: Value) -> str:
    return "".join(values.to_text(part) for part in parts)


def join(separator: Value, *parts: Value) -> str:
    return values.to_text(separator).join(
        values.to_text(each) for each in values.flatten(parts) if not values.is_empty(each)
    )


def substr(value: Value, start: Value, end: Value = None) -> str:
    whole, first, last = values.to_text(value), values.to_number(start), values.to_number(end)
    if first is None:
        return ""
    return whole[_to_index(first) : _to_index(last) if last is not None else None]


def _to_index(value: float) -> int:
    return int(max(-1e9, min(1e9, math.trunc(value))))


def matches(value: Value, pattern: Value) -> bool:
    """Whether the whole text matches; `patterns.make_portable` made sure that matching is the same everywhere."""
    whole = values.to_text(value)
    return len(whole) <= MAX_MATCHED_LENGTH and re.fullmatch(pattern, whole) is not None


def selected(chosen: Value, code: Value) -> bool:
    """A code is text, also where an expression writes it as a number."""
    wanted = values.to_text(code)
    return any(values.to_text(each) == wanted for each in _codes(chosen))


def selected_at(chosen: Value, index: Value) -> Value:
    codes, at = _codes(chosen), values.to_number(index)
    return None if at is None or at < 0 or at >= len(codes) else codes[math.trunc(at)]


def count_selected(chosen: Value) -> float:
    return float(len(_codes(chosen)))


def _codes(chosen: Value) -> list[Any]:
    if values.is_list(chosen):
        return list(chosen)
    return [] if values.is_empty(chosen) else [chosen]


def choice_label(value: Value, *codes_and_labels: str) -> str:
    """The label that follows the code among `codes_and_labels`, which the resolver put into the tree."""
    code = values.to_text(value)
    return dict(zip(codes_and_labels[::2], codes_and_labels[1::2], strict=True)).get(code, "")


def read_date(value: Value) -> Value:
    """Of a date and time its day."""
    text = values.to_text(value).strip(values.BLANKS)
    return values.to_date(text[:10] if values.to_datetime(text) else text)


def format_date(value: Value, form: Value) -> str:
    known = values.to_date(value)
    if known is None:
        return ""
    year, month, day = known.split("-")
    parts = {"Y": year, "y": year[2:], "m": month, "n": str(int(month)), "d": day, "e": str(int(day)), "%": "%"}
    return re.sub("%(.)", lambda match: parts.get(match[1], match[0]), values.to_text(form))


def days_since_1970(value: Value) -> Value:
    """Of a date and time with the share of the day that has passed."""
    if values.to_datetime(value) is None:
        return None if values.to_date(value) is None else values.days_since_1970(value)
    minutes = values.days_since_1970(value[:10]) * values.MINUTES_A_DAY + values.minutes_of(value[11:])
    return minutes / values.MINUTES_A_DAY


def share_of_day(value: Value) -> Value:
    """Of a time, or of a date and time."""
    time = value[11:] if values.to_datetime(value) is not None else values.to_time(value)
    return None if time is None else values.minutes_of(time) / values.MINUTES_A_DAY
