"""A value that the tablet and the server work out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.questionnaire.model import (
    CALCULATED_TEXT,
    COMMON_KEYS,
    Check,
    ChoiceList,
    ChoiceLists,
    FlatRow,
    Question,
    QuestionType,
    invalid_row,
    plain_value,
    wrong_kind,
)


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    return lambda given: wrong_kind(question) if isinstance(given, (dict, list)) else None


def _flatten(question: Question, answer: Any, _choices: ChoiceLists) -> Iterator[FlatRow]:
    if isinstance(answer, str):
        yield FlatRow(question.name, "", answer, CALCULATED_TEXT)
    elif isinstance(answer, int | float):
        yield FlatRow(question.name, "", plain_value(answer))
    else:
        yield invalid_row(question, answer)


TYPE = QuestionType(
    name="calculate",
    keys=(*COMMON_KEYS, "calculation", "unit"),
    role="calculated",
    data="number",
    value_kind="any",
    expected="một giá trị tính",
    compile_check=_compile_check,
    flatten=_flatten,
)
