"""Responses: append-only rows. A correction is a new row that supersedes the old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, bindparam, func, insert, or_, select, update

from survey_server.domain.localities import path_range
from survey_server.domain.responses import (
    COUNTING,
    Correction,
    Identity,
    LeafKey,
    NewResponse,
    Response,
    State,
    StoredHead,
)
from survey_server.storage import prepared
from survey_server.storage.tables import locality, person, response, review_event, survey_round

_INSERT = insert(response)
_HEAD = [response.c[name] for name in StoredHead._fields]
_BY_IDS = select(*_HEAD).order_by(response.c.seq)
_CORRECTIONS = select(
    response.c.supersedes, response.c.state, response.c.id, response.c.assignment_id, response.c.person_id,
    response.c.training, response.c.questionnaire, response.c.round_id, response.c.locality_id,
)  # fmt: skip
_SUPERSEDING = frozenset({*COUNTING, State.RETURNED, State.SUPERSEDED})
_SET_STATE = (
    update(response)
    .where(response.c.seq == bindparam("of_seq"))
    .values(state=bindparam("new_state"), state_at=bindparam("new_state_at"))
)


def add_all(connection: Connection, rows: Sequence[NewResponse]) -> None:
    prepared.insert_all(connection, _INSERT, NewResponse._fields, rows)


def heads_under(connection: Connection, ids: Iterable[str]) -> dict[str, list[StoredHead]]:
    """What is there already under these ids, the first received first."""
    found: dict[str, list[StoredHead]] = {}
    for row in prepared.select_in(connection, _BY_IDS, response.c.id, ids):
        head = StoredHead(*row)
        found.setdefault(head.id, []).append(head)
    return found


def corrections_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[Correction]]:
    """The corrections that supersede these ids already: superseded id → corrections."""
    found: dict[str, list[Correction]] = {}
    for superseded, state, id_, assignment_id, person_id, training, *subject in prepared.select_in(
        connection, _CORRECTIONS, response.c.supersedes, ids
    ):
        if state in _SUPERSEDING:
            questionnaire, round_id, locality_id = subject
            correction = Correction(
                id_, assignment_id, person_id, bool(training), (questionnaire, round_id, locality_id)
            )
            found.setdefault(superseded, []).append(correction)
    return found


def set_state(connection: Connection, seq: int, state: State, at: str) -> None:
    connection.execute(_SET_STATE, {"of_seq": seq, "new_state": state.value, "new_state_at": at})


def set_identity(connection: Connection, seq: int, identity: Identity) -> None:
    """Store what a quarantined response is about."""
    connection.execute(update(response).where(response.c.seq == seq).values(asdict(identity)))


def find(connection: Connection, id_: str) -> list[Response]:
    """Every row under an id, the first received first: more than one only after a conflict."""
    rows = connection.execute(_stored().where(response.c.id == id_).order_by(response.c.seq)).mappings()
    return [_response(row) for row in rows]


def by_seq(connection: Connection, seq: int) -> Response | None:
    if not 0 < seq < 2**63:
        return None  # no database takes such a number
    row = connection.execute(_stored().where(response.c.seq == seq)).mappings().one_or_none()
    return _response(row) if row is not None else None


def conflicting(connection: Connection, of: Response) -> list[Response]:
    """The responses that cannot count beside this one: under its id, what it corrects, other corrections of either.

    A correction is about the same questionnaire, round and locality; training and real responses never meet.
    """
    revised = response.c.supersedes == of.id
    if of.supersedes is not None:
        revised = or_(revised, response.c.id == of.supersedes, response.c.supersedes == of.supersedes)
    same = or_(response.c.id == of.id, and_(revised, _about_the_same(of)))
    standing = response.c.state.in_([state.value for state in (*COUNTING, State.RETURNED)])
    wanted = _stored().where(same, standing, response.c.seq != of.seq, response.c.training.is_(of.training))
    return [_response(row) for row in connection.execute(wanted.order_by(response.c.seq)).mappings()]


def _about_the_same(of: Response) -> ColumnElement[bool]:
    return and_(
        response.c.questionnaire == of.questionnaire,
        response.c.locality_id == of.locality_id,
        survey_round.c.code == of.round,
    )


def head_by_seq(connection: Connection, seq: int) -> StoredHead | None:
    row = connection.execute(select(*_HEAD).where(response.c.seq == seq)).one_or_none()
    return StoredHead(*row) if row is not None else None


def listed(connection: Connection, *conditions: Any, limit: int = 100, offset: int = 0) -> list[Response]:
    """The newest first, under conditions on the tables `response` and `locality`."""
    wanted = _stored().where(*conditions).order_by(response.c.received_at.desc(), response.c.seq.desc())
    return [_response(row) for row in connection.execute(wanted.limit(limit).offset(offset)).mappings()]


def within(area: str) -> ColumnElement[bool]:
    """The condition that a response's locality is the area or lies below it."""
    first, last = path_range(area)
    return or_(locality.c.path == area, and_(locality.c.path >= first, locality.c.path < last))


