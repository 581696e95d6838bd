"""Visits with their teams and their assignments, counted."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from survey_server.domain import CountedAssignment, Person, Scope, Visit
from survey_server.services.paging import Page, Turn, read_page
from survey_server.storage import Database, people, rounds

FIRST_PAGE: Turn[str] = Turn()
VISITS_PER_PAGE = 20  # each with all its assignments


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


def visits_for(database: Database, person: Person, turn: Turn[str] = FIRST_PAGE) -> Page[VisitProgress, str]:
    """A page of a person's visits, by their ids: for the centre those to its area, for others those that they lead or
    take part in."""
    is_central = person.scope is Scope.COUNTRY
    areas, with_person = (person.areas, None) if is_central else (None, person.id)

    def read(limit: int, after: str | None, before: str | None) -> list[Visit]:
        return rounds.page_of_visits(connection, limit, after, before, areas=areas, with_person=with_person)

    with database.read() as connection:
        page = read_page(read, attrgetter("id"), turn, VISITS_PER_PAGE)
        ids = [each.id for each in page.rows]
        members = rounds.members(connection, ids)
        assigned = rounds.assignments_of_visits(connection, ids)
        everyone = {one for team in members.values() for one in team} | {each.leader_id or 0 for each in page.rows}
        names = people.names(connection, everyone)
    found = [
        VisitProgress(
            each, names.get(each.leader_id or 0, ""), [names[one] for one in members[each.id] if one in names],
            assigned.get(each.id, []),
        )
        for each in page.rows
    ]  # fmt: skip
    return Page(found, page.previous, page.next)
