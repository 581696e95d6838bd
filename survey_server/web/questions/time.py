"""A time of day in one input: "8:30", "08:30", "8h30" or "8 giờ 30"; 24 hours."""

from __future__ import annotations

import re
from typing import Any

from survey_server.questionnaire.typed_text import trim
from survey_server.web.language import gettext as _
from survey_server.web.question_types import Answer, AnswerField, WebType, field_of

# "8 giờ 30 phút", the letters escaped: a pattern is no text to translate.
_TYPED = re.compile(r"([0-9]{1,2})\s*(?::|h|g|gi\u1edd)\s*([0-9]{2})(?:\s*ph\u00fat)?", re.IGNORECASE)


def read_time(field: AnswerField, suffix: str) -> str | None:
    """The time in an input as "08:30"; None where nothing is typed, or what cannot be read, which the field notes."""
    text = trim(field.typed[suffix])
    typed = _TYPED.fullmatch(text)
    if typed and int(typed[1]) <= 23 and int(typed[2]) <= 59:
        return f"{int(typed[1]):02}:{typed[2]}"
    if text:
        field.unreadable[""] = _("Chưa đúng dạng giờ. Ghi giờ từ 0 đến 23 và phút, ví dụ 08:30.")
    return None


class TimeField(AnswerField):
    def read(self, formdata: Any) -> Answer | None:
        return read_time(self, "")


WEB = WebType(make_field=field_of(TimeField))
