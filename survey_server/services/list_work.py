"""A person's work: rounds, visits, assignments, the questionnaires for them, returned responses and drafts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from survey_server.clock import now_text
from survey_server.domain import Action, CountedAssignment, Person, ReturnedResponse, Visit
from survey_server.services.assigned_work import assignments_for
from survey_server.storage import Database, drafts, questionnaires, responses, rounds


@dataclass(frozen=True, slots=True)
class NamedRound:
    code: str
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class QuestionnaireNeeded:
    """`sha256` is of the bytes at `url`."""

    id: str
    version: str
    title: dict[str, str]
    respondent: str
    sha256: str
    url: str


@dataclass(frozen=True, slots=True)
class Work:
    server_time: str
    rounds: list[NamedRound]
    visits: list[Visit]
    assignments: list[CountedAssignment]
    questionnaires: list[QuestionnaireNeeded]
    returned: list[ReturnedResponse]


def work_of(database: Database, person: Person) -> Work:
    """All of it belongs to this person; nothing where the person may not fill in."""
    if not person.may(Action.FILL):
        return Work(now_text(), [], [], [], [], [])
    with database.read() as connection:
        assigned = rounds.counted(connection, assignments_for(connection, person))
        visits = rounds.visits_of(connection, person.id)
        codes = dict.fromkeys([each.round for each in assigned] + [each.round for each in visits])
        known = [found for code in codes if (found := rounds.by_code(connection, code)) is not None]
        versions = dict.fromkeys((each.questionnaire, each.version) for each in assigned)
        published = [each for key in versions if (each := questionnaires.find(connection, *key)) is not None]
        compiled = {(each.id, each.version): json.loads(each.compiled) for each in published}
        returned = responses.returned_to(connection, person.id)
    return Work(
        server_time=now_text(),
        rounds=[NamedRound(each.code, {"vi": each.name_vi, "en": each.name_en}) for each in known],
        visits=visits,
        assignments=assigned,
        questionnaires=[
            QuestionnaireNeeded(
                each.id, each.version, compiled[each.id, each.version]["title"],
                compiled[each.id, each.version]["respondent"], each.compiled_sha256,
                f"/api/v1/questionnaires/{each.id}/{each.version}",
            )
            for each in published
        ],
        returned=returned,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReturnedWork:
    """A returned response and the assignment that it answers."""

    returned: ReturnedResponse
    assignment: CountedAssignment


@dataclass(frozen=True, slots=True)
class FillWork:
    """`begun`: the drafts' ids, by the returned response that they complete or else by assignment; `taken`: the
    assignments whose returned responses take the place of new ones; `titles`: of questionnaires, by id and language;
    `respondents`: who answers them, by id."""

    returned: list[ReturnedWork]
    left: list[CountedAssignment]
    complete: list[CountedAssignment]
    begun: dict[str, str]
    taken: frozenset[str]
    titles: dict[str, dict[str, str]]
    respondents: dict[str, str]


def fill_work_of(database: Database, person: Person) -> FillWork:
    work = work_of(database, person)
    with database.read() as connection:
        begun = drafts.open_drafts(connection, person.id)
    own = {each.id: each for each in work.assignments}
    returned = Counter(each.response.assignment_id for each in work.returned)
    return FillWork(
        returned=[
            ReturnedWork(each, own[each.response.assignment_id])
            for each in work.returned
            if each.response.assignment_id in own
        ],
        left=[each for each in work.assignments if each.done < each.quantity],
        complete=[each for each in work.assignments if each.done >= each.quantity],
        begun=begun,
        taken=frozenset(
            each.id for each in work.assignments if returned[each.id] and each.done + returned[each.id] >= each.quantity
        ),
        respondents={each.id: each.respondent for each in work.questionnaires},
        titles={each.id: each.title for each in work.questionnaires},
    )
