"""A value that the tablet and the server work out."""

from __future__ import annotations

from survey_server.questionnaire.model import COMMON_KEYS, Check, ChoiceList, Question, QuestionType, wrong_kind


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    return lambda given: wrong_kind(question) if isinstance(given, (dict, list)) else None


TYPE = QuestionType(
    name="calculate",
    keys=(*COMMON_KEYS, "calculation", "unit"),
    role="calculated",
    data="number",
    value_kind="any",
    expected="một giá trị tính",
    compile_check=_compile_check,
)