def returned_to(connection: Connection, person_id: int) -> list[tuple[Response, str, str, str]]:
    """What a person is asked to complete: the response, the reason, by whom and when."""
    latest = (
        select(review_event.c.response_seq, review_event.c.reason, review_event.c.at, person.c.name.label("by"))
        .join(person, person.c.id == review_event.c.person_id)
        .where(review_event.c.to_state == State.RETURNED.value)
        .order_by(review_event.c.id)
    )
    wanted = _stored().where(response.c.person_id == person_id, response.c.state == State.RETURNED.value)
    stored = [_response(row) for row in connection.execute(wanted.order_by(response.c.seq)).mappings()]
    if not stored:
        return []
    told = {
        row["response_seq"]: row
        for row in connection.execute(
            latest.where(review_event.c.response_seq.in_([each.seq for each in stored]))
        ).mappings()
    }
    return [
        (each, told[each.seq]["reason"], told[each.seq]["by"], told[each.seq]["at"])
        for each in stored
        if each.seq in told
    ]


def add_event(
    connection: Connection, seq: int, at: str, person_id: int | None, from_state: str, to_state: str, reason: str
) -> None:
    connection.execute(
        insert(review_event).values(
            response_seq=seq, at=at, person_id=person_id, from_state=from_state, to_state=to_state, reason=reason
        )
    )


def events(connection: Connection, seq: int) -> list[RowMapping]:
    wanted = (
        select(review_event, person.c.name.label("person_name"))
        .outerjoin(person, person.c.id == review_event.c.person_id)
        .where(review_event.c.response_seq == seq)
        .order_by(review_event.c.id)
    )
    return list(connection.execute(wanted).mappings())


def of_leaf(connection: Connection, key: LeafKey) -> list[RowMapping]:
    """The current responses of one leaf in the order of their ids: what the tally counts."""
    wanted = (
        select(response)
        .where(
            response.c.round_id == key.round_id,
            response.c.locality_id == key.locality_id,
            response.c.questionnaire == key.questionnaire,
            response.c.version == key.version,
            response.c.evidence == key.evidence,
            response.c.state == key.state,
            response.c.stratum == key.stratum,
            response.c.cluster == key.cluster,
            response.c.weights_version == key.weights_version,
            response.c.training.is_(False),
        )
        .order_by(response.c.id, response.c.sha256)
    )
    return list(connection.execute(wanted).mappings())


def of_round(connection: Connection, round_id: int) -> Iterator[RowMapping]:
    """Every response of a round that is no training, in the order of ids, read a little at a time."""
    wanted = select(response).where(response.c.round_id == round_id, response.c.training.is_(False))
    ordered = wanted.order_by(response.c.id, response.c.sha256).execution_options(yield_per=500)
    return iter(connection.execute(ordered).mappings())


def count(connection: Connection) -> int:
    """How many rows there are, held ones and training among them."""
    return int(connection.execute(select(func.count()).select_from(response)).scalar_one())


def _stored() -> Select[Any]:
    return (
        select(
            response.c.seq, response.c.id, response.c.sha256, response.c.body, response.c.questionnaire,
            response.c.version, survey_round.c.code.label("round"), response.c.locality_id,
            locality.c.name.label("locality_name"), locality.c.scheme, locality.c.path,
            response.c.assignment_id, response.c.visit_id, response.c.supersedes, response.c.evidence,
            response.c.respondent, response.c.state, response.c.state_at, response.c.completed_at,
            response.c.received_at, response.c.person_id, person.c.name.label("person_name"),
            response.c.mode, response.c.simulated, response.c.training, response.c.problems,
        )
        .outerjoin(survey_round, survey_round.c.id == response.c.round_id)
        .outerjoin(locality, locality.c.id == response.c.locality_id)
        .outerjoin(person, person.c.id == response.c.person_id)
    )  # fmt: skip


def _response(row: RowMapping) -> Response:
    return Response(**{**row, "state": State(row["state"])})
