"""Visits with their teams and their assignments, counted."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.domain import CountedAssignment, Person, Scope, Visit, country_areas
from survey_server.storage import Database, people, rounds


@dataclass(frozen=True, slots=True)
class VisitProgress:
    visit: Visit
    leader: str
    members: list[str]
    assignments: list[CountedAssignment]

    @property
    def target(self) -> int:
        return sum(each.quantity for each in self.assignments)

    @property
    def done(self) -> int:
        return sum(min(each.done, each.quantity) for each in self.assignments)


def visits_for(database: Database, person: Person) -> list[VisitProgress]:
    """The visits of a person: for the centre those to its area, for others those that they lead or take part in."""
    with database.read() as connection:
        if person.scope is Scope.COUNTRY:
            found = rounds.visits_in(connection, country_areas(person))
        else:
            found = rounds.visits_of(connection, person.id)
        members = rounds.members(connection, [each.id for each in found])
        assigned = rounds.assignments_of_visits(connection, [each.id for each in found])
        everyone = {one for team in members.values() for one in team} | {each.leader_id or 0 for each in found}
        names = people.names(connection, everyone)
    return [
        VisitProgress(
            each, names.get(each.leader_id or 0, ""), [names[one] for one in members[each.id] if one in names],
            assigned.get(each.id, []),
        )
        for each in found
    ]  # fmt: skip
