"""Progress of a round by locality: what was expected and what came, counted in the database."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.domain.assignments import Assignment, CountedAssignment
from survey_server.domain.localities import Locality, covers
from survey_server.domain.people import Person
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import localities, rounds
from survey_server.storage.database import Database


@dataclass(frozen=True, slots=True)
class Progress:
    """One questionnaire at one locality and all below it, or (`own`) at its own level alone, such as its own
    committee's report; `overdue` counts what is missing after its due day."""

    locality: Locality
    own: bool
    questionnaire: str
    target: int
    done: int
    overdue: int


def progress(
    database: Database, versions: QuestionnaireVersions, person: Person, round_code: str, area: str, today: str
) -> list[Progress]:
    """What is the area's own first, then each locality directly below it, in the official order: together they are
    what the area's row in the table above counts. `today`: the day in Viet Nam.

    A role that sees no people gets no rows about residents and officials: they are often fewer than ten.
    """
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        place = localities.by_path(connection, found.scheme, area) if found is not None else None
        if found is None or place is None:
            return []
        below = localities.children(connection, place.id)
        expected = rounds.expected(connection, found.id)
    if not person.sees_people:
        expected = [each for each in expected if _asks_organisations(versions, each)]
    rows = _by_questionnaire(place, [e for e in expected if e.path == place.path], today, own=True)
    for each in below:
        rows += _by_questionnaire(each, [e for e in expected if covers(each.path, e.path)], today, own=False)
    return rows


def _by_questionnaire(place: Locality, inside: list[CountedAssignment], today: str, *, own: bool) -> list[Progress]:
    rows: list[Progress] = []
    for questionnaire in sorted({e.questionnaire for e in inside}):
        asked = [e for e in inside if e.questionnaire == questionnaire]
        late = sum(max(e.quantity - e.done, 0) for e in asked if e.due_on < today)
        done = sum(min(e.done, e.quantity) for e in asked)
        rows.append(Progress(place, own, questionnaire, sum(e.quantity for e in asked), done, late))
    return rows


def _asks_organisations(versions: QuestionnaireVersions, expected: Assignment) -> bool:
    found = versions.questionnaire(expected.questionnaire, expected.version)
    return found is not None and found.respondent == "organisation"
