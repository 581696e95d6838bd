"""Deciding about quarantined responses and conflicts. What is put aside stays in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import attrgetter

from survey_server.domain import Person, Response, ReviewAction, is_revision_late, undecided_responses
from survey_server.problems import ProblemError, review as problems
from survey_server.services.paging import Page, Turn, read_page
from survey_server.services.receiving import ReceivingContext, UploadedRow, identify_quarantined
from survey_server.services.review_response import FIRST_PAGE, take_step
from survey_server.storage import Connection, Database, response_pages, responses


def list_undecided(database: Database, person: Person, turn: Turn[int] = FIRST_PAGE) -> Page[Response, int]:
    """A page of the responses that the person decides about, the newest first, by their numbers in the database."""
    wanted = undecided_responses(person)
    with database.read() as connection:
        return read_page(partial(response_pages.read_page, connection, wanted), attrgetter("seq"), turn)


def accept(context: ReceivingContext, person: Person, seq: int) -> None:
    """Let an undecided response count; conflicting responses are superseded. Its questionnaire may have been published
    since it came.

    Raises ProblemError review_not_allowed for a response that is decided, whose questionnaire, round or locality is
    still not known, or that the person does not decide about: it or a conflicting response lies outside the area.
    """
    with context.database.read() as connection:
        undecided = _undecided(connection, person, seq)
    sender = undecided.person_id or 0  # 0 is nobody's
    row = UploadedRow(undecided.id, undecided.sha256, undecided.body)
    identity = identify_quarantined(context, row, sender, datetime.fromisoformat(undecided.received_at))
    if identity is None:
        raise ProblemError(problems.NOT_ALLOWED)

    def change(connection: Connection) -> None:
        _undecided(connection, person, seq)
        responses.set_identity(connection, seq, identity)
        accepted = _undecided(connection, person, seq)  # its locality is known only now
        conflicting = responses.conflicting(connection, accepted)
        late = is_revision_late(accepted.evidence, identity.late, (each.late for each in conflicting))
        if late != identity.late:
            responses.set_identity(connection, seq, replace(identity, late=late))
        for other in conflicting:
            if not person.works_at(other.scheme, other.path):
                raise ProblemError(problems.NOT_ALLOWED)
            take_step(connection, other, ReviewAction.REPLACE, person.id, accepted.id)
        take_step(connection, accepted, ReviewAction.ACCEPT, person.id)

    context.database.write(change)


def put_aside(context: ReceivingContext, person: Person, seq: int) -> None:
    """Decide that an undecided response does not count. Raises ProblemError review_not_allowed."""

    def change(connection: Connection) -> None:
        take_step(connection, _undecided(connection, person, seq), ReviewAction.PUT_ASIDE, person.id)

    context.database.write(change)


def is_undecided_for(database: Database, person: Person, seq: int) -> bool:
    """Whether there is such a response and the person decides about it."""
    with database.read() as connection:
        return _find(connection, person, seq) is not None


def _undecided(connection: Connection, person: Person, seq: int) -> Response:
    found = _find(connection, person, seq)
    if found is None:
        raise ProblemError(problems.NOT_ALLOWED)
    return found


def _find(connection: Connection, person: Person, seq: int) -> Response | None:
    found = responses.by_seq(connection, seq)
    return found if found is not None and undecided_responses(person).matches(found) else None
