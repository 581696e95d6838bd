"""Texts of the charts in every language: Vietnamese in the code, one gettext catalogue a language beside this file.

The same as `survey_server.i18n`, without contexts: this package stands alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

DEFAULT_LANGUAGE = "vi"
CATALOGUE_DIR = Path(__file__).parent
_STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
_ENTRY = re.compile(rf"^msgid {_STRINGS}msgstr {_STRINGS}", re.MULTILINE)


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages that charts are drawn in, the default one first."""
    return DEFAULT_LANGUAGE, *sorted(path.stem for path in CATALOGUE_DIR.glob("*.po"))


def translate(text: str, language: str) -> str:
    """The text in a language; the Vietnamese text itself where the catalogue has no translation."""
    return catalogue(language).get(text, text)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """{Vietnamese: translation}; empty for Vietnamese and for a language without a catalogue."""
    path = CATALOGUE_DIR / f"{language}.po"
    if language not in languages() or not path.is_file():
        return {}
    found = ((_joined(source), _joined(text)) for source, text in _ENTRY.findall(path.read_text(encoding="utf-8")))
    return {source: text for source, text in found if source and text}


def _joined(strings: str) -> str:
    """The strings of a .po file, whose escapes are those of JSON."""
    return "".join(map(json.loads, strings.strip().splitlines()))
