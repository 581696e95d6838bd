"""Numbers as Vietnamese and other languages write them. In Vietnamese a dot groups thousands, a comma is the decimal
sign; typed numbers are read so in every language.

`static/tablet/numbers.js` reads alike; a test compares the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby

from survey_server.i18n import translate
from survey_server.questionnaire.typed_text import clean, has_invisible

MAX_DIGITS = 15  # what a double holds exactly
_SPACES = "[ \u00a0\u2009\u202f]"
_WHOLE = "[0-9]+"
_VIETNAMESE = re.compile(rf"(?:[1-9][0-9]{{0,2}}(?:(?:\.[0-9]{{3}})+|(?:{_SPACES}[0-9]{{3}})+)|{_WHOLE})(?:,[0-9]+)?")
_ENGLISH = re.compile(rf"(?:[1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?|{_WHOLE}\.[0-9]+)")
_STRANGE = re.compile("[^0-9.,\\- \u00a0\u2009\u202f]")


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a typed text says: `number`, in Vietnamese notation; `other`, where English notation reads another number
    in it; or `problem`, a key of MESSAGES, with what stands in the message's braces."""

    number: int | float | None = None
    other: int | float | None = None
    problem: str = ""
    parts: dict[str, object] = field(default_factory=dict)

    @property
    def certain(self) -> int | float | None:
        """The number before a reading is chosen: thousands, as this country groups them, but no decimal fraction."""
        return self.number if self.other is None or isinstance(self.number, int) else None

    def whole(self) -> NumberReading:
        """The reading where only a whole number can be meant: "1.500" is 1500, but "1,500" is still to be confirmed."""
        return replace(self, other=None) if isinstance(self.number, int) else self


def read_number(text: str) -> NumberReading:
    """Read "1.500" as 1500 and "1,5" as 1.5; whole numbers come back as int. A text without a number has a problem."""
    typed = clean(text).strip().replace("−", "-")
    unreadable = _find_unreadable(typed)
    if unreadable is not None:
        return unreadable
    bare = typed.removeprefix("-")
    sign = typed[: len(typed) - len(bare)]
    vietnamese = _VIETNAMESE.fullmatch(bare)
    english = _ENGLISH.fullmatch(bare)
    other = _to_number(sign + bare.replace(",", "")) if english else None
    if vietnamese:
        number = _to_number(sign + re.sub(rf"\.|{_SPACES}", "", bare).replace(",", "."))
        return NumberReading(number, other)
    if other is not None:
        return NumberReading(problem="foreign", parts={"written": format_for_input(other)})
    edge = next((sign for sign in ".," if bare.startswith(sign) or bare.endswith(sign)), "")
    return NumberReading(problem="edge", parts={"given": edge}) if edge else NumberReading(problem="groups")


def _find_unreadable(typed: str) -> NumberReading | None:
    """Why a text cannot be a number in any notation."""
    if has_invisible(typed):
        return NumberReading(problem="invisible")
    word = next(("".join(run) for is_word, run in groupby(typed, str.isalpha) if is_word), "")
    if word:
        return NumberReading(problem="word", parts={"given": word})
    if any(character.isdecimal() and not character.isascii() for character in typed):
        return NumberReading(problem="digits")
    if typed.count("-") + typed.count("+") > 1 or "-" in typed[1:] or "+" in typed:
        return NumberReading(problem="signs")
    strange = _STRANGE.search(typed)
    if strange is not None:
        return NumberReading(problem="character", parts={"given": strange[0]})
    count = sum(each.isdigit() for each in typed)
    if count == 0:
        return NumberReading(problem="empty")
    return NumberReading(problem="long", parts={"count": count, "most": MAX_DIGITS}) if count > MAX_DIGITS else None


def _to_number(written: str) -> int | float:
    number = Decimal(written)
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
    """A number as typed into an input field; `read_number` reads it back as the same number, and as no other: 1.234 is
    "1,2340", since "1,234" could be a thousand."""
    written = format(Decimal(repr(number)), "f") if isinstance(number, float) else str(number)
    whole, _, decimals = written.partition(".")
    decimals = decimals.rstrip("0")
    typed = f"{whole},{decimals}" if decimals else whole
    return f"{typed}0" if read_number(typed).other is not None else typed
