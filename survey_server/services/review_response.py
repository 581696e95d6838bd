"""Reviewing: single responses that a person may open, and what becomes of them. Nothing is ever overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, or_, select, true

from survey_server.clock import now_text
from survey_server.domain.people import CENTRE, Action, Person, Role, may_open
from survey_server.domain.responses import LeafKey, Response, State, leaf_of
from survey_server.problems import ProblemError
from survey_server.problems import review as problems
from survey_server.services.paging import one_page
from survey_server.storage import audit, leaves, responses
from survey_server.storage.database import Database
from survey_server.storage.tables import locality, response, visit, visit_member

MAX_REASON_LENGTH = 2000
HELD = (State.QUARANTINED, State.CONFLICT)


@dataclass(frozen=True, slots=True)
class Opened:
    """A response with its history and what this person may do with it."""

    stored: Response
    events: list[dict[str, Any]]
    actions: tuple[State, ...]


def list_responses(database: Database, person: Person, state: str = "", page: int = 1) -> tuple[list[Response], bool]:
    """A page of the responses that the person may open, the newest first, and whether there are more."""
    conditions = [may_open_condition(person), _held_condition(person)]
    if state:
        conditions.append(response.c.state == state)
    with database.read() as connection:
        return one_page(
            lambda limit, offset: responses.listed(connection, *conditions, limit=limit, offset=offset), page
        )


def _held_condition(person: Person) -> ColumnElement[bool]:
    """What waits for a decision is for those who decide, and for its author."""
    if person.may(Action.SETTLE_QUARANTINE):
        return true()
    return response.c.state.not_in([state.value for state in HELD]) | (response.c.person_id == person.id)


def may_open_condition(person: Person) -> ColumnElement[bool]:
    """`fieldwork.people.may_open` as SQL: a test holds that they agree."""
    if not person.may(Action.READ_RESPONSE):
        return false()
    if person.role in CENTRE:
        return in_area(person)
    if person.role in (Role.SURVEYOR, Role.LEADER):
        own = select(visit.c.id).where(visit.c.leader_id == person.id)
        member = select(visit_member.c.visit_id).where(visit_member.c.person_id == person.id)
        team = or_(response.c.visit_id.in_(own), response.c.visit_id.in_(member))
        return (response.c.evidence == "visit") & or_(response.c.person_id == person.id, team)
    if person.area is None:
        return false()
    return (
        (response.c.evidence == "self_review")
        & (response.c.respondent == "organisation")
        & _within(person, person.area)
    )


def in_area(person: Person) -> ColumnElement[bool]:
    """The condition on `locality` for those whose work is the whole country where they have no area; rows without a
    known locality are theirs alone."""
    return true() if person.area is None else _within(person, person.area)


def is_in_area(person: Person, stored: Response) -> bool:
    """The same of one row."""
    return person.area is None or person.works_for(stored.scheme, stored.path or "")


def _within(person: Person, area: str) -> ColumnElement[bool]:
    return (locality.c.scheme == person.scheme) & responses.within(area)


def open_response(database: Database, person: Person, response_id: str) -> list[Opened]:
    """The rows under an id that the person may open; more than one only after a conflict."""
    with database.read() as connection:
        found = [each for each in responses.find(connection, response_id) if _may_open(connection, person, each)]
        return [
            Opened(each, [dict(event) for event in responses.events(connection, each.seq)], allowed(person, each))
            for each in found
        ]


def allowed(person: Person, stored: Response) -> tuple[State, ...]:
    """What a person may make of a response: the team leader approves or returns what a visit collected; a committee
    receives or returns the self-review of the levels below, not its own."""
    if stored.state not in (State.SUBMITTED, State.APPROVED) or not may_review(person, stored):
        return ()
    return (State.RETURNED,) if stored.state == State.APPROVED else (State.APPROVED, State.RETURNED)


def may_review(person: Person, stored: Response) -> bool:
    """Whether it is for this person to decide about a response that they may open, whatever its state."""
    reviews = stored.evidence == "visit" and person.may(Action.REVIEW)
    receives = stored.evidence == "self_review" and person.may(Action.RECEIVE) and stored.path != person.area
    return reviews or receives


def decide(database: Database, person: Person, seq: int, to: State, reason: str) -> None:
    """Approve or return a response. Raises ProblemError: review_not_allowed, review_reason."""
    said_why = reason.strip()[:MAX_REASON_LENGTH]

    def change(connection: Connection) -> None:
        stored = responses.by_seq(connection, seq)
        if stored is None or not _may_open(connection, person, stored) or to not in allowed(person, stored):
            raise ProblemError(problems.NOT_ALLOWED)
        if to is State.RETURNED and not said_why:
            raise ProblemError(problems.REASON_NEEDED)
        change_state(connection, stored.seq, to, person.id, said_why)

    database.write(change)


def change_state(connection: Connection, seq: int, to: State, person_id: int, reason: str) -> None:
    """Move a response, mark the leaf that it leaves and the one that it enters, keep the event."""
    head = responses.head_by_seq(connection, seq)
    assert head is not None
    now = now_text()
    before = leaf_of(head)
    responses.set_state(connection, seq, to, now)
    after = responses.head_by_seq(connection, seq)
    assert after is not None
    touched: list[LeafKey] = [leaf for leaf in (before, leaf_of(after)) if leaf is not None]
    leaves.touch_all(connection, touched)
    responses.add_event(connection, seq, now, person_id, head.state, to.value, reason)
    audit.record(
        connection, "change_state", f"response:{head.id}", person_id=person_id,
        detail={"from": head.state, "to": to.value},
    )  # fmt: skip


def _may_open(connection: Connection, person: Person, stored: Response) -> bool:
    if stored.state in HELD and stored.person_id != person.id and not person.may(Action.SETTLE_QUARANTINE):
        return False
    in_team = stored.person_id == person.id or _in_team(connection, person, stored)
    return may_open(
        person, respondent=stored.respondent, evidence=stored.evidence, scheme=stored.scheme, path=stored.path or "",
        in_team=in_team,
    )  # fmt: skip


def _in_team(connection: Connection, person: Person, stored: Response) -> bool:
    if stored.visit_id is None:
        return False
    leads = select(visit.c.id).where(visit.c.id == stored.visit_id, visit.c.leader_id == person.id)
    takes_part = select(visit_member.c.visit_id).where(
        visit_member.c.visit_id == stored.visit_id, visit_member.c.person_id == person.id
    )
    return any(connection.execute(each).first() is not None for each in (leads, takes_part))
