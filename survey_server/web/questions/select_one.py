"""One choice of a list."""

from __future__ import annotations

from typing import Any

from survey_server.web.language import gettext as _
from survey_server.web.question_types import Answer, AnswerField, WebType, field_of


class ChoiceField(AnswerField):
    def read(self, formdata: Any) -> Answer | None:
        code = self.typed[""]
        if code and code not in self.codes:
            self.unreadable[""] = _("Phương án này không có trong danh sách.")
            return None
        return code or None


WEB = WebType(make_field=field_of(ChoiceField))
