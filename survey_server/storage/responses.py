"""Responses: rows are only added. A correction is a new row that supersedes the old one."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    RowMapping,
    Select,
    and_,
    bindparam,
    false,
    func,
    insert,
    inspect,
    or_,
    select,
    text,
    type_coerce,
    update,
)

from survey_server.domain import (
    CORRECTABLE,
    REPLACEABLE,
    UNDECIDED,
    CollectedResponse,
    Correction,
    Identity,
    LeafKey,
    NewResponse,
    Response,
    ResponseFilter,
    ReturnedResponse,
    ReviewEvent,
    State,
    StoredHead,
    TalliedResponse,
)
from survey_server.storage import assignment_counts, prepared, response_changes
from survey_server.storage.column_types import decompress, is_uuid
from survey_server.storage.localities import in_area
from survey_server.storage.response_changes import COLLECTED, TALLIED, WITH_BODY
from survey_server.storage.rounds import visits_with
from survey_server.storage.tables import locality, person, response, response_body, review_event, survey_round

_INSERT, _INSERT_BODY = insert(response), insert(response_body)
_COLUMNS = ("seq", *(name for name in NewResponse._fields if name != "body"))
_BODY = NewResponse._fields.index("body")
_HEAD = [response.c[name] for name in StoredHead._fields]
_BY_IDS = select(*_HEAD).order_by(response.c.seq)
_CORRECTIONS = select(response.c.supersedes, *_HEAD)
_LAST_SEQ = select(func.max(response.c.seq))
_NEXT_SEQS = text("SELECT nextval(pg_get_serial_sequence('response', 'seq')) FROM generate_series(1, :n)")
_SET_STATE = (
    update(response)
    .where(response.c.seq == bindparam("of_seq"))
    .values(state=bindparam("new_state"), state_at=bindparam("new_state_at"))
)


def add_all(connection: Connection, rows: Sequence[NewResponse]) -> None:
    """Insert responses, and their bodies beside them; those that count are noted for the tally."""
    seqs = _new_seqs(connection, len(rows))
    heads = [(seq, *row[:_BODY], *row[_BODY + 1 :]) for seq, row in zip(seqs, rows, strict=True)]
    prepared.insert_all(connection, _INSERT, _COLUMNS, heads)
    bodies = [(seq, row.body) for seq, row in zip(seqs, rows, strict=True)]
    prepared.insert_all(connection, _INSERT_BODY, ("response_seq", "body"), bodies)
    response_changes.note_stored(connection, seqs, rows)
    assignment_counts.add_responses(connection, rows)


def _new_seqs(connection: Connection, n: int) -> Sequence[int]:
    """The next numbers. In SQLite nobody else can write until this transaction ends."""
    if connection.dialect.name == "sqlite":
        last = connection.execute(_LAST_SEQ).scalar() or 0
        return range(last + 1, last + 1 + n)
    return connection.execute(_NEXT_SEQS, {"n": n}).scalars().all()


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
    for superseded, *columns in prepared.select_in(connection, _CORRECTIONS, response.c.supersedes, ids):
        head = StoredHead(*columns)
        if head.state in CORRECTABLE:  # else it was refused, and corrects nothing
            found.setdefault(superseded, []).append(head.correction)
    return found


def set_state(connection: Connection, seq: int, state: State, at: str) -> None:
    """Change the state, and note for the tally in what the response ceases and begins to count."""
    assignment_counts.change_state(connection, seq, state)
    with response_changes.noted(connection, seq):
        connection.execute(_SET_STATE, {"of_seq": seq, "new_state": state.value, "new_state_at": at})


def set_identity(connection: Connection, seq: int, identity: Identity) -> None:
    """Store what a response is about that is quarantined or conflicts: one that counts never changes its leaf."""
    undecided = and_(response.c.seq == seq, has_state(UNDECIDED))
    connection.execute(update(response).where(undecided).values(asdict(identity)))


def find(connection: Connection, id_: str) -> list[Response]:
    """Every row under an id, the first received first: more than one only after a conflict."""
    if not is_uuid(id_):
        return []
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
    has_same_subject = and_(
        response.c.questionnaire == of.questionnaire,
        response.c.locality_id == of.locality_id,
        survey_round.c.code == of.round,
    )
    same = or_(response.c.id == of.id, and_(revised, has_same_subject))
    wanted = _stored().where(
        same, has_state(REPLACEABLE), response.c.seq != of.seq, response.c.training.is_(of.training)
    )
    return [_response(row) for row in connection.execute(wanted.order_by(response.c.seq)).mappings()]


def find_by_seqs(connection: Connection, seqs: Collection[int]) -> list[Response]:
    """The responses with these numbers, the newest first."""
    wanted = _stored().where(response.c.seq.in_(list(seqs)))
    found = [_response(row) for row in connection.execute(wanted).mappings()] if seqs else []
    return sorted(found, key=lambda each: each.seq, reverse=True)


def returned_to(connection: Connection, person_id: int) -> list[ReturnedResponse]:
    """The responses that a person is asked to complete, the first received first."""
    wanted = _stored().where(response.c.person_id == person_id, has_state({State.RETURNED}))
    found = [_response(row) for row in connection.execute(wanted.order_by(response.c.seq)).mappings()]
    if not found:
        return []
    returns = (
        select(review_event.c.response_seq, review_event.c.reason, review_event.c.at, person.c.name.label("by"))
        .join(person, person.c.id == review_event.c.person_id)
        .where(
            review_event.c.to_state == State.RETURNED.value,
            review_event.c.response_seq.in_([each.seq for each in found]),
        )
        .order_by(review_event.c.id)
    )
    latest = {row.response_seq: row for row in connection.execute(returns)}
    return [
        ReturnedResponse(each, event.reason, event.by, event.at)
        for each in found
        if (event := latest.get(each.seq)) is not None
    ]


def add_event(
    connection: Connection, seq: int, at: str, person_id: int | None, from_state: State, to_state: State, reason: str
) -> None:
    connection.execute(
        insert(review_event).values(
            response_seq=seq,
            at=at,
            person_id=person_id,
            from_state=from_state.value,
            to_state=to_state.value,
            reason=reason,
        )
    )


def events(connection: Connection, seq: int) -> list[ReviewEvent]:
    wanted = (
        select(
            review_event.c.at, person.c.name, review_event.c.from_state, review_event.c.to_state, review_event.c.reason
        )
        .outerjoin(person, person.c.id == review_event.c.person_id)
        .where(review_event.c.response_seq == seq)
        .order_by(review_event.c.id)
    )
    return [
        ReviewEvent(at, name, State(from_state), State(to_state), reason)
        for at, name, from_state, to_state, reason in connection.execute(wanted)
    ]


def of_leaf(connection: Connection, key: LeafKey) -> list[TalliedResponse]:
    """The responses that count in a leaf, in no order. Found by the index of localities: SQLite would take that of
    states, in which most responses are, if the state stood alone."""
    own = [response.c[name] == value for name, value in asdict(key).items() if name != "state"]
    own.append(response.c.state.concat("") == key.state)
    wanted = select(*TALLIED).select_from(WITH_BODY).where(*own, response.c.training.is_(False))
    return [TalliedResponse(*row) for row in connection.execute(wanted)]


def tallied(connection: Connection, seqs: Collection[int]) -> list[TalliedResponse]:
    """The responses with these numbers, in their order."""
    wanted = select(*TALLIED).select_from(WITH_BODY).where(response.c.seq.in_(seqs)).order_by(response.c.seq)
    return [TalliedResponse(*row) for row in connection.execute(wanted)]


def states_of_round(
    connection: Connection, round_id: int, wanted: ResponseFilter
) -> Iterator[tuple[int, str, str, str]]:
    """Number, review state, questionnaire and version of a round's responses, without training, in the order in which
    they were received; read in batches."""
    found = (
        select(response.c.seq, response.c.state, response.c.questionnaire, response.c.version)
        .outerjoin(locality, locality.c.id == response.c.locality_id)
        .where(response.c.round_id == round_id, response.c.training.is_(False), *_conditions(wanted))
        .order_by(response.c.seq)
        .execution_options(yield_per=5_000)
    )
    return (tuple(row) for row in connection.execute(found))


def collected(connection: Connection, seqs: Collection[int]) -> list[tuple[int, CollectedResponse]]:
    """The responses with these numbers, each with its number, ascending."""
    wanted = select(response.c.seq, *COLLECTED).select_from(WITH_BODY).where(response.c.seq.in_(seqs))
    ordered = wanted.order_by(response.c.seq)
    return [(seq, CollectedResponse(*columns)) for seq, *columns in connection.execute(ordered)]


def without_calculated(
    connection: Connection, questionnaire: str, version: str, after: int, limit: int
) -> list[tuple[int, CollectedResponse]]:
    """Responses of a version that have been accepted and whose column `calculated` is empty, each with its number in
    the database, by which they are ordered; those after the number `after`."""
    wanted = (
        select(response.c.seq, *COLLECTED)
        .select_from(WITH_BODY)
        .where(
            response.c.seq > after,
            response.c.questionnaire == questionnaire,
            response.c.version == version,
            response.c.calculated.is_(None),
            response.c.state != State.QUARANTINED.value,
        )
        .order_by(response.c.seq)
        .limit(limit)
    )
    return [(seq, CollectedResponse(*columns)) for seq, *columns in connection.execute(wanted)]


def complete(connection: Connection, values: Mapping[int, tuple[str, str]]) -> None:
    """By the responses' numbers in the database: the columns `calculated` and `not_asked`."""
    own = response.c.seq == bindparam("of_seq")
    change = update(response).where(own).values(calculated=bindparam("values"), not_asked=bindparam("names"))
    rows = [{"of_seq": seq, "values": values_, "names": names} for seq, (values_, names) in values.items()]
    connection.execute(change, rows)


