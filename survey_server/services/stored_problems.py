"""The problems kept beside a response: what is needed to say them in any language; words come when they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from survey_server.problems import CATALOGUE, Problem, ProblemType
from survey_server.problems.answers import CONSTRAINT
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.questionnaire.model import Questionnaire, Text

NONE = "[]"


def problems_to_json(found: Sequence[AnswerProblem]) -> str:
    """As JSON: question, code and the parts that the texts name. The questionnaire's own messages stay in it."""
    if not found:
        return NONE
    listed = [_kept(each) for each in found]
    return json.dumps(listed, ensure_ascii=False)


def problems_from_json(kept: str, questionnaire: Questionnaire | None) -> list[AnswerProblem]:
    """`questionnaire`: the version that the response answers; None where it is not known here."""
    if kept == NONE:
        return []
    own = {each.name: each.constraint_message for each in questionnaire.walk()} if questionnaire is not None else {}
    return [AnswerProblem(each["question"], _problem(each), _own_message(each, own)) for each in json.loads(kept)]


def _kept(found: AnswerProblem) -> dict[str, Any]:
    kept: dict[str, Any] = {"question": found.path, "code": found.code}
    return kept | {"parts": found.problem.parts} if found.problem.parts else kept


def _own_message(kept: Mapping[str, Any], own: Mapping[str, Text]) -> Text:
    path = kept["question"]
    return own.get(path.rpartition("-")[2], {}) if path and kept["code"] == CONSTRAINT.code else {}


def _problem(kept: Mapping[str, Any]) -> Problem:
    """Rows of earlier days hold a message in one language instead of its parts: where the text cannot do without them,
    that message stands."""
    type_, parts = CATALOGUE.get(kept["code"]), kept.get("parts", {})
    if type_ is not None and type_.parts <= parts.keys():
        return Problem(type_, parts)
    return Problem(ProblemType(kept["code"], "{text}"), {"text": kept.get("message", kept["code"])})
