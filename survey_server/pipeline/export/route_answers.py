"""The answers of responses as the tables of an export take them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from survey_server.domain import CollectedResponse
from survey_server.pipeline.export.question_columns import NOT_ASKED
from survey_server.questionnaire.model import Questionnaire, walk_questions
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.stored_answers import answers_of

MAX_CACHED = 5_000  # combinations of questions that were not asked
VersionKey = tuple[str, str]


class _Route(NamedTuple):
    """`not_asked`: NOT_ASKED by the names of questions off the route; `inside`: those among them in repeats."""

    not_asked: Mapping[str, Any]
    inside: Mapping[str, frozenset[str]]


class RouteAnswers:
    """Reads the answers with calculated values of the server, and NOT_ASKED for the questions off the route."""

    def __init__(self, versions: QuestionnaireVersions, questionnaires: Mapping[VersionKey, Questionnaire]) -> None:
        self._versions = versions
        self._repeats = {
            version: {
                question.name: repeat
                for section in questionnaire.sections
                for question, repeat in walk_questions(section.questions)
                if repeat is not None
            }
            for version, questionnaire in questionnaires.items()
        }
        self._routes: dict[tuple[str, str, str], _Route] = {}

    def read(self, row: CollectedResponse) -> dict[str, Any]:
        """A question of a repeat that no instance was asked has NOT_ASKED among the answers outside. Raises
        UnreadableBodyError."""
        answers = answers_of(self._versions, row)
        if row.not_asked == "[]":
            return answers
        key = row.questionnaire, row.version, row.not_asked
        route = self._routes.get(key)
        if route is None:
            if len(self._routes) >= MAX_CACHED:
                self._routes.clear()
            route = self._routes[key] = self._read_route(*key)
        for repeat, names in route.inside.items():
            answers[repeat] = _without(answers.get(repeat), names)
        answers |= route.not_asked
        return answers

    def _read_route(self, id_: str, version: str, not_asked: str) -> _Route:
        names: list[str] = json.loads(not_asked)
        repeat_of = self._repeats[id_, version]
        inside: dict[str, set[str]] = {}
        for name in names:
            if name in repeat_of:
                inside.setdefault(repeat_of[name], set()).add(name)
        return _Route(dict.fromkeys(names, NOT_ASKED), {repeat: frozenset(own) for repeat, own in inside.items()})


def _without(instances: Any, names: frozenset[str]) -> Any:
    """The instances of a repeat without answers that were given off the route."""
    if not isinstance(instances, list):
        return instances
    return [
        {name: answer for name, answer in each.items() if name not in names} if isinstance(each, dict) else each
        for each in instances
    ]
