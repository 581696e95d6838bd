"""The catalogues: found by their files, read once a process."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

DEFAULT_LANGUAGE = "vi"
CATALOGUE_DIR = Path(__file__).parent
CONTEXT_END = "\4"  # between context and source text in a key, as in gettext's compiled catalogues
_STRINGS = r'((?:"(?:[^"\\\n]|\\.)*"[ \t]*(?:\n|\Z))+)'
# Comment, context, source, translation.
_ENTRY = re.compile(rf"((?:^#.*\n)*)(?:^msgctxt {_STRINGS})?^msgid {_STRINGS}^msgstr {_STRINGS}", re.MULTILINE)


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, the default one first."""
    found = {path.stem for path in CATALOGUE_DIR.glob("*.po")} - {DEFAULT_LANGUAGE}
    return DEFAULT_LANGUAGE, *sorted(found)


def translate(text: str, language: str, context: str = "") -> str:
    """The text in a language; the source text itself where the catalogue has no translation."""
    return catalogue(language).get(f"{context}{CONTEXT_END}{text}" if context else text, text)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """{source text, after its context and CONTEXT_END where it has one: translation}; empty without a catalogue."""
    path = CATALOGUE_DIR / f"{language}.po"
    return read_catalogue(path) if language in languages() and path.is_file() else {}


def translations(language: str, context: str) -> dict[str, str]:
    """{source text: translation} of one context."""
    start = f"{context}{CONTEXT_END}"
    return {key.removeprefix(start): text for key, text in catalogue(language).items() if key.startswith(start)}


def read_catalogue(path: Path) -> dict[str, str]:
    """Read a .po file without plural forms; fuzzy entries are left out, as gettext does.

    Babel reads the same, but takes 0.2 s to import and read, which every verb of the command line would wait for.
    Raises ValueError, which names the first line that is not part of an entry.
    """
    content = path.read_text(encoding="utf-8")
    unread = [line for line in _ENTRY.sub("", content).splitlines() if line.strip() and not line.startswith("#")]
    if unread:
        raise ValueError(f"{path}: this line cannot be read: {unread[0]}")
    entries = ((comment, *map(_join, strings)) for comment, *strings in _ENTRY.findall(content))
    return {
        f"{context}{CONTEXT_END}{source}" if context else source: text
        for comment, context, source, text in entries
        if source and text and "#, fuzzy" not in comment
    }


def _join(strings: str) -> str:
    """The strings of an entry's part, whose escapes are those of JSON."""
    return "".join(map(json.loads, strings.strip().splitlines()))
