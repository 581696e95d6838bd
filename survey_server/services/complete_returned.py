"""Completing a returned response: in a draft that begins with its answers and supersedes it."""

from __future__ import annotations

import uuid

from survey_server.clock import now_text
from survey_server.domain import Draft, Person
from survey_server.storage import Database, drafts, responses


def draft_of_returned(database: Database, person: Person, assignment_id: str, response_id: str) -> Draft | None:
    """The draft that completes a response; None where it was not returned to this person for this assignment."""
    with database.read() as connection:
        returned = [each.response for each in responses.returned_to(connection, person.id)]
        known = drafts.open_one(connection, person.id, assignment_id)
    found = next((each for each in returned if each.id == response_id), None)
    if found is None or found.assignment_id != assignment_id:
        return None
    if known is not None and known.supersedes == response_id:
        return known
    now = now_text()
    new = Draft(str(uuid.uuid4()), person.id, assignment_id, found.answers, response_id, now, now)
    database.write(lambda connection: drafts.add(connection, new))
    return new
