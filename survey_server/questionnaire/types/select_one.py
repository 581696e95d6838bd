"""One choice of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.model import (
    ANSWER_KEYS,
    Check,
    ChoiceList,
    ChoiceLists,
    FlatRow,
    Question,
    QuestionType,
    invalid_row,
    missing_codes,
    wrong_kind,
)


def _compile_check(question: Question, choices: ChoiceList | None) -> Check:
    codes = choices.codes if choices is not None else frozenset()

    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return wrong_kind(question)
        return None if given in codes else Problem(answer_problems.UNKNOWN_CHOICE, {"code": given[:64]})

    return check


def _draw(drawing: Drawing, question: Question) -> str:
    listed = drawing.choices[question.choices or ""]
    if question.consent:
        return "no" if drawing.random.random() < 0.03 else "yes"
    if drawing.is_unknown(listed.missing):
        return drawing.reason(listed.missing)
    if not listed.scores:
        return drawing.random.choice(listed.options).code
    return drawing.on_scale(listed, question.name, question.indicator or question.name)


def _flatten(question: Question, answer: Any, choices: ChoiceLists) -> Iterator[FlatRow]:
    if not isinstance(answer, str):
        yield invalid_row(question, answer)
    elif answer in missing_codes(choices, question):
        yield FlatRow(question.name, "", "", missing=answer)
    else:
        yield FlatRow(question.name, "", answer)


TYPE = QuestionType(
    name="select_one",
    keys=(*ANSWER_KEYS, "choices"),
    data="choice",
    value_kind="text",
    expected="một phương án trả lời",
    compile_check=_compile_check,
    draw=_draw,
    flatten=_flatten,
)
