"""The review of a response: which step leads from which state to which, and who takes it."""

from __future__ import annotations

from itertools import product

import pytest

from survey_server.domain.localities import Area
from survey_server.domain.people import Person, Role
from survey_server.domain.responses import COUNTING, State
from survey_server.domain.review import (
    CORRECTABLE,
    INITIAL,
    REPLACEABLE,
    TRANSITIONS,
    UNDECIDED,
    Actor,
    ReviewAction,
    find_transition,
    may_review,
    review_actions,
)
from tests.support.records import make_response

# Action → where it leads from each state from which it is possible.
STEPS: dict[ReviewAction, dict[State, State]] = {
    ReviewAction.APPROVE: {State.SUBMITTED: State.APPROVED},
    ReviewAction.RETURN: dict.fromkeys((State.SUBMITTED, State.APPROVED), State.RETURNED),
    ReviewAction.CORRECT: dict.fromkeys((*COUNTING, State.RETURNED, State.SUPERSEDED), State.SUPERSEDED),
    ReviewAction.REPLACE: dict.fromkeys((*COUNTING, State.RETURNED), State.SUPERSEDED),
    ReviewAction.ACCEPT: dict.fromkeys((State.QUARANTINED, State.CONFLICT), State.SUBMITTED),
    ReviewAction.PUT_ASIDE: dict.fromkeys((State.QUARANTINED, State.CONFLICT), State.WITHDRAWN),
}


@pytest.mark.parametrize(("state", "action"), list(product(State, ReviewAction)))
def test_each_action_leads_where_the_table_says(state: State, action: ReviewAction) -> None:
    step = find_transition(state, action)
    assert (step.target if step is not None else None) == STEPS[action].get(state)
    if step is not None:
        assert step.needs_reason == (action is ReviewAction.RETURN)


def test_a_state_and_an_action_have_one_step() -> None:
    assert len({(each.source, each.action) for each in TRANSITIONS}) == len(TRANSITIONS)


def test_every_state_can_be_reached_and_only_withdrawn_is_final() -> None:
    assert INITIAL | {each.target for each in TRANSITIONS} == set(State)
    assert set(State) - {each.source for each in TRANSITIONS} == {State.WITHDRAWN}


def test_an_undecided_response_counts_only_after_a_decision() -> None:
    assert not UNDECIDED & COUNTING
    entering = [each for each in TRANSITIONS if each.source not in COUNTING and each.target in COUNTING]
    assert {each.by for each in entering} == {Actor.SETTLER}
    assert not UNDECIDED & (CORRECTABLE | REPLACEABLE)


def person(role: Role, path: str = "VN/01") -> Person:
    return Person(1, "account", "Tên", role, Area("test", path))


@pytest.mark.parametrize(
    ("role", "evidence", "path", "may"),
    [
        (Role.LEADER, "visit", "VN/01/001", True),
        (Role.LEADER, "self_review", "VN/01/001", False),
        (Role.COORDINATOR, "self_review", "VN/01/001", True),
        (Role.COORDINATOR, "self_review", "VN/01", False),
        (Role.COORDINATOR, "visit", "VN/01/001", False),
        (Role.CENTRAL, "visit", "VN/01/001", False),
        (Role.CENTRAL, "self_review", "VN/01/001", False),
        (Role.SURVEYOR, "visit", "VN/01/001", False),
    ],
)
def test_leaders_review_visits_and_committees_the_level_below(role: Role, evidence: str, path: str, may: bool) -> None:
    led = frozenset({"led"})
    for state in State:
        response = make_response(evidence=evidence, path=path, scheme="test", state=state, visit_id="led")
        assert may_review(person(role), response, led) == may
        possible = {action for action in (ReviewAction.APPROVE, ReviewAction.RETURN) if state in STEPS[action]}
        assert set(review_actions(person(role), response, led)) == (possible if may else set())


@pytest.mark.parametrize("visit", ["of another leader", None])
def test_a_leader_reviews_nothing_but_the_visits_that_he_leads(visit: str | None) -> None:
    response = make_response(evidence="visit", path="VN/01/001", scheme="test", visit_id=visit, person_id=1)
    assert not may_review(person(Role.LEADER), response, frozenset({"led"}))


@pytest.mark.parametrize(("scheme", "path"), [("test", "VN/79"), ("another", "VN/01/001"), (None, None)])
def test_a_committee_reviews_nothing_outside_its_area(scheme: str | None, path: str | None) -> None:
    response = make_response(evidence="self_review", path=path, scheme=scheme)
    assert not may_review(person(Role.COORDINATOR), response, frozenset())
    nowhere = Person(1, "account", "Tên", Role.COORDINATOR, None)
    assert not may_review(nowhere, response, frozenset())
