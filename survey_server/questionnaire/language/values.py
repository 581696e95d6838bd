"""The values of expressions and their conversions; `web/static/tablet/expressions.js` does the same.

A value is None (unanswered or not asked), bool, float, str (dates are ISO text) or a list (selected codes, or a
question's values in all instances of a repeat).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal

Value = Any
_NUMERAL = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
MomentKind = Literal["date", "time", "datetime"]
MINUTES_A_DAY = 1440
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
BLANKS = " \t\n\r"


def is_list(value: Value) -> bool:
    return isinstance(value, (list, tuple))


def to_number(value: Value) -> float | None:
    """A finite number, or None where the value is not a number."""
    if type(value) is float:  # the usual case
        return value if math.isfinite(value) else None
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, (int, float)):
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:
            return None
    if isinstance(value, str):
        bare = value.strip(BLANKS)
        return finite_or_none(float(bare)) if _NUMERAL.fullmatch(bare) else None
    return None


def finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def to_text(value: Value) -> str:
    """Text in NFC; None as '', numbers without an exponent, lists with blanks between their items."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return format_number(float(value))
    return " ".join(to_text(each) for each in value)


def to_boolean(value: Value) -> bool:
    """False for None, 0, '' and the empty list."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value != 0
    return len(value) > 0


def is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, (str, list, tuple)) and len(value) == 0)


def format_number(value: float) -> str:
    """The shortest decimal that reads back as the same double, without an exponent."""
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa.removesuffix(".0")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent)
    digits = whole + fraction
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def are_equal(left: Value, right: Value) -> bool:
    """None equals '' and the empty list; booleans compare as booleans, numbers as numbers, all else as text."""
    if type(left) is str and type(right) is str and left.isascii() and right.isascii():  # the usual case
        return left == right
    if left is None or right is None:
        return is_empty(left) and is_empty(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, (int, float)) or isinstance(right, (int, float)):
        a, b = to_number(left), to_number(right)
        return a is not None and a == b
    return to_text(left) == to_text(right)


def to_date(value: Value) -> str | None:
    """The value if it is the ISO text of a day in the calendar, else None."""
    return value if isinstance(value, str) and len(value) == len("2012-06-05") and _is_day(value) else None


@lru_cache(maxsize=4096)
def _is_day(value: str) -> bool:
    match = _DAY.fullmatch(value)
    if match is None or match[1] == "0000":
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def to_time(value: Value) -> str | None:
    """The value if it is a time of day as "08:30", else None."""
    return value if isinstance(value, str) and _TIME.fullmatch(value) else None


def to_datetime(value: Value) -> str | None:
    """The value if it is a local date and time as "2012-06-05T08:30", else None."""
    if not isinstance(value, str) or value[10:11] != "T" or to_time(value[11:]) is None:
        return None
    return value if to_date(value[:10]) is not None else None


def moment_kind(value: Value) -> MomentKind | None:
    """What a value is where it is a moment."""
    if to_date(value) is not None:
        return "date"
    if to_time(value) is not None:
        return "time"
    return "datetime" if to_datetime(value) is not None else None


def minutes_of(time: str) -> int:
    """Since midnight."""
    return int(time[:2]) * 60 + int(time[3:])


def days_since_1970(value: str) -> float:
    return float((date.fromisoformat(value) - date(1970, 1, 1)).days)


def flatten(values: Sequence[Value]) -> Iterator[Value]:
    """The values, with lists replaced by what they contain."""
    for value in values:
        if is_list(value):
            yield from value
        else:
            yield value


def collect_numbers(values: Sequence[Value]) -> list[float]:
    """The numbers among the values and those in lists, in order."""
    return [found for each in flatten(values) if (found := to_number(each)) is not None]
