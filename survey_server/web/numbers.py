"""Numbers as Vietnamese and other languages write them. In Vietnamese a dot groups thousands, a comma is the decimal
sign; typed numbers are read so in every language."""

from __future__ import annotations

import re
from decimal import Decimal

from survey_server.i18n import translate

_GROUPED = re.compile(r"[-−]?[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})+(?:,[0-9]+)?")
_PLAIN = re.compile(r"[-−]?[0-9]+(?:,[0-9]+)?")
MAX_DIGITS = 15  # what a double holds exactly


class UnreadableNumber(ValueError):
    """The text is not a number in Vietnamese notation."""


def parse_number(text: str) -> int | float:
    """Read "1.500" as 1500 and "1,5" as 1.5; whole numbers come back as int.

    Raises UnreadableNumber for all else, "1.5" too: a dot that does not group three digits can mean two things.
    """
    typed = text.strip()
    if not (_GROUPED.fullmatch(typed) or _PLAIN.fullmatch(typed)):
        raise UnreadableNumber(text)
    bare = re.sub(r"[. \u00a0\u202f]", "", typed).replace("−", "-").replace(",", ".")
    if sum(character.isdigit() for character in bare) > MAX_DIGITS:
        raise UnreadableNumber(text)
    number = Decimal(bare)
    return int(number) if number == number.to_integral_value() else float(number)


def format_number(number: float, language: str = "vi") -> str:
    """Write 1500 as "1.500" (Vietnamese) or "1,500" (English), at most 6 decimal places."""
    whole = isinstance(number, int) or float(number).is_integer()
    written = f"{int(number):,}" if whole else f"{number:,.6f}".rstrip("0")
    pattern = number_pattern(language)
    return written.translate({ord(","): pattern[1], ord("."): pattern[5]})


def number_pattern(language: str) -> str:
    """1234.5 as a language writes it."""
    return translate("1.234,5", language, "number format")


def format_for_input(number: float) -> str:
    """A number as typed into an input field; `parse_number` reads it back as the same number."""
    written = format(Decimal(repr(number)), "f") if isinstance(number, float) else str(number)
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole},{decimals}" if decimals else whole
