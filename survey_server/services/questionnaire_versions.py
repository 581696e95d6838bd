"""The published versions of questionnaires, each compiled once."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.caches import PermanentCache
from survey_server.questionnaire.answers import Checker
from survey_server.questionnaire.model import Questionnaire
from survey_server.storage import Database, questionnaires
from survey_server.storage.questionnaires import Published

MAX_COMPILED_VERSIONS = 1_000


@dataclass(frozen=True, slots=True)
class CompiledVersion:
    """A published version with the questionnaire read from it and its checker."""

    published: Published
    questionnaire: Questionnaire
    checker: Checker


class QuestionnaireVersions:
    """The versions that are published in one database. A published version never changes, so what was compiled stays
    valid; a version that is published later is found at the next call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._compiled: PermanentCache[tuple[str, str], CompiledVersion] = PermanentCache(MAX_COMPILED_VERSIONS)

    def find(self, id_: str, version: str) -> CompiledVersion | None:
        """None where nothing was published under this id and version."""
        return self._compiled.get((id_, version), lambda: self._compile(id_, version))

    def questionnaire(self, id_: str, version: str) -> Questionnaire | None:
        found = self.find(id_, version)
        return found.questionnaire if found is not None else None

    def all(self) -> list[CompiledVersion]:
        """Every published version, by id, the older first."""
        with self._database.read() as connection:
            keys = [(each.id, each.version) for each in questionnaires.all_published(connection)]
        return [each for each in (self.find(*key) for key in keys) if each is not None]

    def _compile(self, id_: str, version: str) -> CompiledVersion | None:
        with self._database.read() as connection:
            published = questionnaires.find(connection, id_, version)
        return compile_version(published) if published is not None else None


def compile_version(published: Published) -> CompiledVersion:
    """Depends on nothing but the published sources."""
    # A tenth of a start, which the server's first answers need not wait for.
    from survey_server.questionnaire.frameworks import read_framework
    from survey_server.questionnaire.load import load_text

    framework_name = f"{published.framework_id}.yaml"
    framework = read_framework(published.framework_source.encode(), framework_name, published=True)
    questionnaire = load_text(published.source.encode(), framework, f"{published.id}.yaml", published=True)
    return CompiledVersion(published, questionnaire, Checker(questionnaire))
