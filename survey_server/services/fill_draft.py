"""Filling in on the web: drafts on the server, which are sent like uploads from a tablet."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from survey_server.clock import now_in_vietnam, now_text
from survey_server.domain import Action, Assignment, Draft, Person, Receipt, Response, ReturnedResponse, Status
from survey_server.problems.answers import UNREADABLE
from survey_server.questionnaire.answers import day_of
from survey_server.questionnaire.draft_answers import finished, with_defaults as answers_with_defaults
from survey_server.services.assigned_work import AssignedWorkCache
from survey_server.services.questionnaire_versions import CompiledVersion
from survey_server.services.receiving import ReceivingContext, Sender, UploadedRow, receive
from survey_server.storage import Connection, Database, audit, drafts, responses, rounds

MAX_TYPED_LENGTH = 500  # characters of an open point


def own_assignment(work: AssignedWorkCache, person: Person, assignment_id: str) -> Assignment | None:
    """The assignment, where the person may answer it."""
    if not person.may(Action.FILL):
        return None
    known = work.of(person.id).by_id.get(assignment_id)
    return known or work.refresh(person.id).by_id.get(assignment_id)


def open_draft(database: Database, person: Person, assignment: Assignment) -> Draft:
    """The person's draft for an assignment that was saved last; a new one, with the id of its response, where there is
    none. It completes a response that was returned where that takes the place of a new one."""
    with database.read() as connection:
        known = drafts.open_one(connection, person.id, assignment.id)
        returned = returned_for(connection, person, assignment.id) if known is None else []
        is_taken = bool(returned) and is_complete_with(connection, assignment, len(returned))
    if known is not None:
        return known
    if is_taken:
        first = returned[0].response
        return _add_draft(database, person, assignment.id, first.answers, first.id)
    return _add_draft(database, person, assignment.id, {}, None)


def is_complete_with(connection: Connection, assignment: Assignment, more: int) -> bool:
    """Whether an assignment is complete once so many returned responses are completed."""
    return all(each.done + more >= each.quantity for each in rounds.counted(connection, [assignment]))


def returned_for(connection: Connection, person: Person, assignment_id: str) -> list[ReturnedResponse]:
    """The responses to an assignment that the person is asked to complete."""
    found = responses.returned_to(connection, person.id)
    return [each for each in found if each.response.assignment_id == assignment_id]


def find_returned(database: Database, person: Person, draft: Draft) -> ReturnedResponse | None:
    """The returned response that a draft completes, with the reason; None for other drafts."""
    if draft.supersedes is None:
        return None
    with database.read() as connection:
        found = returned_for(connection, person, draft.assignment_id)
    return next((each for each in found if each.response.id == draft.supersedes), None)


def with_defaults(draft: Draft, version: CompiledVersion) -> Draft:
    """The draft with the defaults that it has not had yet; what completes a response has none."""
    if draft.supersedes is not None:
        return draft
    route, now = version.checker.route, now_in_vietnam()[:16]
    return replace(draft, answers=answers_with_defaults(version.questionnaire, route, draft.answers, now))


def find_draft(database: Database, person: Person, draft_id: str) -> Draft | None:
    """The person's own draft; None also where the person may not fill in any longer."""
    if not person.may(Action.FILL):
        return None
    with database.read() as connection:
        found = drafts.find(connection, draft_id)
    return found if found is not None and found.person_id == person.id else None


def save_draft(database: Database, draft: Draft) -> None:
    now = now_text()
    database.write(lambda connection: drafts.save(connection, draft.id, draft.answers, now, draft.typed))


def sent_already(database: Database, person: Person, response_id: str) -> Response | None:
    """The response with the id of a draft, where this person sent it."""
    with database.read() as connection:
        found = responses.find(connection, response_id)
    return next((each for each in found if each.person_id == person.id), None)


def send_draft(
    context: ReceivingContext,
    person: Person,
    draft: Draft,
    assignment: Assignment,
    version: CompiledVersion,
    language: str,
) -> Receipt:
    """Send a draft as a finished response; the draft is removed once the response is stored. It is quarantined where
    the person may not fill in at this moment.

    `version`: of the assignment's questionnaire. `language`: of the problems in the receipt.
    """
    completed_at = now_in_vietnam()
    body: dict[str, Any] = {
        "id": draft.id,
        "questionnaire": assignment.questionnaire,
        "version": assignment.version,
        "round": assignment.round,
        "locality": {"scheme": assignment.scheme, "level": assignment.level, "code": assignment.code},
        "assignment": assignment.id,
        "visit": assignment.visit_id,
        "supersedes": draft.supersedes,
        "started_at": draft.started_at,
        "completed_at": completed_at,
        "clock_offset_ms": 0,
        "answers": finished(version.questionnaire, version.checker.route, draft.answers, day_of(completed_at)),
        "attachments": [],
        "paradata": {"open_points": _open_points(draft)} if draft.typed else {},
        "mode": "web",
        "simulated": False,
        "training": False,
    }
    context.assigned_work.refresh(person.id)
    (receipt,) = receive(context, Sender(person.id), [UploadedRow.from_body(body)], language)

    def remove(connection: Connection) -> None:
        drafts.remove(connection, draft.id)
        audit.record(connection, "send_draft", f"response:{draft.id}", person_id=person.id)

    if receipt.status is not Status.REJECTED:
        context.database.write(remove)
    return receipt


def draft_of_returned(database: Database, person: Person, assignment_id: str, response_id: str) -> Draft | None:
    """The draft that completes a response; None where it was not returned to this person for this assignment, or the
    person may not fill in."""
    if not person.may(Action.FILL):
        return None
    with database.read() as connection:
        returned = [each.response for each in returned_for(connection, person, assignment_id)]
        known = drafts.open_one(connection, person.id, assignment_id, response_id)
    found = next((each for each in returned if each.id == response_id), None)
    if found is None:
        return None
    return known or _add_draft(database, person, assignment_id, found.answers, response_id)


def _open_points(draft: Draft) -> list[dict[str, str]]:
    """What was typed and could not be read as an answer, as the tablet sends it."""
    return [
        {
            "question": question,
            "code": UNREADABLE.code,
            "typed": " ".join(text for _name, text in pairs)[:MAX_TYPED_LENGTH],
        }
        for question, pairs in draft.typed.items()
    ]


def _add_draft(
    database: Database, person: Person, assignment_id: str, answers: dict[str, Any], supersedes: str | None
) -> Draft:
    now = now_text()
    new = Draft(str(uuid.uuid4()), person.id, assignment_id, answers, supersedes, now, now)
    database.write(lambda connection: drafts.add(connection, new))
    return new
