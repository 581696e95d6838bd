"""What the codes in a chart's table are called: tasks, and the choices that a questionnaire offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from survey_server.questionnaire.model import Text
from survey_server.services.find_questionnaire import find_questionnaire
from survey_server.storage import rounds
from survey_server.storage.database import Database


@dataclass(frozen=True, slots=True)
class CodeNames:
    """Code → name by language; tasks in the framework's order, choices by the list that offers them."""

    tasks: Mapping[str, Text]
    choices: Mapping[str, Mapping[str, Text]]


NOTHING_NAMED = CodeNames({}, {})


def names_in(database: Database, round_id: int, questionnaire: str | None) -> CodeNames:
    """Of the version of a questionnaire that a round uses; nothing where the round does not use it."""
    with database.read() as connection:
        versions = dict(rounds.questionnaires_of(connection, round_id))
    version = versions.get(questionnaire or "")
    found = find_questionnaire(database, questionnaire, version) if questionnaire and version else None
    if found is None:
        return NOTHING_NAMED
    choices = {
        name: {choice.code: choice.label for choice in (*listed.options, *listed.missing)}
        for name, listed in found.choices.items()
    }
    return CodeNames({task.code: task.short for task in found.framework.tasks}, choices)
