"""Responses: append-only rows. A correction is a new row that supersedes the old one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, bindparam, func, insert, or_, select, update

from survey_server.domain.localities import path_range
from survey_server.domain.responses import COUNTING, LeafKey, State
from survey_server.storage import prepared
from survey_server.storage.tables import locality, person, response, review_event, survey_round

Subject = tuple[str, int | None, int | None]
"""What a response is about: questionnaire (in whatever version), round and locality. A correction is about the same."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as far as receiving needs it: what is there already under an id."""

    seq: int
    id: str
    sha256: str
    state: str
    leaf: LeafKey | None
    assignment_id: str | None
    person_id: int | None
    training: bool
    subject: Subject


@dataclass(frozen=True, slots=True)
class Reviser:
    """A row that corrects an earlier one, as far as receiving needs it."""

    id: str
    assignment_id: str | None
    person_id: int | None
    training: bool
    subject: Subject


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept response with the names a reader needs. `body` and `problems` are JSON texts."""

    seq: int
    id: str
    sha256: str
    body: str
    questionnaire: str
    version: str
    round: str | None
    locality_id: int | None
    locality_name: str | None
    scheme: str | None
    path: str | None
    assignment_id: str | None
    visit_id: str | None
    supersedes: str | None
    evidence: str
    respondent: str
    state: str
    state_at: str
    completed_at: str | None
    received_at: str
    person_id: int | None
    person_name: str | None
    mode: str
    simulated: bool
    training: bool
    problems: str


_INSERT = insert(response)
_KEPT = (
    response.c.seq, response.c.id, response.c.sha256, response.c.state, response.c.assignment_id, response.c.person_id,
    response.c.training, response.c.round_id, response.c.locality_id, response.c.questionnaire, response.c.version,
    response.c.evidence, response.c.stratum, response.c.cluster, response.c.weights_version,
)  # fmt: skip
_KEPT_NAMES = tuple(column.name for column in _KEPT)
_BY_IDS = select(*_KEPT).order_by(response.c.seq)
_SUPERSEDERS = select(
    response.c.supersedes, response.c.state, response.c.id, response.c.assignment_id, response.c.person_id,
    response.c.training, response.c.questionnaire, response.c.round_id, response.c.locality_id,
)  # fmt: skip
_SUPERSEDING = frozenset({*COUNTING, State.RETURNED, State.SUPERSEDED})
_SET_STATE = (
    update(response)
    .where(response.c.seq == bindparam("of_seq"))
    .values(state=bindparam("new_state"), state_at=bindparam("new_state_at"))
)


def add_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as the table has them, `seq` left to the database."""
    prepared.insert_all(connection, _INSERT, rows)


def kept_under(connection: Connection, ids: Iterable[str]) -> dict[str, list[Kept]]:
    """What is there already under these ids, the first received first."""
    found: dict[str, list[Kept]] = {}
    for values in prepared.select_in(connection, _BY_IDS, response.c.id, ids):
        row = dict(zip(_KEPT_NAMES, values, strict=True))
        found.setdefault(row["id"], []).append(_kept(row))
    return found


def superseders(connection: Connection, ids: Iterable[str]) -> dict[str, list[Reviser]]:
    """Who supersedes these ids already: superseded id → the rows that did it."""
    found: dict[str, list[Reviser]] = {}
    for superseded, state, id_, assignment_id, person_id, training, *about in prepared.select_in(
        connection, _SUPERSEDERS, response.c.supersedes, ids
    ):
        if state in _SUPERSEDING:
            questionnaire, round_id, locality_id = about
            subject = (questionnaire, round_id, locality_id)
            found.setdefault(superseded, []).append(Reviser(id_, assignment_id, person_id, bool(training), subject))
    return found


def set_state(connection: Connection, seq: int, state: State, at: str) -> None:
    connection.execute(_SET_STATE, {"of_seq": seq, "new_state": state.value, "new_state_at": at})


def set_identified(connection: Connection, seq: int, values: Mapping[str, Any]) -> None:
    """What a held row is about, found out later: its round and locality, what it was asked by."""
    connection.execute(update(response).where(response.c.seq == seq).values(values))


