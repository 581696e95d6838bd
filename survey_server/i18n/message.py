"""A text whose language is chosen when it is read."""

from __future__ import annotations

from survey_server.i18n.catalogues import translate


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
