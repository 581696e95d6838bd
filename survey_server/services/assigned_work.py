"""The assignments that a person may answer, and the visits that the person takes part in."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.caches import TimedCache
from survey_server.domain import Action, Assignment, Person, Scope, Visit, is_of_committee
from survey_server.storage import Connection, Database, localities, people, questionnaires, rounds

ASSIGNED_WORK_TTL = 2.0  # seconds
MAX_PEOPLE = 5_000


@dataclass(frozen=True, slots=True)
class AssignedWork:
    """Assignments by id, and by (round, questionnaire, version, locality); visits by id. `may_fill`: whether the person
    may answer them."""

    may_fill: bool
    by_id: dict[str, Assignment]
    by_subject: dict[tuple[int, str, str, int], Assignment]
    visits: dict[str, Visit]


class AssignedWorkCache:
    """Work by person, read again from the database after ASSIGNED_WORK_TTL, or at once by `refresh`: what was assigned
    a moment ago may be missing from `of`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._work: TimedCache[int, AssignedWork] = TimedCache(ASSIGNED_WORK_TTL, MAX_PEOPLE)

    def of(self, person_id: int) -> AssignedWork:
        return self._work.get(person_id, lambda: _read(self._database, person_id))

    def refresh(self, person_id: int) -> AssignedWork:
        return self._work.refresh(person_id, lambda: _read(self._database, person_id))


def assignments_for(connection: Connection, person: Person) -> list[Assignment]:
    """The person's own assignments and, for a coordinator, those of the own committee, the earliest due first."""
    found = rounds.assignments_of(connection, person.id)
    if person.scope is Scope.COMMITTEE and person.area is not None:
        own = localities.by_path(connection, person.area.scheme, person.area.path)
        if own is not None:
            here = rounds.unassigned_at(connection, own.id)
            evidence = questionnaires.evidence_of(connection, {(each.questionnaire, each.version) for each in here})
            found += [each for each in here if is_of_committee(each, evidence[each.questionnaire, each.version])]
    return found


def _read(database: Database, person_id: int) -> AssignedWork:
    with database.read() as connection:
        person = people.by_id(connection, person_id)
        assignments = assignments_for(connection, person) if person is not None else []
        visits = rounds.visits_of(connection, person_id) if person is not None else []
    return AssignedWork(
        person is not None and person.may(Action.FILL),
        {each.id: each for each in assignments},
        {
            (each.round_id, each.questionnaire, each.version, each.locality_id): each
            for each in reversed(assignments)
        },
        {each.id: each for each in visits},
    )  # fmt: skip
