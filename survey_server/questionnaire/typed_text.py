"""Text as people type and paste it: what of it can be stored, and whether any of it can be seen.

`static/tablet/typed_text.js` does the same; a test compares the two over every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")  # a vertical tab is what Word pastes for a line break
# Control characters but tab and line feed, halves of surrogate pairs, and code points that are no characters.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BLANKS = r"\t\n \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Default_Ignorable_Code_Point of Unicode, fillers and the empty Braille pattern, but what may end a visible character:
_INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb"
)
# … variation selectors and tags, as in a heart or a flag.
_SELECTORS = r"\u180b-\u180d\u180f\ufe00-\ufe0f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_VISIBLE = re.compile(f"[^{_BLANKS}{_INVISIBLE}{_SELECTORS}]")
_UNSEEN = re.compile(f"[{_INVISIBLE}{_SELECTORS}]")
_ENDS = re.compile(rf"\A[{_BLANKS}{_INVISIBLE}]+|[{_BLANKS}{_INVISIBLE}]+\Z")


def clean(text: str) -> str:
    """The text in NFC with "\\n" for every kind of line break, without control characters and halves of surrogates."""
    if text.isascii() and text.isprintable():  # as most answers are
        return text
    return unicodedata.normalize("NFC", _NOT_TEXT.sub("", _LINE_ENDS.sub("\n", text)))


def trim(text: str) -> str:
    """The text as an answer: cleaned, without blanks and invisible characters at its ends; "" where none is visible."""
    cleaned = clean(text)
    return "" if is_blank(cleaned) else _ENDS.sub("", cleaned)


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it is empty, blank, or made of zero-width characters."""
    return _VISIBLE.search(text) is None


def has_invisible(text: str) -> bool:
    """Whether a character of the text, other than a blank, cannot be seen."""
    return _UNSEEN.search(text) is not None


def clean_all(value: Any) -> Any:
    """Any JSON with its texts cleaned, the names of objects too; of two names that become the same the first stays."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(each) for each in value]
    if isinstance(value, Mapping):
        cleaned: dict[str, Any] = {}
        for name, each in value.items():
            cleaned.setdefault(clean(name), clean_all(each))
        return cleaned
    return value
