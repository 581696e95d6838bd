"""Texts whose language is chosen when they are read: our own, and the English texts of libraries."""

from __future__ import annotations

import re

from survey_server.i18n.catalogues import translate, translations

ANYTHING_ELSE = "…"  # the source text whose translation stands for what no other entry matches


class Message:
    """A source text and the parts that it names in braces; translated when it is rendered. A literal brace is doubled.

    A part may be a message too, or a tuple of messages, which is rendered as a list.
    """

    __slots__ = ("context", "msgid", "parts")

    def __init__(self, msgid: str, context: str = "", /, **parts: object) -> None:
        self.msgid = msgid
        self.context = context
        self.parts = parts

    def __repr__(self) -> str:
        return f"Message({self.msgid!r}, context={self.context!r}, **{self.parts!r})"

    def __add__(self, end: str) -> Message:
        return Message("{start}{end}", start=self, end=end)

    def text(self, language: str) -> str:
        return translate(self.msgid, language, self.context).format(**self.parts_in(language))

    def parts_in(self, language: str) -> dict[str, object]:
        """The parts as they are shown in a language."""
        return {name: _render_part(part, language) for name, part in self.parts.items()}


def _render_part(part: object, language: str) -> object:
    if isinstance(part, Message):
        return part.text(language)
    if isinstance(part, tuple):
        return "; ".join(str(_render_part(each, language)) for each in part)
    return part


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
