"""Progress of a round by locality: how many responses were expected and how many count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from survey_server.domain import ExpectedWork, Locality, Person, is_past_due
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Database, assignment_counts, localities, rounds


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
    up to the area's row in the table of the level above. `area`: a path; no rows where the person does not work there.

    A role that sees no people gets no rows about residents and officials: they are often fewer than ten.
    """
    with database.read() as connection:
        found = rounds.by_code(connection, round_code)
        locality = localities.by_path(connection, found.scheme, area) if found is not None else None
        if found is None or locality is None or not person.works_at(locality.scheme, locality.path):
            return []
        below = localities.children(connection, locality.id)
        own = assignment_counts.work_at(connection, found.id, locality)
        inside = assignment_counts.work_below(connection, found.id, locality)

    def is_shown(work: ExpectedWork) -> bool:
        asked = versions.questionnaire(work.questionnaire, work.version)
        return person.sees_people or (asked is not None and asked.respondent == "organisation")

    rows = _by_questionnaire(locality, [each for each in own if is_shown(each)], now, own=True)
    by_path: dict[str, list[ExpectedWork]] = {}
    for each in filter(is_shown, inside):
        by_path.setdefault(each.path, []).append(each)
    for child in below:
        rows += _by_questionnaire(child, by_path.get(child.path, []), now, own=False)
    return rows


def _by_questionnaire(locality: Locality, expected: list[ExpectedWork], now: datetime, *, own: bool) -> list[Progress]:
    rows: list[Progress] = []
    for questionnaire in sorted({each.questionnaire for each in expected}):
        asked = [each for each in expected if each.questionnaire == questionnaire]
        overdue = sum(each.quantity - each.done for each in asked if is_past_due(each.due_on, now))
        target, done = sum(each.quantity for each in asked), sum(each.done for each in asked)
        rows.append(Progress(locality, own, questionnaire, target, done, overdue))
    return rows
