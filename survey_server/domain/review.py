"""The review of a response as a state machine: who may move it from which state to which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from survey_server.domain.people import Action, Person
from survey_server.domain.responses import Response, State


class ReviewAction(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    CORRECT = "correct"
    REPLACE = "replace"
    ACCEPT = "accept"
    PUT_ASIDE = "put_aside"


class Actor(StrEnum):
    REVIEWER = "reviewer"  # the leader of the visit; for a self-review the committee above
    SENDER = "sender"  # by sending a correction
    SETTLER = "settler"  # by accepting a response that conflicts with this one, or deciding about this one


@dataclass(frozen=True, slots=True)
class Transition:
    source: State
    action: ReviewAction
    target: State
    by: Actor
    needs_reason: bool = False


INITIAL = frozenset({State.SUBMITTED, State.SUPERSEDED, State.CONFLICT, State.QUARANTINED})
"""The states in which receiving stores a response; superseded where its correction came before it."""

TRANSITIONS = (
    Transition(State.SUBMITTED, ReviewAction.APPROVE, State.APPROVED, Actor.REVIEWER),
    Transition(State.SUBMITTED, ReviewAction.RETURN, State.RETURNED, Actor.REVIEWER, needs_reason=True),
    Transition(State.APPROVED, ReviewAction.RETURN, State.RETURNED, Actor.REVIEWER, needs_reason=True),
    Transition(State.SUBMITTED, ReviewAction.CORRECT, State.SUPERSEDED, Actor.SENDER),
    Transition(State.APPROVED, ReviewAction.CORRECT, State.SUPERSEDED, Actor.SENDER),
    Transition(State.RETURNED, ReviewAction.CORRECT, State.SUPERSEDED, Actor.SENDER),
    Transition(State.SUPERSEDED, ReviewAction.CORRECT, State.SUPERSEDED, Actor.SENDER),
    Transition(State.SUBMITTED, ReviewAction.REPLACE, State.SUPERSEDED, Actor.SETTLER),
    Transition(State.APPROVED, ReviewAction.REPLACE, State.SUPERSEDED, Actor.SETTLER),
    Transition(State.RETURNED, ReviewAction.REPLACE, State.SUPERSEDED, Actor.SETTLER),
    Transition(State.QUARANTINED, ReviewAction.ACCEPT, State.SUBMITTED, Actor.SETTLER),
    Transition(State.CONFLICT, ReviewAction.ACCEPT, State.SUBMITTED, Actor.SETTLER),
    Transition(State.QUARANTINED, ReviewAction.PUT_ASIDE, State.WITHDRAWN, Actor.SETTLER),
    Transition(State.CONFLICT, ReviewAction.PUT_ASIDE, State.WITHDRAWN, Actor.SETTLER),
)

_BY_STEP = {(each.source, each.action): each for each in TRANSITIONS}


def find_transition(state: State, action: ReviewAction) -> Transition | None:
    """The step that an action takes from a state; None where the action is not possible."""
    return _BY_STEP.get((state, action))


def states_before(action: ReviewAction) -> frozenset[State]:
    """The states from which an action is possible."""
    return frozenset(each.source for each in TRANSITIONS if each.action is action)


CORRECTABLE = states_before(ReviewAction.CORRECT)
REPLACEABLE = states_before(ReviewAction.REPLACE)
UNDECIDED = states_before(ReviewAction.ACCEPT)


def may_review(person: Person, response: Response, led_visits: Collection[str]) -> bool:
    """Whether a person reviews a response, whatever its state: the leader what the visit collected, a committee the
    self-reviews of the levels below it, not its own. `led_visits`: ids of the visits that the person leads."""
    if response.evidence == "visit":
        return person.may(Action.REVIEW) and response.visit_id in led_visits
    if response.evidence != "self_review" or not person.may(Action.RECEIVE) or person.area is None:
        return False
    return person.works_at(response.scheme, response.path) and response.path != person.area.path


def review_actions(person: Person, response: Response, led_visits: Collection[str]) -> tuple[ReviewAction, ...]:
    """What a reviewer may do with a response now."""
    if not may_review(person, response, led_visits):
        return ()
    return tuple(each.action for each in TRANSITIONS if each.source is response.state and each.by is Actor.REVIEWER)
