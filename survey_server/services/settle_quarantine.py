"""Deciding about what is held: quarantined rows and conflicts. What is put aside stays in the database."""

from __future__ import annotations

from sqlalchemy import Connection

from survey_server.fieldwork.people import Person
from survey_server.fieldwork.responses import COUNTING, State
from survey_server.problems import ProblemError
from survey_server.problems import review as said
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
    """Let a held row count; of two rows under one id the other one is superseded by it.

    Raises ProblemError review_not_allowed for a row that is not held, or whose round or locality is not known.
    """

    def change(connection: Connection) -> None:
        stored = _held(connection, seq)
        if stored.round is None or stored.locality_id is None or not stored.evidence:
            raise ProblemError(said.NOT_ALLOWED)
        for other in responses.find(connection, stored.id):
            if other.seq != seq and other.state in COUNTING:
                change_state(connection, other.seq, State.SUPERSEDED, person.id, stored.sha256)
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
