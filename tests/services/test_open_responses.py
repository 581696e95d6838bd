"""Who may open a response when it lies in the database: the list and the single page agree with the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from survey_server.domain import Area, Person
from survey_server.domain.people import NewPerson, Role
from survey_server.services.review_response import list_responses, open_response
from survey_server.storage import localities, people
from survey_server.storage.database import Database
from survey_server.storage.tables import locality
from tests.support.field import Field, assign_also, body, row, variant_of_example
from tests.support.receiving import send


def opened_by(database: Database, account: str, *ids: str) -> list[str]:
    """The responses among `ids` that an account may open; the list must show the same ones."""
    with database.read() as connection:
        person = people.by_account(connection, account)
    assert person is not None
    opened = [id_ for id_ in ids if open_response(database, person, id_)]
    listed = {each.id for each in list_responses(database, person).rows}
    assert [id_ for id_ in ids if id_ in listed] == opened
    return opened


def coordinator(database: Database, level: str, code: str) -> str:
    def add(connection: Any) -> None:
        area = localities.find(connection, "test", level, code)
        assert area is not None
        name = f"{level}-{code}"
        people.add(connection, NewPerson(name, name, Role.COORDINATOR, area.id, None, False, "2012-06-01T00:00:00Z"))

    database.write(add)
    return f"{level}-{code}"


@pytest.fixture
def self_review(database: Database, field: Field, tmp_path: Path) -> str:
    """The id of a self-review of commune 00001, which the surveyor typed in."""
    questionnaire = variant_of_example(tmp_path, "own_review", evidence="self_review")
    written = body(field, questionnaire="own_review", assignment=assign_also(database, field, questionnaire))
    assert send(database, field, row(written)) == ["stored"]
    return str(written["id"])


def test_a_team_opens_its_visits_but_no_self_review(database: Database, field: Field, self_review: str) -> None:
    visit = body(field)
    send(database, field, row(visit))
    assert opened_by(database, "surveyor", visit["id"], self_review) == [visit["id"]]
    assert opened_by(database, "other", visit["id"], self_review) == []


def test_a_committee_opens_the_self_reviews_of_its_area_only(
    database: Database, field: Field, self_review: str
) -> None:
    visit = body(field)
    send(database, field, row(visit))
    for level, code in (("commune", "00001"), ("district", "001"), ("province", "01")):
        assert opened_by(database, coordinator(database, level, code), visit["id"], self_review) == [self_review]
    for level, code in (("commune", "00004"), ("province", "79")):
        assert opened_by(database, coordinator(database, level, code), visit["id"], self_review) == []


def test_a_code_that_begins_as_another_is_another_area(database: Database, field: Field, self_review: str) -> None:
    """Province 0 is not the area that province 01 lies in, though the path of the one begins with the other's."""

    def rename(connection: Any) -> None:
        wanted = (locality.c.scheme == "test") & (locality.c.level == "province") & (locality.c.code == "79")
        connection.execute(locality.update().where(wanted).values(code="0", path="VN/0"))

    account = coordinator(database, "province", "79")
    database.write(rename)
    assert opened_by(database, account, self_review) == []


def test_the_list_is_narrowed_by_place_questionnaire_and_sender(
    database: Database, field: Field, self_review: str
) -> None:
    """Within what the person may open; several conditions hold together."""
    visited = body(field)
    assert send(database, field, row(visited)) == ["stored"]
    central = Person(field.other, "c", "C", Role.CENTRAL, None)
    commune = coordinator(database, "commune", "00001")

    def listed(person: Person, **conditions: Any) -> set[str]:
        return {each.id for each in list_responses(database, person, **conditions).rows}

    both = {visited["id"], self_review}
    assert listed(central, place=Area("test", "VN/01")) == both
    assert listed(central, place=Area("test", "VN/79")) == set()
    assert listed(central, questionnaire="own_review") == {self_review}
    assert listed(central, questionnaire="own_review", place=Area("test", "VN/79")) == set()
    with database.read() as connection:
        sender = people.by_id(connection, field.surveyor)
        committee = people.by_account(connection, commune)
    assert sender is not None
    assert committee is not None
    assert listed(central, sender=sender.account) == both
    assert listed(central, sender=commune) == listed(central, sender="nobody-here") == set()
    assert listed(committee) == listed(committee, place=Area("test", "VN")) == {self_review}
    assert listed(committee, place=Area("test", "VN/79")) == listed(committee, questionnaire="first_steps") == set()
