"""Names of localities: keys to sort and to find them by, in any database whatever its collation.

Vietnamese names are sorted by letters (a ă â b c d đ e ê …), then by tones (huyền, hỏi, ngã, sắc, nặng).
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_POSITION = {letter: chr(ord("A") + position) for position, letter in enumerate(_LETTERS)}
# The tones as combining marks in the order of dictionaries: grave, hook above, tilde, acute, dot below.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


_NUMBER = re.compile(r"[0-9]+")
_MAX_DIGITS = 9


def locality_sort_key(name: str, kind: str) -> str:
    """The sort key of a locality: of its own name, without the kind of unit."""
    return sort_key(name.removeprefix(kind).strip() or name)


def sort_key(name: str) -> str:
    """ASCII text that sorts like the name. Numbers are sorted by value: 2 before 10."""
    letters: list[str] = []
    tones: list[str] = []
    for character in _NUMBER.sub(_number_key, unicodedata.normalize("NFC", name).casefold()):
        base, tone = _without_tone(character)
        if base in _POSITION:
            letters.append(_POSITION[base])
            tones.append(tone)
        elif base.isascii() and base.isdigit():
            letters.append(base)
        elif letters and letters[-1] != "!":
            letters.append("!")
    return "".join(letters).strip("!") + " " + "".join(tones)


def _number_key(number: re.Match[str]) -> str:
    """The number of digits, then the digits: the longer number is the larger."""
    digits = number[0].lstrip("0") or "0"
    return f"{min(len(digits), _MAX_DIGITS)}{digits}"


def _without_tone(character: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFD", character)
    tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), "0")
    bare = "".join(mark for mark in decomposed if mark not in _TONES)
    return unicodedata.normalize("NFC", bare), tone


def search_key(name: str) -> str:
    """A name without diacritics, case and punctuation, for searching: "Thừa Thiên Huế" → "thua thien hue"."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", " ", bare.casefold()).strip()
