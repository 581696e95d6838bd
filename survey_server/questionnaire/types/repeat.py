"""The same questions again for each instance: a list of objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.model import (
    MAX_INSTANCES,
    RULED_KEYS,
    Check,
    ChoiceList,
    ChoiceLists,
    FlatRow,
    Question,
    QuestionType,
    invalid_row,
    walk_questions,
    wrong_kind,
)

_USUAL_INSTANCES = (1, 3)


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
            return wrong_kind(question)
        return Problem(answer_problems.TOO_LARGE) if len(given) > MAX_INSTANCES else None

    return check


def _draw(drawing: Drawing, question: Question) -> list[dict[str, Any]]:
    """Empty instances, to be filled question by question."""
    low, high = drawing.manner.amounts.get(question.name, _USUAL_INSTANCES)
    return [{} for _ in range(drawing.random.randint(round(low), round(high)))]


def _flatten(question: Question, answer: Any, choices: ChoiceLists) -> Iterator[FlatRow]:
    """The number of instances, then the answers of each under the number of the instance, from 1: "2", of a choice of
    several "2/code"."""
    if not isinstance(answer, list):
        yield invalid_row(question, answer)
        return
    yield FlatRow(question.name, "", len(answer))
    inner = [each for each, _ in walk_questions(question.questions) if each.type.data is not None]
    for number, instance in enumerate(answer, 1):
        if not isinstance(instance, dict):
            yield invalid_row(question, instance, str(number))
            continue
        for each in inner:
            given = instance.get(each.name)
            for row in each.type.flatten(each, given, choices) if given not in (None, "") else ():
                yield row._replace(row=f"{number}/{row.row}" if row.row else str(number))


TYPE = QuestionType(
    name="repeat",
    keys=(*RULED_KEYS, "questions"),
    role="repeat",
    data="instances",
    value_kind="instances",
    may_repeat=False,
    expected="danh sách các lần ghi",
    compile_check=_compile_check,
    draw=_draw,
    flatten=_flatten,
)
