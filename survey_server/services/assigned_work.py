"""What belongs to a person's work: the assignments that bear the name, the own committee's self-reviews, the visits."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from survey_server.domain.assignments import Assignment
from survey_server.domain.localities import Locality
from survey_server.domain.people import Person, Role, covers
from survey_server.domain.rounds import Round
from survey_server.domain.visits import Visit
from survey_server.problems import ProblemType
from survey_server.problems import receiving as problems
from survey_server.storage import localities, people, rounds
from survey_server.storage.database import Connection, Database

CACHED_FOR = 2.0
MAX_CACHED = 5_000
_COMMITTEES = frozenset({Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class AssignedWork:
    """Assignments by id, and by (round, questionnaire, version, locality); visits by id."""

    by_id: dict[str, Assignment]
    by_subject: dict[tuple[int, str, str, int], Assignment]
    visits: dict[str, Visit]


_CACHE: dict[tuple[str, int], tuple[float, AssignedWork]] = {}


def assignments_for(connection: Connection, person: Person) -> list[Assignment]:
    """The assignments that a person may answer, the earliest due first."""
    found = rounds.assignments_of(connection, person.id)
    if person.role in _COMMITTEES and person.area is not None and person.scheme is not None:
        own = localities.by_path(connection, person.scheme, person.area)
        if own is not None:
            found += rounds.assignments_at(connection, own.id)
    return found


def assigned_work(database: Database, person_id: int, *, fresh: bool = False) -> AssignedWork:
    """Known for two seconds; `fresh`: asked anew, for whoever did not find what was given out a moment ago."""
    key = (database.address, person_id)
    known = None if fresh else _CACHE.get(key)
    if known is not None and known[0] > monotonic():
        return known[1]
    with database.read() as connection:
        person = people.by_id(connection, person_id)
        found = assignments_for(connection, person) if person is not None else []
        visits = rounds.visits_of(connection, person_id) if person is not None else []
    work = AssignedWork(
        {each.id: each for each in found},
        {(each.round_id, each.questionnaire, each.version, each.locality_id): each for each in reversed(found)},
        {each.id: each for each in visits},
    )
    if len(_CACHE) >= MAX_CACHED:
        _CACHE.clear()
    _CACHE[key] = (monotonic() + CACHED_FOR, work)
    return work


def settle_visit(
    database: Database, person_id: int, named: str | None, assignment: str | None, round_: Round, locality: Locality
) -> tuple[str | None, ProblemType | None]:
    """The visit that a person's response belongs to, and what is wrong with the one that it names.

    A visit's team may open what belongs to the visit: so naming another team's is noted and leads nowhere, and where
    the assignment has a visit, that one stands.
    """
    if named is None and assignment is None:
        return None, None
    known = _settled(assigned_work(database, person_id), named, assignment, round_, locality)
    if known[1] is None:
        return known
    return _settled(assigned_work(database, person_id, fresh=True), named, assignment, round_, locality)


def _settled(
    work: AssignedWork, named: str | None, assignment: str | None, round_: Round, locality: Locality
) -> tuple[str | None, ProblemType | None]:
    assigned = _visit_of_assignment(work, assignment, round_, locality)
    if assigned is not None:
        return assigned, None if named in (None, assigned) else problems.VISIT_NOT_ASSIGNED
    if named is None:
        return None, None
    visit = work.visits.get(named)
    if visit is None:
        return None, problems.VISIT_NOT_OWN
    is_there = (visit.round, visit.scheme) == (round_.code, locality.scheme) and covers(visit.path, locality.path)
    return (named, None) if is_there else (None, problems.VISIT_ELSEWHERE)


def _visit_of_assignment(work: AssignedWork, assignment: str | None, round_: Round, locality: Locality) -> str | None:
    found = work.by_id.get(assignment) if assignment is not None else None
    is_about = found is not None and (found.round_id, found.locality_id) == (round_.id, locality.id)
    return found.visit_id if found is not None and is_about else None
