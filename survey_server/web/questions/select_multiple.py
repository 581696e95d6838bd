"""Any number of choices of a list, or one reason for not answering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.questionnaire.model import Question, Questionnaire, missing_codes
from survey_server.web.language import gettext as _
from survey_server.web.question_types import Answer, AnswerField, Pair, WebType, codes_of


class ChoicesField(AnswerField):
    """`missing` are the codes of the reasons, which stand alone."""

    def __init__(self, question: Question, codes: frozenset[str], missing: frozenset[str], **options: Any) -> None:
        self.missing = missing
        self.chosen: list[str] = []
        super().__init__(question, codes, **options)

    def read(self, formdata: Any) -> Answer | None:
        chosen = list(dict.fromkeys(formdata.getlist(self.name))) if formdata else []
        self.chosen = [code for code in chosen if code in self.codes]
        if len(self.chosen) != len(chosen):
            self.unreadable[""] = _("Phương án này không có trong danh sách.")
        if len(self.chosen) == 1 and self.chosen[0] in self.missing:
            return self.chosen[0]
        return self.chosen or None


def _make_field(question: Question, questionnaire: Questionnaire) -> Any:
    missing = missing_codes(questionnaire.choices, question) | {choice.code for choice in question.missing}
    return ChoicesField(question, codes_of(question, questionnaire), missing)


def _type_answer(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    codes = answer if isinstance(answer, list) else [answer]
    yield from ((name, code) for code in codes if isinstance(code, str))


WEB = WebType(make_field=_make_field, type_answer=_type_answer)
