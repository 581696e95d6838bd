"""Reviewing: the responses that a person may open, and approving or returning them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from survey_server.clock import now_text
from survey_server.domain import (
    Area,
    Person,
    Response,
    ReviewAction,
    ReviewEvent,
    State,
    find_transition,
    may_review,
    review_actions,
    visible_responses,
)
from survey_server.problems import ProblemError, review as problems
from survey_server.questionnaire.typed_text import trim
from survey_server.services.paging import Page, Turn, read_page
from survey_server.storage import Connection, Database, audit, people, response_pages, responses, rounds

MAX_REASON_LENGTH = 20_000
FIRST_PAGE: Turn[int] = Turn()


@dataclass(frozen=True, slots=True)
class OpenedResponse:
    """A response with its history, what the person who opened it may do with it now, and whether the person reviews it
    at all."""

    response: Response
    events: list[ReviewEvent]
    actions: tuple[ReviewAction, ...]
    may_review: bool


def list_responses(
    database: Database,
    person: Person,
    state: State | None = None,
    turn: Turn[int] = FIRST_PAGE,
    *,
    place: Area | None = None,
    questionnaire: str | None = None,
    sender: str | None = None,
) -> Page[Response, int]:
    """A page of the responses that the person may open, the newest first, by their numbers in the database. `place`:
    only from it; `questionnaire`: an id; `sender`: the account that sent them."""
    wanted = replace(visible_responses(person), questionnaire=questionnaire)
    if state is not None:
        wanted = replace(wanted, states=frozenset({state}))
    if place is not None:
        wanted = wanted.within(place)
    with database.read() as connection:
        if sender is not None:
            found = people.by_account(connection, sender)
            if found is None:
                return Page([], None, None)
            wanted = replace(wanted, sent_by=found.id)
        return read_page(partial(response_pages.read_page, connection, wanted), attrgetter("seq"), turn)


def open_response(database: Database, person: Person, response_id: str) -> list[OpenedResponse]:
    """The responses under an id that the person may open; more than one only after a conflict."""
    with database.read() as connection:
        found = _visible(connection, person, responses.find(connection, response_id))
        led = rounds.led_visits(connection, person.id)
        return [
            OpenedResponse(
                each,
                responses.events(connection, each.seq),
                review_actions(person, each, led),
                may_review(person, each, led),
            )
            for each in found
        ]


def review(database: Database, person: Person, seq: int, action: ReviewAction, reason: str) -> None:
    """Approve or return a response. Raises ProblemError: review_not_allowed, review_reason."""
    stripped = trim(reason)[:MAX_REASON_LENGTH]

    def change(connection: Connection) -> None:
        response = responses.by_seq(connection, seq)
        is_open = response is not None and _visible(connection, person, [response])
        led = rounds.led_visits(connection, person.id)
        if response is None or not is_open or action not in review_actions(person, response, led):
            raise ProblemError(problems.NOT_ALLOWED)
        take_step(connection, response, action, person.id, stripped)

    database.write(change)


def take_step(
    connection: Connection, response: Response, action: ReviewAction, person_id: int, reason: str = ""
) -> None:
    """Move a response to its next state, and record the step.

    Raises ProblemError: review_not_allowed where the action is not possible in this state, review_reason.
    """
    step = find_transition(response.state, action)
    if step is None:
        raise ProblemError(problems.NOT_ALLOWED)
    if step.needs_reason and not reason:
        raise ProblemError(problems.REVIEW_REASON)
    now = now_text()
    responses.set_state(connection, response.seq, step.target, now)
    responses.add_event(connection, response.seq, now, person_id, step.source, step.target, reason)
    audit.record(
        connection, "change_state", f"response:{response.id}", person_id=person_id,
        detail={"from": step.source.value, "to": step.target.value},
    )  # fmt: skip


def _visible(connection: Connection, person: Person, found: list[Response]) -> list[Response]:
    wanted = visible_responses(person)
    is_by_others = any(each.visit_id is not None and each.person_id != person.id for each in found)
    needs_team = wanted.team_of is not None and is_by_others
    team = rounds.team_visits(connection, person.id) if needs_team else frozenset()
    return [each for each in found if wanted.matches(each, team)]
