"""Deciding about what is held: quarantined rows and conflicts. What is put aside stays in the database."""

from __future__ import annotations

from survey_server.domain.people import Person
from survey_server.domain.responses import Response, State
from survey_server.problems import ProblemError
from survey_server.problems import review as problems
from survey_server.services.paging import one_page
from survey_server.services.receiving import ReceivingContext, UploadedRow, identify_quarantined
from survey_server.services.review_response import HELD, change_state, in_area, is_in_area
from survey_server.storage import responses
from survey_server.storage.database import Connection, Database
from survey_server.storage.tables import response


def list_held(database: Database, person: Person, page: int = 1) -> tuple[list[Response], bool]:
    """A page of what the person decides about, the newest first, and whether there is more."""
    conditions = (response.c.state.in_([state.value for state in HELD]), in_area(person))
    with database.read() as connection:
        return one_page(
            lambda limit, offset: responses.listed(connection, *conditions, limit=limit, offset=offset), page
        )


def accept(context: ReceivingContext, person: Person, seq: int) -> None:
    """Let a held row count; what cannot count beside it is superseded by it. Its questionnaire may have been published
    since it came.

    Raises ProblemError review_not_allowed for a row that is not held, whose questionnaire, round or locality is still
    not known, or that the person does not decide about: it, or what it would supersede, lies outside the area.
    """
    with context.database.read() as connection:
        held = _held(connection, person, seq)
    sender = held.person_id or 0  # 0 is nobody's
    about = identify_quarantined(context, UploadedRow(held.id, held.sha256, held.body), sender)
    if about is None:
        raise ProblemError(problems.NOT_ALLOWED)

    def change(connection: Connection) -> None:
        _held(connection, person, seq)
        responses.set_identity(connection, seq, about)
        stored = _held(connection, person, seq)  # what it is about is known only now
        for other in responses.conflicting(connection, stored):
            if not is_in_area(person, other):
                raise ProblemError(problems.NOT_ALLOWED)
            change_state(connection, other.seq, State.SUPERSEDED, person.id, stored.id)
        change_state(connection, seq, State.SUBMITTED, person.id, "")

    context.database.write(change)


def put_aside(context: ReceivingContext, person: Person, seq: int) -> None:
    """Decide that a held row does not count; it is kept as withdrawn."""
    context.database.write(lambda connection: _put_aside(connection, person, seq))


def _put_aside(connection: Connection, person: Person, seq: int) -> None:
    _held(connection, person, seq)
    change_state(connection, seq, State.WITHDRAWN, person.id, "")


def is_held_for(database: Database, person: Person, seq: int) -> bool:
    """Whether there is such a row, it waits for a decision, and lies where this person works."""
    with database.read() as connection:
        return _found(connection, person, seq) is not None


def _held(connection: Connection, person: Person, seq: int) -> Response:
    stored = _found(connection, person, seq)
    if stored is None:
        raise ProblemError(problems.NOT_ALLOWED)
    return stored


def _found(connection: Connection, person: Person, seq: int) -> Response | None:
    stored = responses.by_seq(connection, seq)
    return stored if stored is not None and stored.state in HELD and is_in_area(person, stored) else None
