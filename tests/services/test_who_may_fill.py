"""Whether a person may fill in is asked when a response is received or a draft is used, not only by the pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from survey_server.domain import Draft
from survey_server.domain.people import Person, Role
from survey_server.services import fill_draft
from survey_server.services.list_work import work_of
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.receiving import ReceivingContext, receive
from survey_server.storage import people
from survey_server.storage.database import Database
from survey_server.storage.tables import person
from tests.support.field import Field, body, row, surveyor_of
from tests.support.receiving import states

LOST = {
    "another role": {"role": Role.ANALYST.value},
    "no rights": {"role": Role.NONE.value},
    "closed": {"active": False},
}


def change_surveyor(database: Database, field: Field, **changed: object) -> None:
    wanted = update(person).where(person.c.id == field.surveyor).values(**changed)
    database.write(lambda connection: connection.execute(wanted))


def surveyor(database: Database, field: Field) -> Person:
    with database.read() as connection:
        found = people.by_id(connection, field.surveyor)
    assert found is not None
    return found


def begin_draft(database: Database, context: ReceivingContext, by: Person, field: Field) -> Draft:
    assignment = fill_draft.own_assignment(context.assigned_work, by, field.assignment)
    assert assignment is not None
    return fill_draft.open_draft(database, by, assignment)


@pytest.mark.parametrize("lost", LOST)
def test_what_somebody_sends_who_may_not_fill_in_is_quarantined(database: Database, field: Field, lost: str) -> None:
    change_surveyor(database, field, **LOST[lost])
    (receipt,) = receive(ReceivingContext.of(database), surveyor_of(field), [row(body(field))])
    assert (receipt.status.value, [each.code for each in receipt.problems]) == ("quarantined", ["may_not_fill"])
    assert states(database) == ["quarantined"]


@pytest.mark.parametrize("lost", LOST)
def test_a_draft_sent_after_the_right_was_lost_is_quarantined(database: Database, field: Field, lost: str) -> None:
    """Also where the page asked a moment before."""
    context, by = ReceivingContext.of(database), surveyor(database, field)
    draft = begin_draft(database, context, by, field)
    assignment = context.assigned_work.of(by.id).by_id[field.assignment]
    version = QuestionnaireVersions(database).find("first_steps", "1")
    assert version is not None
    change_surveyor(database, field, **LOST[lost])
    receipt = fill_draft.send_draft(context, by, draft, assignment, version, "vi")
    assert receipt.status.value == "quarantined"
    assert "may_not_fill" in [each.code for each in receipt.problems]
    assert states(database) == ["quarantined"]


def test_who_may_not_fill_in_has_no_assignment_and_no_draft(database: Database, field: Field) -> None:
    context, by = ReceivingContext.of(database), surveyor(database, field)
    draft = begin_draft(database, context, by, field)
    assert fill_draft.find_draft(database, by, draft.id) is not None
    assert [each.id for each in work_of(database, by).assignments] == [field.assignment]
    for other in (replace(by, role=Role.NONE), replace(by, role=Role.CENTRAL), replace(by, active=False)):
        assert fill_draft.own_assignment(context.assigned_work, other, field.assignment) is None
        assert fill_draft.find_draft(database, other, draft.id) is None
        assert work_of(database, other).assignments == []
