"""English texts of libraries, translated by how they begin."""

from __future__ import annotations

import re

from survey_server.i18n.catalogues import translations
from survey_server.i18n.message import Message

ANYTHING_ELSE = "…"  # the source text whose translation stands for what no other entry matches


class LibraryMessage(Message):
    """`english`: the library's text with its parts. `library`: the context of its source texts in the catalogues.

    The longest source text that `english` begins with is used; `{name}` in a source text matches anything.
    """

    def __init__(self, english: str, library: str) -> None:
        super().__init__(english, library)

    def text(self, language: str) -> str:
        known = translations(language, self.context)
        for source in sorted(known, key=len, reverse=True):
            if match := _pattern(source).match(self.msgid):
                return known[source].format(**match.groupdict()) if match.groupdict() else known[source]
        return known.get(ANYTHING_ELSE, self.msgid)


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(source)))
