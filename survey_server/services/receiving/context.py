"""What receiving looks up in a database, with the caches that make it cheap."""

from __future__ import annotations

from survey_server.caches import PermanentCache
from survey_server.domain import Locality, Round
from survey_server.services.assigned_work import AssignedWorkCache
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Database, localities, rounds

MAX_ROUNDS = 1_000
MAX_LOCALITIES = 50_000  # all units of both schemes are fewer


class ReceivingContext:
    """One database with the caches of receiving. What receiving needs of a round or a locality never changes, so
    nothing invalidates these two caches; what does not exist is looked up again each time."""

    def __init__(self, database: Database, versions: QuestionnaireVersions, assigned_work: AssignedWorkCache) -> None:
        self.database = database
        self.versions = versions
        self.assigned_work = assigned_work
        self._rounds: PermanentCache[str, Round] = PermanentCache(MAX_ROUNDS)
        self._localities: PermanentCache[tuple[str, str, str], Locality] = PermanentCache(MAX_LOCALITIES)

    @classmethod
    def of(cls, database: Database) -> ReceivingContext:
        """With caches of its own, for a process that serves no requests."""
        return cls(database, QuestionnaireVersions(database), AssignedWorkCache(database))

    def round(self, code: str) -> Round | None:
        return self._rounds.get(code, lambda: self._read_round(code))

    def locality(self, scheme: str, level: str, code: str) -> Locality | None:
        return self._localities.get((scheme, level, code), lambda: self._read_locality(scheme, level, code))

    def _read_round(self, code: str) -> Round | None:
        with self.database.read() as connection:
            return rounds.by_code(connection, code)

    def _read_locality(self, scheme: str, level: str, code: str) -> Locality | None:
        with self.database.read() as connection:
            return localities.find(connection, scheme, level, code)
