"""The number of responses that count of an assignment follows every change of a response."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import update

from survey_server.domain.people import Person, Role
from survey_server.domain.responses import State
from survey_server.domain.review import ReviewAction
from survey_server.domain.rounds import NewVisit
from survey_server.problems.receiving import FROM_REVOKED_DEVICE
from survey_server.services.doctor import diagnose
from survey_server.services.list_visits import VISITS_PER_PAGE, visits_for
from survey_server.services.paging import Turn
from survey_server.services.review_response import take_step
from survey_server.services.settle_quarantine import accept
from survey_server.settings import Settings
from survey_server.storage import assignment_counts, responses, rounds
from survey_server.storage.database import Database
from survey_server.storage.tables import assignment
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import context_of, receive, send

CENTRAL = Person(1, "central", "Central", Role.CENTRAL, None)


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


def done(database: Database, field: Field) -> int:
    with database.read() as connection:
        found = rounds.counted(connection, rounds.assignments_of(connection, field.surveyor))
        assert assignment_counts.miscounted(connection) == []
    return found[0].done


def test_it_follows_receiving_and_review(database: Database, field: Field) -> None:
    first = body(field)
    assert send(database, field, row(first), row(first), row(body(field))) == ["stored", "duplicate", "stored"]
    assert done(database, field) == 2
    receive(database, surveyor_of(field), [row(body(field, training=True)), row(body(field, version="9"))])
    receive(database, surveyor_of(field), [row(first | {"mode": "web"})])  # a conflict
    assert done(database, field) == 2
    assert send(database, field, row(body(field, supersedes=first["id"]))) == ["stored"]
    assert done(database, field) == 2
    step_through(database, State.SUBMITTED, ReviewAction.RETURN)
    assert done(database, field) == 1
    step_through(database, State.SUBMITTED, ReviewAction.APPROVE)
    assert done(database, field) == 1


def step_through(database: Database, state: State, action: ReviewAction) -> None:
    """Take a step with the first response in a state."""

    def step(connection: object) -> None:
        assert isinstance(connection, responses.Connection)
        stored = [responses.by_seq(connection, seq) for seq in range(1, 10)]
        first = next(each for each in stored if each is not None and each.state == state and not each.training)
        take_step(connection, first, action, 1, "why")

    database.write(step)


def test_a_quarantined_response_counts_once_it_is_accepted(database: Database, field: Field) -> None:
    receive(database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [row(body(field))])
    assert done(database, field) == 0
    accept(context_of(database), CENTRAL, 1)
    assert done(database, field) == 1


def test_doctor_recounts(sqlite_database: Database, settings: Settings, tmp_path: Path) -> None:
    made = prepare_field(sqlite_database, tmp_path)
    send(sqlite_database, made, row(body(made)))

    def errors() -> list[str]:
        return [each.message.text("en") for each in diagnose(sqlite_database, settings) if each.level == "error"]

    before = errors()
    sqlite_database.write(lambda connection: connection.execute(update(assignment).values(done=7)))
    assert len(set(errors()) - set(before)) == 2  # both assignments
    assert any(made.assignment in each for each in errors())


def test_every_visit_is_on_one_page(database: Database, field: Field) -> None:
    visits = [
        NewVisit(
            id=f"00000000-0000-4000-8000-{number:012}", round_id=field.round_id, locality_id=field.commune,
            leader_id=field.surveyor if number % 2 else None, member_ids=(), starts_on=f"2012-06-{number % 9 + 1:02}",
            ends_on="2012-06-20",
        )
        for number in range(2 * VISITS_PER_PAGE + 3)
    ]  # fmt: skip
    database.write(lambda connection: rounds.add_visits(connection, visits))
    leader = dataclasses.replace(CENTRAL, id=field.surveyor, role=Role.LEADER)
    for person, own in ((CENTRAL, visits), (leader, [each for each in visits if each.leader_id is not None])):
        found: list[str] = []
        turn: Turn[str] | None = Turn()
        while turn is not None:
            page = visits_for(database, person, turn)
            found += [each.visit.id for each in page.rows]
            turn = page.next
        assert found == [each.id for each in sorted(own, key=lambda each: (each.starts_on, each.id))]
        assert page.previous is not None
        before = visits_for(database, person, page.previous)
        assert [each.visit.id for each in before.rows] == found[-VISITS_PER_PAGE - len(page.rows) : -len(page.rows)]
