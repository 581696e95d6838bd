"""A whole number, or the code of a reason for having none."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.model import Check, ChoiceList, Question
from survey_server.questionnaire.types import decimal


def _compile_check(question: Question, choices: ChoiceList | None) -> Check:
    check_number = decimal.TYPE.compile_check(question, choices)

    def check(given: Any) -> Problem | None:
        problem = check_number(given)
        if problem is None and isinstance(given, float) and given != math.trunc(given):
            return Problem(answer_problems.NOT_WHOLE)
        return problem

    return check


def _draw(drawing: Drawing, question: Question) -> int | str:
    missing = question.missing
    return drawing.reason(missing) if drawing.is_unknown(missing) else round(drawing.amount(question.name))


TYPE = replace(
    decimal.TYPE,
    name="integer",
    is_whole=True,
    expected="một số nguyên",
    compile_check=_compile_check,
    draw=_draw,
)