def damaged_ids(connection: Connection) -> Iterator[str]:
    """The ids of responses whose text is no longer the one that its SHA-256 was computed of. The database may be a
    backup of an earlier release, which stored texts as they were."""
    if not inspect(connection).has_table(response_body.name):
        for id_, sha256, body in connection.execute(text("SELECT id, sha256, body FROM response")):
            if hashlib.sha256(body.encode()).hexdigest() != sha256:
                yield id_
        return
    stored = type_coerce(response_body.c.body, LargeBinary)  # as it is: what is damaged may not decompress
    wanted = select(response.c.id, response.c.sha256, stored).select_from(
        response.outerjoin(response_body, response_body.c.response_seq == response.c.seq)
    )
    for id_, sha256, body in connection.execute(wanted.execution_options(yield_per=500)):
        if _digest(body) != sha256:
            yield id_


def _digest(body: bytes | None) -> str | None:
    """The SHA-256 of a stored text; None where there is none that can be read."""
    try:
        return hashlib.sha256(decompress(body or b"")).hexdigest()
    except zlib.error:
        return None


def count(connection: Connection) -> int:
    """How many there are, with quarantined ones and training."""
    return int(connection.execute(select(func.count()).select_from(response)).scalar_one())


def _stored() -> Select[Any]:
    return (
        select(
            response.c.seq, response.c.id, response.c.sha256, response_body.c.body, response.c.questionnaire,
            response.c.version, survey_round.c.code.label("round"), response.c.locality_id,
            locality.c.name.label("locality_name"), locality.c.scheme, locality.c.path,
            response.c.assignment_id, response.c.visit_id, response.c.supersedes, response.c.evidence,
            response.c.respondent, response.c.state, response.c.state_at, response.c.completed_at,
            response.c.received_at, response.c.person_id, person.c.name.label("person_name"),
            response.c.mode, response.c.simulated, response.c.training, response.c.problems, response.c.late,
        )
        .select_from(WITH_BODY)
        .outerjoin(survey_round, survey_round.c.id == response.c.round_id)
        .outerjoin(locality, locality.c.id == response.c.locality_id)
        .outerjoin(person, person.c.id == response.c.person_id)
    )  # fmt: skip


def _conditions(wanted: ResponseFilter) -> Iterator[ColumnElement[bool]]:
    """A filter as SQL on the tables `response` and `locality`; `ResponseFilter.matches` decides the same."""
    if wanted.areas is not None:
        yield or_(false(), *map(in_area, wanted.areas))
    if wanted.evidence is not None:
        yield response.c.evidence == wanted.evidence
    if wanted.respondent is not None:
        yield response.c.respondent == wanted.respondent
    if wanted.questionnaire is not None:
        yield response.c.questionnaire == wanted.questionnaire
    if wanted.sent_by is not None:
        yield response.c.person_id == wanted.sent_by
    if wanted.states is not None:
        yield has_state(wanted.states)
    if wanted.team_of is not None:
        yield or_(response.c.person_id == wanted.team_of, response.c.visit_id.in_(visits_with(wanted.team_of)))
    if wanted.undecided_of is not None:
        yield or_(~has_state(UNDECIDED), response.c.person_id == wanted.undecided_of)


def has_state(states: Collection[State]) -> ColumnElement[bool]:
    """The condition that a response is in one of these review states."""
    return response.c.state.in_(sorted(states))


def _response(row: RowMapping) -> Response:
    return Response(**{**row, "state": State(row["state"])})
