"""What libraries say in English, put into other languages by how it begins."""

from __future__ import annotations

import re

from survey_server.i18n.catalogues import translations
from survey_server.i18n.message import Message

ANYTHING_ELSE = "…"  # the source text whose translation stands for what no other entry matches


class LibraryMessage(Message):
    """`said`: the library's English, filled in already. `library`: the context of its source texts in the catalogues.

    Of the source texts that `said` begins with, the longest decides; `{name}` in it stands for anything.
    """

    def __init__(self, said: str, library: str) -> None:
        super().__init__(said, library)

    def text(self, language: str) -> str:
        known = translations(language, self.context)
        for source in sorted(known, key=len, reverse=True):
            if match := _pattern(source).match(self.msgid):
                return known[source].format(**match.groupdict()) if match.groupdict() else known[source]
        return known.get(ANYTHING_ELSE, self.msgid)


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(source)))
