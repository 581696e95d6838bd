"""The rows of a page of progress add up to its row one level up, the own committee's report included."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from survey_server.domain.localities import Area
from survey_server.domain.people import Person, Role
from survey_server.services.track_progress import Progress, list_progress
from survey_server.storage.database import Database
from tests.support.field import Field, assign_also, assign_to_committee, body, row, variant_of_example
from tests.support.receiving import context_of, send

CENTRAL = Person(90, "central", "Central", Role.CENTRAL, None)
COORDINATOR = Person(91, "province", "Province", Role.COORDINATOR, Area("test", "VN/01"))
BEFORE = datetime.fromisoformat("2012-06-30T23:59+07:00")  # on the day on which all is due
AFTER = datetime.fromisoformat("2012-06-30T17:01+00:00")  # the next day in Viet Nam


@pytest.fixture
def committees(database: Database, field: Field) -> Field:
    """Province and district have assignments too, and the province's committee has reported."""
    own = assign_to_committee(database, field, "first_steps", "province", "01")
    assign_to_committee(database, field, "first_steps", "district", "001")
    place = {"scheme": "test", "level": "province", "code": "01"}
    assert send(database, field, row(body(field, locality=place, assignment=own))) == ["stored"]
    assert send(database, field, row(body(field))) == ["stored"]
    return field


def figures(found: list[Progress]) -> list[tuple[str, bool, int, int, int]]:
    return [(each.locality.path, each.own, each.target, each.done, each.overdue) for each in found]


def progress_of(database: Database, person: Person, round_code: str, area: str, now: datetime) -> list[Progress]:
    return list_progress(database, context_of(database).versions, person, round_code, area, now)


def test_the_own_committee_comes_first_apart_from_the_localities_below(database: Database, committees: Field) -> None:
    assert figures(progress_of(database, COORDINATOR, "r1", "VN/01", AFTER)) == [
        ("VN/01", True, 1, 1, 0),
        ("VN/01/001", False, 21, 1, 20),
    ]
    assert figures(progress_of(database, COORDINATOR, "r1", "VN/01/001", BEFORE)) == [
        ("VN/01/001", True, 1, 0, 0),
        ("VN/01/001/00001", False, 20, 1, 0),
    ]


def test_a_commune_is_its_own_row(database: Database, committees: Field) -> None:
    assert figures(progress_of(database, CENTRAL, "r1", "VN/01/001/00001", AFTER)) == [
        ("VN/01/001/00001", True, 20, 1, 19)
    ]


def test_without_an_assignment_of_the_own_level_there_is_no_such_row(database: Database, committees: Field) -> None:
    assert not any(each.own for each in progress_of(database, CENTRAL, "r1", "VN", AFTER))
    assert not any(each.own for each in progress_of(database, CENTRAL, "r1", "VN/79", AFTER))


@pytest.mark.parametrize(("above", "path"), [("VN", "VN/01"), ("VN/01", "VN/01/001"), ("VN/01/001", "VN/01/001/00001")])
def test_the_rows_of_a_page_add_up_to_its_row_above(
    database: Database, committees: Field, above: str, path: str
) -> None:
    (whole,) = [each for each in progress_of(database, CENTRAL, "r1", above, AFTER) if each.locality.path == path]
    rows = progress_of(database, CENTRAL, "r1", path, AFTER)
    sums = tuple(sum(each) for each in zip(*((row.target, row.done, row.overdue) for row in rows), strict=True))
    assert sums == (whole.target, whole.done, whole.overdue)


def test_a_coordinator_sees_nothing_about_officials_of_the_own_level(
    database: Database, committees: Field, tmp_path: Path
) -> None:
    assign_also(database, committees, variant_of_example(tmp_path, "cadres", respondent="official"))
    assign_to_committee(database, committees, "cadres", "province", "01")

    def asked(person: Person) -> set[str]:
        return {each.questionnaire for each in progress_of(database, person, "r1", "VN/01", AFTER) if each.own}

    assert asked(CENTRAL) == {"first_steps", "cadres"}
    assert asked(COORDINATOR) == {"first_steps"}
