"""The messages of the YAML parsers in the reader's language.

There are two parsers: libyaml, and PyYAML's own where libyaml is missing. Their messages are English and differ for the
same problem; the catalogues (context `yaml`) translate them by their beginning and leave out the token that some end
with ("…, but found '<scalar>'").
"""

from __future__ import annotations

import re

from survey_server.i18n import LibraryMessage, Message

_CANNOT_START = re.compile(r"found character .*that cannot start any token")
_EXPRESSION = re.compile(
    r"\b(?:relevant|required|constraint|calculation)\s*:\s*(?P<expression>(?!['\"|>\s])[^'\",{}]*\$\{)"
)


def translate_yaml_error(message: str, character: str) -> Message:
    """A parser's message in the reader's language; `character` is the one at which the parser stopped."""
    if not _CANNOT_START.match(message):
        return LibraryMessage(message, "yaml")
    if character == "\t":
        return Message("dòng này có tab; dùng dấu cách thay cho tab")
    return Message("câu chữ không bắt đầu bằng {character!r} được; đặt câu chữ trong dấu nháy", character=character)


def find_unquoted_expression(line: str, column: int, context: str) -> int | None:
    """The index in a line of an unquoted expression inside {…}, whose `${…}` YAML takes for a mapping, or None.

    `column`, from 0, is where the parser stopped and `context` what it was parsing. Outside {…} no quotes are needed.
    """
    found = _EXPRESSION.search(line)
    if found is None:
        return None
    inside = "{" in line[: found.start()] or "flow" in context or line[column : column + 1] in (">", "|")
    return found.start("expression") if inside else None
