"""Changes of what counts: each response that began or ceased to count in a state, until the publisher has counted it.

Whatever stores a response or changes its state goes through `storage.responses`, which notes the change here in the
same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)

from survey_server.domain import COUNTING, CollectedResponse, LeafKey, NewResponse, TalliedResponse
from survey_server.storage import prepared
from survey_server.storage.tables import cohort_change, response, response_body, response_change

COLLECTED, TALLIED = (
    [response_body.c.body if name == "body" else response.c[name] for name in record._fields]
    for record in (CollectedResponse, TalliedResponse)
)
WITH_BODY = response.join(response_body, response_body.c.response_seq == response.c.seq)
_KEY = tuple(field.name for field in fields(LeafKey))
_JOINED = response_change.join(response, response.c.seq == response_change.c.response_seq)
_JOINED_WITH_BODY = _JOINED.join(response_body, response_body.c.response_seq == response.c.seq)
_INSERT = insert(response_change)
BATCH = 500  # values in one statement
_PEOPLE_CHANGED = (
    select(response_change.c.response_seq)
    .join(response, response.c.seq == response_change.c.response_seq)
    .where(response.c.respondent != "organisation")
)
_LEAF = [response_change.c.state if name == "state" else response.c[name] for name in _KEY]
_COLUMNS = (response_change.c.id, response_change.c.sign, *_LEAF, *TALLIED)
_REMOVE = delete(response_change).where(response_change.c.id == bindparam("of_id"))


class ResponseChange(NamedTuple):
    """`sign`: 1 where the response began to count in the leaf, -1 where it ceased to."""

    id: int
    sign: int
    key: LeafKey
    response: TalliedResponse


def is_counted() -> ColumnElement[bool]:
    """Whether a response counts in results."""
    return and_(
        response.c.round_id.is_not(None),
        response.c.locality_id.is_not(None),
        response.c.state.in_([literal_column(f"'{state}'") for state in sorted(COUNTING)]),
        response.c.training.is_(False),
    )


def _note(sign: int, *which: ColumnElement[bool]) -> Insert:
    """The statement that notes responses, of these those that count."""
    counted = select(response.c.seq, response.c.state, literal_column(str(sign))).where(*which, is_counted())
    return insert(response_change).from_select(["response_seq", "state", "sign"], counted)


_NOTE_BEFORE, _NOTE_AFTER = (_note(sign, response.c.seq == bindparam("of_seq")) for sign in (-1, 1))


def note_stored(connection: Connection, seqs: Iterable[int], rows: Iterable[NewResponse]) -> None:
    """Note responses that were stored in this transaction under these numbers, of these those that count."""
    counted = [
        (seq, row.state, 1)
        for seq, row in zip(seqs, rows, strict=True)
        if row.round_id is not None and row.locality_id is not None and row.state in COUNTING and not row.training
    ]
    prepared.insert_all(connection, _INSERT, ("response_seq", "state", "sign"), counted)


@contextmanager
def noted(connection: Connection, seq: int) -> Iterator[None]:
    """Around a change of a stored response: it ceases to count as it was, and begins to count as it is then."""
    connection.execute(_NOTE_BEFORE, {"of_seq": seq})
    yield
    connection.execute(_NOTE_AFTER, {"of_seq": seq})


def oldest_ids(connection: Connection, limit: int) -> dict[LeafKey, list[int]]:
    """The ids of the oldest changes by leaf, the leaf of the oldest first."""
    return _ids_by_leaf(connection, select(response_change.c.id, *_LEAF).order_by(response_change.c.id).limit(limit))


def find(connection: Connection, ids: Sequence[int]) -> list[ResponseChange]:
    """These changes, as far as they have not been counted, each with its response as it is stored."""
    found: list[ResponseChange] = []
    for start in range(0, len(ids), BATCH):
        some = response_change.c.id.in_(ids[start : start + BATCH])
        found += _read(connection, select(*_COLUMNS).where(some))
    return found


def of_round(connection: Connection, round_id: int) -> list[ResponseChange]:
    """All changes of a round that have not been counted."""
    return _read(connection, select(*_COLUMNS).where(response.c.round_id == round_id))


def ids_by_leaf(connection: Connection) -> dict[LeafKey, list[int]]:
    """The ids of all changes that have not been counted, by leaf."""
    return _ids_by_leaf(connection, select(response_change.c.id, *_LEAF))


def is_any(connection: Connection) -> bool:
    return connection.execute(select(response_change.c.id).limit(1)).first() is not None


def waits_since(connection: Connection) -> str | None:
    """When the response of the oldest change that waits changed; None where none waits."""
    wanted = select(response.c.state_at).select_from(_JOINED).order_by(response_change.c.id).limit(1)
    return connection.execute(wanted).scalar_one_or_none()


def count_before(connection: Connection, instant: str) -> int:
    """How many responses changed before this instant and have not been counted."""
    wanted = select(func.count(response.c.seq.distinct())).select_from(_JOINED).where(response.c.state_at < instant)
    return int(connection.execute(wanted).scalar_one())


def remove(connection: Connection, ids: Iterable[int]) -> int:
    """Delete exactly these changes, once they are counted; returns how many of them were there. Those of people are
    passed on to the forming of cohorts."""
    listed = list(ids)
    if not listed:
        return 0
    for start in range(0, len(listed), BATCH):
        some = response_change.c.id.in_(listed[start : start + BATCH])
        people = _PEOPLE_CHANGED.where(some).order_by(response_change.c.id)
        connection.execute(insert(cohort_change).from_select(["response_seq"], people))
    return connection.execute(_REMOVE, [{"of_id": id_} for id_ in listed]).rowcount


def _ids_by_leaf(connection: Connection, wanted: Select[Any]) -> dict[LeafKey, list[int]]:
    found: dict[LeafKey, list[int]] = {}
    for id_, *values in connection.execute(wanted.select_from(_JOINED)):
        found.setdefault(LeafKey(*values), []).append(id_)
    return found


def _read(connection: Connection, wanted: Select[Any]) -> list[ResponseChange]:
    """In the order in which they were noted."""
    found = []
    keys: dict[tuple[Any, ...], LeafKey] = {}
    end = 2 + len(_KEY)
    for row in connection.execute(wanted.select_from(_JOINED_WITH_BODY).order_by(response_change.c.id)):
        own = row[2:end]
        key = keys.get(own) or keys.setdefault(own, LeafKey(*own))
        found.append(ResponseChange(row[0], row[1], key, TalliedResponse(*row[end:])))
    return found
