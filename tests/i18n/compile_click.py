"""Compiles the context `click` of the catalogues, for gettext takes compiled catalogues only.

After a change of those entries: `python -m tests.i18n.compile_click`.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from pathlib import Path

from click import core, decorators, exceptions, formatting, parser, termui, types

from survey_server.i18n import CATALOGUE_DIR, languages
from tests.i18n.extract import catalogued

MODULES = (core, decorators, exceptions, formatting, parser, termui, types)
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n"
MAGIC = 0x950412DE


def texts_of_click() -> Iterator[tuple[str, ...]]:
    """Every text that click asks a translation of; two for a singular with its plural."""
    for module in MODULES:
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                literals = [each.value for each in node.args if isinstance(each, ast.Constant)]
                yield tuple(each for each in literals if isinstance(each, str))


def compiled(language: str) -> bytes:
    """A .mo file (gettext manual, "The Format of GNU MO Files"), without its hash table."""
    known = {source.text: text for source, text in catalogued(language).items() if source.context == "click"}
    entries = {"": HEADER}
    for texts in texts_of_click():
        if texts and all(each in known for each in texts):
            entries["\0".join(texts)] = "\0".join(known[each] for each in texts)
    listed = sorted((source.encode(), text.encode()) for source, text in entries.items())
    start = 28 + 16 * len(listed)
    tables, strings = b"", b""
    for column in zip(*listed, strict=True):
        for each in column:
            tables += struct.pack("<II", len(each), start + len(strings))
            strings += each + b"\0"
    return struct.pack("<7I", MAGIC, 0, len(listed), 28, 28 + 8 * len(listed), 0, start) + tables + strings


def path_of(language: str) -> Path:
    return CATALOGUE_DIR / "compiled" / language / "LC_MESSAGES" / "messages.mo"


def languages_of_click() -> list[str]:
    return [each for each in languages() if any(source.context == "click" for source in catalogued(each))]


if __name__ == "__main__":
    for code in languages_of_click():
        path_of(code).parent.mkdir(parents=True, exist_ok=True)
        path_of(code).write_bytes(compiled(code))
