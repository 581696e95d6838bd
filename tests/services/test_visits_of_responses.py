"""Which visit a response belongs to, and so which team may open it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from survey_server.domain.people import Person, Role
from survey_server.domain.rounds import NewRound, NewVisit
from survey_server.problems.receiving import FROM_REVOKED_DEVICE
from survey_server.services.review_response import open_response
from survey_server.services.settle_quarantine import accept
from survey_server.storage import localities, rounds
from survey_server.storage.database import Database
from survey_server.storage.tables import assignment, response, visit
from tests.support.field import Field, body, row, surveyor_of
from tests.support.receiving import context_of, receive, send

VISIT, ELSEWHERE, THEIRS = (str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in ("own", "elsewhere", "theirs"))


def plan_visits(database: Database, field: Field) -> None:
    """The surveyor goes to Hà Nội, and to Thành phố Hồ Chí Minh on another visit; `other` leads a third, to Hà Nội."""

    def plan(connection: Any) -> None:
        places = {code: localities.find(connection, "test", "province", code) for code in ("01", "79")}
        planned = [(VISIT, "01", field.surveyor), (ELSEWHERE, "79", field.surveyor), (THEIRS, "01", None)]
        rounds.add_visits(
            connection,
            [
                NewVisit(
                    id=id_, round_id=field.round_id, locality_id=place.id, leader_id=field.other,
                    starts_on="2012-06-04", ends_on="2012-06-08", member_ids=() if person is None else (person,),
                )
                for id_, code, person in planned
                if (place := places[code]) is not None
            ],
        )  # fmt: skip

    database.write(plan)


def visit_of(database: Database) -> tuple[str | None, list[str]]:
    """The visit that the one response here belongs to, and the problems stored with it."""
    with database.read() as connection:
        stored_row = connection.execute(select(response.c.visit_id, response.c.problems)).one()
    return stored_row.visit_id, [problem["code"] for problem in json.loads(stored_row.problems)]


@pytest.mark.parametrize(
    ("named", "belongs", "problems"),
    [
        (None, None, []),
        (VISIT, VISIT, []),
        (THEIRS, None, ["visit_not_own"]),
        ("chuyến 7", None, ["visit_not_own"]),
        (ELSEWHERE, None, ["visit_elsewhere"]),
    ],
    ids=["none", "own", "another team's", "unknown", "elsewhere"],
)
@pytest.mark.parametrize("unassigned", [True, False])
def test_a_response_belongs_to_no_visit_but_the_senders(
    database: Database,
    field: Field,
    named: str | None,
    belongs: str | None,
    problems: list[str],
    unassigned: bool,
) -> None:
    """It is stored and counts; its problems say what is wrong with the visit that it names."""
    plan_visits(database, field)
    sent = body(field, visit=named) | ({"assignment": None} if unassigned else {})
    (receipt,) = receive(database, surveyor_of(field), [row(sent)])
    assert (receipt.status.value, [problem.code for problem in receipt.problems]) == ("stored", problems)
    assert visit_of(database) == (belongs, problems)
    assert send(database, field, row(sent)) == ["duplicate"]


def test_a_visit_of_another_round_is_noted(database: Database, field: Field) -> None:
    plan_visits(database, field)

    def move(connection: Any) -> None:
        new = NewRound(
            code="r2", name_vi="Đợt hai", name_en="Round two", scheme="test", starts_on="2012-07-01",
            ends_on="2012-07-31", due_on="2012-07-31",
        )  # fmt: skip
        later = rounds.add(connection, new)
        connection.execute(update(visit).where(visit.c.id == VISIT).values(round_id=later))

    database.write(move)
    assert send(database, field, row(body(field, visit=VISIT))) == ["stored"]
    assert visit_of(database) == (None, ["visit_elsewhere"])


@pytest.mark.parametrize(
    ("named", "problems"),
    [(None, []), (VISIT, []), (ELSEWHERE, ["visit_not_assigned"]), (THEIRS, ["visit_not_assigned"])],
)
def test_an_assignments_visit_is_the_responses(
    database: Database, field: Field, named: str | None, problems: list[str]
) -> None:
    plan_visits(database, field)
    assign = update(assignment).where(assignment.c.id == field.assignment).values(visit_id=VISIT)
    database.write(lambda connection: connection.execute(assign))
    assert send(database, field, row(body(field, visit=named))) == ["stored"]
    assert visit_of(database) == (VISIT, problems)


def test_a_visit_planned_a_moment_ago_is_in_the_assigned_work(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field, visit=VISIT))) == ["stored"]
    plan_visits(database, field)
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, visit=VISIT))])
    assert receipt.problems == ()


def test_naming_another_teams_visit_lets_that_team_read_nothing(database: Database, field: Field) -> None:
    """Neither when the response arrives nor when a quarantined one is accepted."""
    plan_visits(database, field)
    leader = Person(field.other, "other", "Other", Role.LEADER, None)
    stored, quarantined, own = (body(field, visit=named) for named in (THEIRS, THEIRS, VISIT))
    receive(database, surveyor_of(field), [row(stored)])
    receive(database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [row(quarantined), row(own)])
    decider = Person(field.other, "central", "Central", Role.CENTRAL, None)
    with database.read() as connection:
        rows = connection.execute(select(response.c.seq, response.c.visit_id).order_by(response.c.seq)).all()
    assert [each.visit_id for each in rows] == [None, None, VISIT]
    for each in rows[1:]:
        accept(context_of(database), decider, each.seq)
    assert not open_response(database, leader, stored["id"])
    assert not open_response(database, leader, quarantined["id"])
    assert open_response(database, leader, own["id"])
