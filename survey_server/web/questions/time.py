"""A time of day in one input: "8:30", "08:30", "8h30" or "8 giờ 30"; 24 hours."""

from __future__ import annotations

import re
from typing import Any

from survey_server.web.language import gettext as _
from survey_server.web.question_types import Answer, AnswerField, WebType, field_of

# "8 giờ 30 phút", the letters escaped: a pattern is no text to translate.
_TYPED = re.compile(r"([0-9]{1,2})\s*(?::|h|g|gi\u1edd)\s*([0-9]{2})(?:\s*ph\u00fat)?", re.IGNORECASE)


class UnreadableTimeError(ValueError):
    """The text is not a time of day."""


def read_time(text: str) -> str | None:
    """As "08:30"; None where nothing is typed. Raises UnreadableTimeError."""
    typed = _TYPED.fullmatch(text.strip())
    if typed is None:
        if text.strip():
            raise UnreadableTimeError
        return None
    hour, minute = int(typed[1]), int(typed[2])
    if hour > 23 or minute > 59:
        raise UnreadableTimeError
    return f"{hour:02}:{minute:02}"


def unreadable_time() -> str:
    return _("Chưa đúng dạng giờ. Ghi giờ từ 0 đến 23 và phút, ví dụ 08:30.")


class TimeField(AnswerField):
    def read(self, formdata: Any) -> Answer | None:
        try:
            return read_time(self.typed[""])
        except UnreadableTimeError:
            self.unreadable[""] = unreadable_time()
            return None


WEB = WebType(make_field=field_of(TimeField))
