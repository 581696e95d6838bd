"""Progress of a round by locality: how many responses were expected and how many count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from survey_server.domain import CountedAssignment, Locality, Person, covers, is_past_due
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Database, localities, rounds


@dataclass(frozen=True, slots=True)
class Progress:
    """One questionnaire at a locality and all below it or, where `own`, at its own level alone, such as the report of
    its committee. `overdue` counts what is missing after it was due."""

    locality: Locality
    own: bool
    questionnaire: str
    target: int
    done: int
    overdue: int


def list_progress(
    database: Database, versions: QuestionnaireVersions, person: Person, round_code: str, area: str, now: datetime
) -> list[Progress]:
    """The rows of the area's own level, then those of each locality directly below it, in the official order: they add
    up to the area's row in the table of the level above. `area`: a path.

    A role that sees no people gets no rows about residents and officials: they are often fewer than ten.
    """
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        locality = localities.by_path(connection, found.scheme, area) if found is not None else None
        if found is None or locality is None:
            return []
        below = localities.children(connection, locality.id)
        expected = rounds.expected(connection, found.id)
    if not person.sees_people:
        expected = [
            each
            for each in expected
            if (asked := versions.questionnaire(each.questionnaire, each.version)) is not None
            and asked.respondent == "organisation"
        ]
    rows = _by_questionnaire(locality, [e for e in expected if e.path == locality.path], now, own=True)
    for each in below:
        rows += _by_questionnaire(each, [e for e in expected if covers(each.path, e.path)], now, own=False)
    return rows


def _by_questionnaire(
    locality: Locality, inside: list[CountedAssignment], now: datetime, *, own: bool
) -> list[Progress]:
    rows: list[Progress] = []
    for questionnaire in sorted({e.questionnaire for e in inside}):
        asked = [e for e in inside if e.questionnaire == questionnaire]
        overdue = sum(max(e.quantity - e.done, 0) for e in asked if is_past_due(e.due_on, now))
        done = sum(min(e.done, e.quantity) for e in asked)
        rows.append(Progress(locality, own, questionnaire, sum(e.quantity for e in asked), done, overdue))
    return rows
