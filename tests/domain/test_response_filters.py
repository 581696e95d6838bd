"""Who may open which response: every role with every kind of response, in a table."""

from __future__ import annotations

from itertools import product

import pytest

from survey_server.domain.localities import Area
from survey_server.domain.people import Action, Person, Role
from survey_server.domain.response_filters import undecided_responses, visible_responses
from survey_server.domain.responses import State
from tests.support.records import make_response

SCHEME, AREA = "gso-2019-10", "VN/46"
RESPONDENTS, EVIDENCE = ("organisation", "official", "resident"), ("visit", "self_review")
INSIDE, OUTSIDE = ("VN/46", "VN/46/474/19753"), ("VN", "VN/460", "VN/79", None)
UNDECIDED = {State.CONFLICT, State.QUARANTINED}
ME, SOMEBODY = 1, 2


def person(role: Role, *, has_area: bool = True, active: bool = True) -> Person:
    return Person(ME, "account", "Tên", role, Area(SCHEME, AREA) if has_area else None, active)


def may_open(
    who: Person,
    respondent: str,
    evidence: str,
    path: str | None,
    in_team: bool,
    *,
    scheme: str | None = SCHEME,
    state: State = State.SUBMITTED,
    sender: int = SOMEBODY,
) -> bool:
    response = make_response(
        respondent=respondent, evidence=evidence, scheme=scheme, path=path, state=state, person_id=sender, visit_id="v"
    )
    return visible_responses(who).matches(response, {"v"} if in_team else set())


def expected(role: Role, respondent: str, evidence: str, path: str | None, in_team: bool) -> bool:
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
    for case in product(RESPONDENTS, EVIDENCE, INSIDE + OUTSIDE, (True, False)):
        assert may_open(person(role), *case) == expected(role, *case), case


@pytest.mark.parametrize("role", list(Role))
def test_without_an_area_the_centre_opens_everything_and_a_coordinator_nothing(role: Role) -> None:
    for case in product(RESPONDENTS, EVIDENCE, INSIDE + OUTSIDE):
        opened = may_open(person(role, has_area=False), *case, in_team=False)
        assert opened == (role in (Role.CENTRAL, Role.ANALYST)), case


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CENTRAL, Role.ANALYST])
def test_the_same_path_in_another_scheme_is_another_locality(role: Role) -> None:
    for scheme in ("gso-2025-07", None):
        assert not may_open(person(role), "organisation", "self_review", AREA, True, scheme=scheme)


@pytest.mark.parametrize("role", list(Role))
def test_a_closed_account_opens_nothing(role: Role) -> None:
    for evidence in EVIDENCE:
        assert not may_open(person(role, active=False), "organisation", evidence, AREA, True, sender=ME)


@pytest.mark.parametrize(("role", "state"), list(product(Role, State)))
def test_an_undecided_response_is_for_those_who_decide_and_its_sender(role: Role, state: State) -> None:
    who = person(role)
    for evidence, sender in product(EVIDENCE, (ME, SOMEBODY)):
        case = ("organisation", evidence, AREA, True)
        decides = who.may(Action.SETTLE_QUARANTINE) or sender == ME
        wanted = expected(role, *case) and (state not in UNDECIDED or decides)
        assert may_open(who, *case, state=state, sender=sender) == wanted, (evidence, sender)


@pytest.mark.parametrize("role", list(Role))
def test_who_decides_about_quarantined_responses_of_which_area(role: Role) -> None:
    decides = role in (Role.CENTRAL, Role.ADMIN)
    for state, path in product(State, INSIDE + OUTSIDE):
        response = make_response(state=state, scheme=SCHEME, path=path)
        wanted = decides and state in UNDECIDED
        assert undecided_responses(person(role)).matches(response) == (wanted and path in INSIDE), (state, path)
        assert undecided_responses(person(role, has_area=False)).matches(response) == wanted, (state, path)