def find(connection: Connection, id_: str) -> list[Stored]:
    """Every row under an id, the first received first: more than one only after a conflict."""
    rows = connection.execute(_stored().where(response.c.id == id_).order_by(response.c.seq)).mappings()
    return [Stored(**row) for row in rows]


def by_seq(connection: Connection, seq: int) -> Stored | None:
    if not 0 < seq < 2**63:
        return None  # no database takes such a number
    row = connection.execute(_stored().where(response.c.seq == seq)).mappings().one_or_none()
    return Stored(**row) if row is not None else None


def rivals(connection: Connection, of: Stored) -> list[Stored]:
    """The rows that cannot count beside this one: under its id, what it corrects, what else corrects that or it.

    What corrects is about the same questionnaire, round and locality; training and real responses never meet.
    """
    revised = response.c.supersedes == of.id
    if of.supersedes is not None:
        revised = or_(revised, response.c.id == of.supersedes, response.c.supersedes == of.supersedes)
    same = or_(response.c.id == of.id, and_(revised, _about_the_same(of)))
    standing = response.c.state.in_([state.value for state in (*COUNTING, State.RETURNED)])
    wanted = _stored().where(same, standing, response.c.seq != of.seq, response.c.training.is_(of.training))
    return [Stored(**row) for row in connection.execute(wanted.order_by(response.c.seq)).mappings()]


def _about_the_same(of: Stored) -> ColumnElement[bool]:
    return and_(
        response.c.questionnaire == of.questionnaire,
        response.c.locality_id == of.locality_id,
        survey_round.c.code == of.round,
    )


def kept_by_seq(connection: Connection, seq: int) -> Kept | None:
    row = connection.execute(select(*_KEPT).where(response.c.seq == seq)).mappings().one_or_none()
    return _kept(row) if row is not None else None


def listed(connection: Connection, *conditions: Any, limit: int = 100, offset: int = 0) -> list[Stored]:
    """The newest first, under conditions on the tables `response` and `locality`."""
    wanted = _stored().where(*conditions).order_by(response.c.received_at.desc(), response.c.seq.desc())
    return [Stored(**row) for row in connection.execute(wanted.limit(limit).offset(offset)).mappings()]


def within(area: str) -> ColumnElement[bool]:
    """The condition that a response's locality is the area or lies below it."""
    first, last = path_range(area)
    return or_(locality.c.path == area, and_(locality.c.path >= first, locality.c.path < last))


def returned_to(connection: Connection, person_id: int) -> list[tuple[Stored, str, str, str]]:
    """What a person is asked to complete: the response, the reason, by whom and when."""
    latest = (
        select(review_event.c.response_seq, review_event.c.reason, review_event.c.at, person.c.name.label("by"))
        .join(person, person.c.id == review_event.c.person_id)
        .where(review_event.c.to_state == State.RETURNED.value)
        .order_by(review_event.c.id)
    )
    wanted = _stored().where(response.c.person_id == person_id, response.c.state == State.RETURNED.value)
    stored = [Stored(**row) for row in connection.execute(wanted.order_by(response.c.seq)).mappings()]
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


def answers_of(stored: Stored) -> dict[str, Any]:
    answers = json.loads(stored.body).get("answers")
    return answers if isinstance(answers, dict) else {}


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


def leaf_of(row: RowMapping | Mapping[str, Any]) -> LeafKey | None:
    """The leaf that a row of the table counts in; None where it counts nowhere."""
    if row["training"] or row["round_id"] is None or row["locality_id"] is None or row["state"] not in COUNTING:
        return None
    return LeafKey(
        row["round_id"], row["locality_id"], row["questionnaire"], row["version"], row["evidence"], row["state"],
        row["stratum"], row["cluster"], row["weights_version"],
    )  # fmt: skip


def _kept(row: RowMapping | Mapping[str, Any]) -> Kept:
    return Kept(
        row["seq"], row["id"], row["sha256"], row["state"], leaf_of(row), row["assignment_id"], row["person_id"],
        bool(row["training"]), (row["questionnaire"], row["round_id"], row["locality_id"]),
    )  # fmt: skip
