"""The catalogues: found by their files, read once a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

DEFAULT_LANGUAGE = "vi"
CATALOGUE_DIR = Path(__file__).parent
CONTEXT_END = "\4"  # between context and source text in a key, as in gettext's compiled catalogues


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
    """Read a .po file without plural forms: entries parted by empty lines. Fuzzy ones are left out, as gettext does.

    Babel reads the same, but takes 0.2 s to import and read, which every verb of the command line would wait for.
    Raises ValueError, which names the entry, where the file is not such a catalogue.
    """
    found = {}
    for entry in path.read_text(encoding="utf-8").split("\n\n"):
        try:
            fields = _read_entry(entry)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path}: this entry cannot be read:\n{entry}") from error
        if fields["msgid"] and fields["msgstr"] and "\n#, fuzzy" not in f"\n{entry}":
            context = fields["msgctxt"]
            found[f"{context}{CONTEXT_END}{fields['msgid']}" if context else fields["msgid"]] = fields["msgstr"]
    return found


def _read_entry(entry: str) -> dict[str, str]:
    """{keyword: its string}. The escapes of a .po string are those of JSON."""
    fields = {"msgctxt": "", "msgid": "", "msgstr": ""}
    keyword = ""
    for line in entry.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        start = line.index('"')
        keyword = line[:start].strip() or keyword
        fields[keyword] += json.loads(line[start:])
    return fields
