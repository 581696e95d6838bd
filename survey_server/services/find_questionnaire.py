"""Published questionnaires, compiled once in a process: a version never changes, so what is known stays true."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from survey_server.questionnaire.answers import Checker, compile_checker
from survey_server.questionnaire.frameworks import read_framework
from survey_server.questionnaire.load import load_text
from survey_server.questionnaire.model import Questionnaire
from survey_server.storage import questionnaires
from survey_server.storage.database import Database
from survey_server.storage.questionnaires import Published


@dataclass(frozen=True, slots=True)
class Ready:
    """A published version, ready for use."""

    published: Published
    questionnaire: Questionnaire
    checker: Checker


_KNOWN: dict[tuple[str, str, str], Ready] = {}
_LOADING = Lock()


def find_questionnaire(database: Database, id_: str, version: str) -> Questionnaire | None:
    """None where nothing was published under this id and version."""
    found = find_ready(database, id_, version)
    return found.questionnaire if found is not None else None


def find_ready(database: Database, id_: str, version: str) -> Ready | None:
    """The same with its checker and with what was published."""
    key = (database.address, id_, version)
    known = _KNOWN.get(key)
    if known is not None:
        return known
    with _LOADING:
        if key not in _KNOWN:
            with database.read() as connection:
                published = questionnaires.find(connection, id_, version)
            if published is None:
                return None
            _KNOWN[key] = _ready(published)
        return _KNOWN[key]


def list_published(database: Database) -> list[Ready]:
    """Every published version, by id, the older first."""
    with database.read() as connection:
        keys = [(each.id, each.version) for each in questionnaires.all_published(connection)]
    return [each for each in (find_ready(database, *key) for key in keys) if each is not None]


def _ready(published: Published) -> Ready:
    framework = read_framework(published.framework_source.encode(), f"{published.framework_id}.yaml", published=True)
    questionnaire = load_text(published.source.encode(), framework, f"{published.id}.yaml", published=True)
    return Ready(published, questionnaire, compile_checker(questionnaire))
