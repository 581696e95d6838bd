"""What belongs to a person's work: the assignments that bear the name, and the own committee's self-reviews."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from sqlalchemy import Connection

from survey_server.fieldwork.people import Person, Role
from survey_server.storage import localities, people, rounds
from survey_server.storage.database import Database
from survey_server.storage.rounds import Assignment

CACHED_FOR = 2.0
MOST_CACHED = 5_000
_COMMITTEES = frozenset({Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Assignments by id, and by (round, questionnaire, version, locality)."""

    by_id: dict[str, Assignment]
    by_place: dict[tuple[int, str, str, int], Assignment]


_CACHE: dict[tuple[str, int], tuple[float, OwnWork]] = {}


def assignments_for(connection: Connection, person: Person) -> list[Assignment]:
    """The assignments that a person may answer, the earliest due first."""
    found = rounds.assignments_of(connection, person.id)
    if person.role in _COMMITTEES and person.area is not None and person.scheme is not None:
        own = localities.by_path(connection, person.scheme, person.area)
        if own is not None:
            found += rounds.assignments_at(connection, own.id)
    return found


def own_work(database: Database, person_id: int, *, fresh: bool = False) -> OwnWork:
    """Known for two seconds; `fresh`: asked anew, for whoever did not find what was given out a moment ago."""
    key = (database.address, person_id)
    known = None if fresh else _CACHE.get(key)
    if known is not None and known[0] > monotonic():
        return known[1]
    with database.read() as connection:
        person = people.by_id(connection, person_id)
        found = assignments_for(connection, person) if person is not None else []
    work = OwnWork(
        {each.id: each for each in found},
        {(each.round_id, each.questionnaire, each.version, each.locality_id): each for each in reversed(found)},
    )
    if len(_CACHE) >= MOST_CACHED:
        _CACHE.clear()
    _CACHE[key] = (monotonic() + CACHED_FOR, work)
    return work
