"""What each role may do, and what lies in an area: every combination, in tables."""

from __future__ import annotations

from itertools import product

import pytest

from survey_server.domain.localities import Area, covers
from survey_server.domain.people import ROLES, Action, Person, Role, Scope

SCHEME = "gso-2019-10"
AREA = "VN/46"

# Action → the roles that have it.
ROLES_BY_ACTION: dict[Action, set[Role]] = {
    Action.FILL: {Role.SURVEYOR, Role.LEADER, Role.COORDINATOR},
    Action.UPLOAD: {Role.SURVEYOR, Role.LEADER},
    Action.READ_RESPONSE: {Role.SURVEYOR, Role.LEADER, Role.COORDINATOR, Role.CENTRAL, Role.ANALYST},
    Action.REVIEW: {Role.LEADER},
    Action.RECEIVE: {Role.COORDINATOR},
    Action.MONITOR: {Role.LEADER, Role.COORDINATOR, Role.CENTRAL, Role.ANALYST, Role.ADMIN},
    Action.SEE_CHARTS: {Role.COORDINATOR, Role.CENTRAL, Role.ANALYST},
    Action.EXPORT: {Role.COORDINATOR, Role.CENTRAL, Role.ANALYST},
    Action.MANAGE_VISITS: {Role.LEADER, Role.CENTRAL},
    Action.SEE_QUESTIONNAIRES: {Role.CENTRAL, Role.ANALYST, Role.ADMIN},
    Action.MANAGE_PEOPLE: {Role.ADMIN},
    Action.SETTLE_QUARANTINE: {Role.CENTRAL, Role.ADMIN},
    Action.IMPORT_UNSENT: {Role.ADMIN},
    Action.MANAGE_COHORTS: {Role.CENTRAL},
}


def person(role: Role, area: str | None = AREA, *, active: bool = True) -> Person:
    return Person(1, "account", "Tên", role, Area(SCHEME, area) if area is not None else None, active)


def test_every_action_has_a_row() -> None:
    assert ROLES_BY_ACTION.keys() == set(Action)


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_may_do_what_its_row_says(role: Role, action: Action) -> None:
    assert person(role).may(action) == (role in ROLES_BY_ACTION[action])
    assert person(role, None).may(action) == (role in ROLES_BY_ACTION[action])
    assert not person(role, active=False).may(action), "a closed account"


# Area, path of a locality, whether the one covers the other.
COVERED = [
    ("VN", "VN", True),
    ("VN", "VN/46", True),
    ("VN/46", "VN/46", True),
    ("VN/46", "VN/46/474", True),
    ("VN/46", "VN/46/474/19753", True),
    ("VN/46", "VN", False),
    ("VN/46", "VN/4", False),
    ("VN/46", "VN/460", False),
    ("VN/46", "VN/460/001", False),
    ("VN/46", "VN/48/460", False),
    ("VN/46/474", "VN/46/4740", False),
    ("VN/46/474", "VN/46/475", False),
    ("VN/46", "", False),
]


@pytest.mark.parametrize(("area", "path", "is_covered"), COVERED)
def test_an_area_covers_itself_and_what_lies_below(area: str, path: str, is_covered: bool) -> None:
    assert covers(area, path) == is_covered
    assert Area(SCHEME, area).covers(SCHEME, path) == is_covered


def test_an_area_covers_nothing_of_another_scheme_and_nothing_unknown() -> None:
    assert not Area(SCHEME, AREA).covers("gso-2025-07", AREA)
    assert not Area(SCHEME, AREA).covers(None, AREA)
    assert not Area(SCHEME, AREA).covers(SCHEME, None)


def test_every_role_is_defined() -> None:
    assert ROLES.keys() == set(Role)


SEES_PEOPLE = {Role.LEADER, Role.CENTRAL, Role.ANALYST, Role.ADMIN}


@pytest.mark.parametrize("role", list(Role))
def test_who_works_for_a_committee_sees_no_counts_of_people(role: Role) -> None:
    assert person(role).sees_people == (role in SEES_PEOPLE)
    if ROLES[role].needs_area:
        assert not ROLES[role].sees_people


def test_committees_alone_cannot_be_added_without_an_area() -> None:
    assert {role for role in Role if ROLES[role].needs_area} == {
        role for role in Role if ROLES[role].scope is Scope.COMMITTEE
    }


NATIONAL = {Role.CENTRAL, Role.ANALYST, Role.ADMIN}
HERE, ELSEWHERE = Area(SCHEME, "VN/46/474"), Area(SCHEME, "VN/48")


@pytest.mark.parametrize("role", list(Role))
def test_without_an_area_only_roles_of_the_centre_work_anywhere(role: Role) -> None:
    assert person(role, None).areas == (None if role in NATIONAL else ())
    assert person(role, None).works_at(SCHEME, "VN/46") == (role in NATIONAL)
    assert person(role, None).works_at(None, None) == (role in NATIONAL)


@pytest.mark.parametrize("role", list(Role))
def test_with_an_area_every_role_works_there_alone(role: Role) -> None:
    assert person(role).works_at(SCHEME, "VN/46/474")
    assert not person(role).works_at(SCHEME, "VN/48")
    assert not person(role).works_at("gso-2025-07", "VN/46")
    assert not person(role).works_at(None, None)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("own", "managed", "may"),
    [
        (AREA, HERE, True),
        (AREA, Area(SCHEME, AREA), True),
        (AREA, ELSEWHERE, False),
        (AREA, Area(SCHEME, "VN"), False),
        (AREA, Area("gso-2025-07", AREA), False),
        (AREA, None, False),
        (None, HERE, True),
        (None, None, True),
    ],
)
def test_an_administrator_manages_the_accounts_of_the_own_area(
    role: Role, own: str | None, managed: Area | None, may: bool
) -> None:
    assert person(role, own).may_manage(managed) == (may and role is Role.ADMIN)
    assert not person(role, own, active=False).may_manage(managed)
