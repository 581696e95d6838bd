"""The order of Vietnamese names: by letters (a ă â b c d đ e ê …), then by tones (huyền, hỏi, ngã, sắc, nặng)."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: chr(ord("A") + place) for place, letter in enumerate(_LETTERS)}
# The tones as combining marks in the order of dictionaries: grave, hook above, tilde, acute, dot below.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


_NUMBER = re.compile(r"[0-9]+")
_MAX_DIGITS = 9


def locality_sort_key(name: str, kind: str) -> str:
    """Of a locality: by its own name, not by what kind of unit it is."""
    return sort_key(name.removeprefix(kind).strip() or name)


def sort_key(name: str) -> str:
    """Plain ASCII that sorts like the name, in any database whatever its collation. Numbers stand in their own order:
    2 before 10."""
    letters: list[str] = []
    tones: list[str] = []
    for character in _NUMBER.sub(_counted, unicodedata.normalize("NFC", name).casefold()):
        base, tone = _without_tone(character)
        if base in _PLACE:
            letters.append(_PLACE[base])
            tones.append(tone)
        elif base.isascii() and base.isdigit():
            letters.append(base)
        elif letters and letters[-1] != "!":
            letters.append("!")
    return "".join(letters).strip("!") + " " + "".join(tones)


def _counted(number: re.Match[str]) -> str:
    """A number after its count of digits: of whole numbers the longer is the larger."""
    digits = number[0].lstrip("0") or "0"
    return f"{min(len(digits), _MAX_DIGITS)}{digits}"


def _without_tone(character: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFD", character)
    tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), "0")
    bare = "".join(mark for mark in decomposed if mark not in _TONES)
    return unicodedata.normalize("NFC", bare), tone
