"""A person's work on the page /fill: returned responses, open and complete assignments, drafts."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.domain import CountedAssignment, Person, ReturnedResponse
from survey_server.services.list_work import work_of
from survey_server.storage import Database, drafts


@dataclass(frozen=True, slots=True)
class ReturnedWork:
    """A returned response and the assignment that it answers."""

    returned: ReturnedResponse
    assignment: CountedAssignment


@dataclass(frozen=True, slots=True)
class FillWork:
    """`begun`: assignment → when its draft was saved; `titles`: of questionnaires, by id and language."""

    returned: list[ReturnedWork]
    left: list[CountedAssignment]
    complete: list[CountedAssignment]
    begun: dict[str, str]
    titles: dict[str, dict[str, str]]


def fill_work_of(database: Database, person: Person) -> FillWork:
    work = work_of(database, person)
    with database.read() as connection:
        begun = drafts.open_assignments(connection, person.id)
    own = {each.id: each for each in work.assignments}
    left = [each for each in work.assignments if each.done < each.quantity]
    return FillWork(
        returned=[
            ReturnedWork(each, own[each.response.assignment_id])
            for each in work.returned
            if each.response.assignment_id in own
        ],
        left=left,
        complete=[each for each in work.assignments if each.done >= each.quantity],
        begun=begun,
        titles={each.id: each.title for each in work.questionnaires},
    )
