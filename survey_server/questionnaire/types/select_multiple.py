"""Any number of choices of a list, or the code of one reason for not answering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.model import (
    ANSWER_KEYS,
    NONE_TICKED,
    Check,
    ChoiceList,
    ChoiceLists,
    FlatRow,
    Question,
    QuestionType,
    invalid_row,
    missing_codes,
    text_value,
    wrong_kind,
)


def codes_value(given: Any) -> list[str] | None:
    """The codes of a list; None where there are none, or a reason stands in their place."""
    return [each for each in given if isinstance(each, str)] or None if isinstance(given, list) else None


def _compile_check(question: Question, choices: ChoiceList | None) -> Check:
    codes = choices.codes if choices is not None else frozenset()
    missing = frozenset(choice.code for choice in choices.missing) if choices is not None else frozenset()
    options = codes - missing

    def check(given: Any) -> Problem | None:
        if isinstance(given, str) and given in missing:
            return None
        if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
            return wrong_kind(question)
        if len(options.intersection(given)) == len(given):  # the usual answer: some of the options, each once
            return None
        for index, code in enumerate(given):
            if code not in codes:
                return Problem(answer_problems.UNKNOWN_CHOICE, {"code": code[:64]})
            if code in given[:index]:
                return Problem(answer_problems.REPEATED_CHOICE, {"code": code})
        if len(given) > 1 and not missing.isdisjoint(given):
            return Problem(answer_problems.REASON_BESIDE_CHOICES)
        return None

    return check


def _coerce(value: Any) -> list[str] | None:
    """A text lists its codes separated by spaces, as in XLSForm."""
    text = text_value(value)
    return codes_value(value) if text is None else text.split() or None


def _draw(drawing: Drawing, question: Question) -> list[str]:
    options = [each.code for each in drawing.choices[question.choices or ""].options]
    chosen = [code for code in options if drawing.random.random() < (0.08 if code == "other" else 0.6)]
    return chosen or [options[0]]


def _flatten(question: Question, answer: Any, choices: ChoiceLists) -> Iterator[FlatRow]:
    """A line a choice; a line with a flag where none was ticked, which is an answer too."""
    missing = missing_codes(choices, question)
    codes = [answer] if isinstance(answer, str) and answer in missing else answer
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        yield invalid_row(question, answer)
    elif not codes:
        yield FlatRow(question.name, "", "", NONE_TICKED)
    else:
        for code in codes:
            is_reason = code in missing
            yield FlatRow(question.name, "", "", missing=code) if is_reason else FlatRow(question.name, code, "1")


TYPE = QuestionType(
    name="select_multiple",
    keys=(*ANSWER_KEYS, "choices"),
    data="choices",
    value_kind="codes",
    expected="danh sách phương án trả lời",
    compile_check=_compile_check,
    value=codes_value,
    coerce=_coerce,
    draw=_draw,
    flatten=_flatten,
)
