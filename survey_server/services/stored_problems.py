"""The problems stored with a response, as JSON without words: they are put into a language when they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from survey_server.problems import CATALOGUE, Problem, ProblemType
from survey_server.problems.answers import CONSTRAINT
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.questionnaire.model import Questionnaire, Text

NONE = "[]"


def problems_to_json(problems: Sequence[AnswerProblem]) -> str:
    """Question, code and the parts that the texts name. The questionnaire's own messages are not stored."""
    if not problems:
        return NONE
    stored = [
        {"question": each.path, "code": each.code} | ({"parts": each.problem.parts} if each.problem.parts else {})
        for each in problems
    ]
    return json.dumps(stored, ensure_ascii=False)


def problems_from_json(text: str, questionnaire: Questionnaire | None) -> list[AnswerProblem]:
    """`questionnaire`: the version that the response answers, for its own messages; None where it is not known."""
    if text == NONE:
        return []
    own = {each.name: each.constraint_message for each in questionnaire.walk()} if questionnaire is not None else {}
    return [AnswerProblem(each["question"], _problem(each), _own_message(each, own)) for each in json.loads(text)]


def _own_message(stored: Mapping[str, Any], own: Mapping[str, Text]) -> Text:
    path = stored["question"]
    return own.get(path.rpartition("-")[2], {}) if path and stored["code"] == CONSTRAINT.code else {}


def _problem(stored: Mapping[str, Any]) -> Problem:
    """Release 0.1 stored a message in one language instead of the parts: it is used where the text needs parts."""
    type_, parts = CATALOGUE.get(stored["code"]), stored.get("parts", {})
    if type_ is not None and type_.parts <= parts.keys():
        return Problem(type_, parts)
    return Problem(ProblemType(stored["code"], "{text}"), {"text": stored.get("message", stored["code"])})
