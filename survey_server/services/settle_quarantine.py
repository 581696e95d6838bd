"""Deciding about what is held: quarantined rows and conflicts. What is put aside stays in the database."""

from __future__ import annotations

from sqlalchemy import Connection

from survey_server.fieldwork.people import Person
from survey_server.fieldwork.responses import State
from survey_server.problems import ProblemError
from survey_server.problems import review as said
from survey_server.services.receive_responses import UploadedRow, identified
from survey_server.services.review_response import change_state
from survey_server.storage import responses
from survey_server.storage.database import Database
from survey_server.storage.responses import Stored
from survey_server.storage.tables import response

HELD = (State.QUARANTINED, State.CONFLICT)
MOST = 200


def list_held(database: Database) -> list[Stored]:
    """The newest first."""
    with database.read() as connection:
        condition = response.c.state.in_([state.value for state in HELD])
        return responses.listed(connection, condition, limit=MOST)


def accept(database: Database, person: Person, seq: int) -> None:
    """Let a held row count; what cannot count beside it is superseded by it. Its questionnaire may have been published
    since it came.

    Raises ProblemError review_not_allowed for a row that is not held, or whose questionnaire, round or locality is
    still not known.
    """
    with database.read() as connection:
        held = _held(connection, seq)
    sender = held.person_id or 0  # 0 is nobody's
    about = identified(database, UploadedRow(held.id, held.sha256, held.body), sender)
    if about is None:
        raise ProblemError(said.NOT_ALLOWED)

    def change(connection: Connection) -> None:
        _held(connection, seq)
        responses.set_identified(connection, seq, about)
        stored = _held(connection, seq)  # what it is about is known only now
        for other in responses.rivals(connection, stored):
            change_state(connection, other.seq, State.SUPERSEDED, person.id, stored.id)
        change_state(connection, seq, State.SUBMITTED, person.id, "")

    database.write(change)


def put_aside(database: Database, person: Person, seq: int) -> None:
    """Decide that a held row does not count; it is kept as withdrawn."""
    database.write(lambda connection: _put_aside(connection, person, seq))


def _put_aside(connection: Connection, person: Person, seq: int) -> None:
    _held(connection, seq)
    change_state(connection, seq, State.WITHDRAWN, person.id, "")


def _held(connection: Connection, seq: int) -> Stored:
    stored = responses.by_seq(connection, seq)
    if stored is None or stored.state not in HELD:
        raise ProblemError(said.NOT_ALLOWED)
    return stored
