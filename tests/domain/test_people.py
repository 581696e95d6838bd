"""Who may do what, who may open which response, and what lies in an area: every combination, in tables."""

from __future__ import annotations

from itertools import product

import pytest

from survey_server.domain.people import Action, Person, Role, covers, may_open

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
}


def person(role: Role, area: str | None = AREA, *, scheme: str | None = SCHEME, active: bool = True) -> Person:
    return Person(1, "account", "Tên", role, area, active, scheme if area is not None else None)


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
    assert person(Role.COORDINATOR, area).works_for(SCHEME, path) == is_covered


def test_nobody_works_for_another_scheme_or_without_an_area() -> None:
    assert not person(Role.COORDINATOR).works_for("gso-2025-07", AREA)
    assert not person(Role.COORDINATOR).works_for(None, AREA)
    assert not person(Role.COORDINATOR, None).works_for(None, AREA)
    assert not person(Role.COORDINATOR, None).works_for(SCHEME, AREA)


RESPONDENTS, EVIDENCE = ("organisation", "official", "resident"), ("visit", "self_review")
INSIDE, OUTSIDE = ("VN/46", "VN/46/474/19753"), ("VN", "VN/460", "VN/79", "")


def expected(role: Role, respondent: str, evidence: str, path: str, in_team: bool) -> bool:
    """The table of two kinds of evidence and three kinds of respondent, for a person with the area VN/46."""
    if role in (Role.SURVEYOR, Role.LEADER):
        return in_team and evidence == "visit"
    if role in (Role.CENTRAL, Role.ANALYST):
        return path in INSIDE
    if role is Role.COORDINATOR:
        return path in INSIDE and (respondent, evidence) == ("organisation", "self_review")
    return False


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_a_response(role: Role) -> None:
    for respondent, evidence, path, in_team in product(RESPONDENTS, EVIDENCE, INSIDE + OUTSIDE, (True, False)):
        case = (respondent, evidence, path, in_team)
        opened = may_open(
            person(role), respondent=respondent, evidence=evidence, scheme=SCHEME, path=path, in_team=in_team
        )
        assert opened == expected(role, *case), case


@pytest.mark.parametrize("role", list(Role))
def test_without_an_area_the_centre_opens_everything_and_a_coordinator_nothing(role: Role) -> None:
    for respondent, evidence, path in product(RESPONDENTS, EVIDENCE, INSIDE + OUTSIDE):
        opened = may_open(
            person(role, None), respondent=respondent, evidence=evidence, scheme=SCHEME, path=path, in_team=False
        )
        assert opened == (role in (Role.CENTRAL, Role.ANALYST)), (respondent, evidence, path)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CENTRAL, Role.ANALYST])
def test_the_same_path_in_another_scheme_is_another_locality(role: Role) -> None:
    for scheme in ("gso-2025-07", None):
        assert not may_open(
            person(role), respondent="organisation", evidence="self_review", scheme=scheme, path=AREA, in_team=True
        )


@pytest.mark.parametrize("role", list(Role))
def test_a_closed_account_opens_nothing(role: Role) -> None:
    for evidence in EVIDENCE:
        closed = person(role, active=False)
        assert not may_open(
            closed, respondent="organisation", evidence=evidence, scheme=SCHEME, path=AREA, in_team=True
        )
