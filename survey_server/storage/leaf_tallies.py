"""Counted leaves, published leaves, pending changes, and the publisher's revisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

from sqlalchemy import Connection, RowMapping, and_, delete, exists, func, insert, select

from survey_server.domain import COUNTING, LeafKey
from survey_server.storage import prepared
from survey_server.storage.tables import changed_leaf, leaf, released_leaf, response, revision, survey_round

_KEY = tuple(field.name for field in fields(LeafKey))
_key_values = attrgetter(*_KEY)
_INSERT_CHANGE = insert(changed_leaf)


@dataclass(frozen=True, slots=True)
class CountedLeaf:
    """A leaf's tally as JSON text, the revision at which it last changed, the digest of the program that counted."""

    key: LeafKey
    n: int
    tally: str
    revision: int
    counted_by: str = ""


def add_changes(connection: Connection, keys: Iterable[LeafKey]) -> None:
    """Note a change of each of these leaves, once for each; the publisher takes and deletes the notes."""
    prepared.insert_all(connection, _INSERT_CHANGE, _KEY, [_key_values(key) for key in dict.fromkeys(keys)])


def pending_changes(connection: Connection, limit: int = 2000) -> dict[LeafKey, list[int]]:
    """Leaves that changed since they were counted, with the ids of the changes; the oldest first."""
    found: dict[LeafKey, list[int]] = {}
    for row in connection.execute(select(changed_leaf).order_by(changed_leaf.c.id).limit(limit)).mappings():
        found.setdefault(_key(row), []).append(row["id"])
    return found


def has_pending_changes(connection: Connection) -> bool:
    return connection.execute(select(changed_leaf.c.id).limit(1)).first() is not None


def remove_changes(connection: Connection, ids: Iterable[int]) -> None:
    """Delete exactly these changes: others may have been added meanwhile."""
    listed = list(ids)
    for start in range(0, len(listed), 500):
        connection.execute(delete(changed_leaf).where(changed_leaf.c.id.in_(listed[start : start + 500])))


def add_revision(connection: Connection, round_id: int, at: str) -> int:
    return int(
        connection.execute(insert(revision).values(round_id=round_id, at=at).returning(revision.c.id)).scalar_one()
    )


def revision_times(connection: Connection, round_id: int) -> dict[int, str]:
    """The revisions of a round with their instants."""
    wanted = select(revision.c.id, revision.c.at).where(revision.c.round_id == round_id)
    return {row.id: row.at for row in connection.execute(wanted)}


def newest_revisions(connection: Connection) -> dict[str, int]:
    """The newest revision of each round that has one, by the round's code."""
    wanted = (
        select(survey_round.c.code, func.max(revision.c.id).label("newest"))
        .join(survey_round, survey_round.c.id == revision.c.round_id)
        .group_by(survey_round.c.code)
    )
    return {row.code: row.newest for row in connection.execute(wanted)}


def put(connection: Connection, leaves: Sequence[CountedLeaf], *, released: bool = False) -> None:
    """Replace the stored leaves of these keys; empty leaves are deleted."""
    table = released_leaf if released else leaf
    for each in leaves:
        connection.execute(delete(table).where(*(table.c[name] == getattr(each.key, name) for name in _KEY)))
    rows = [
        {
            **{name: getattr(each.key, name) for name in _KEY},
            "n": each.n,
            "tally": each.tally,
            "revision": each.revision,
            "counted_by": each.counted_by,
        }
        for each in leaves
        if each.n
    ]
    if rows:
        connection.execute(insert(table), rows)


def of_round(connection: Connection, round_id: int, *, released: bool = False) -> list[CountedLeaf]:
    table = released_leaf if released else leaf
    rows = connection.execute(select(table).where(table.c.round_id == round_id)).mappings()
    return [_counted(row) for row in rows]


def counted_by_others(
    connection: Connection, round_id: int, program: str, limit: int | None = None
) -> list[CountedLeaf]:
    """Leaves that another program counted, in a fixed order, without those that have pending changes."""
    is_pending = exists().where(and_(*(changed_leaf.c[name] == leaf.c[name] for name in _KEY)))
    wanted = select(leaf).where(leaf.c.round_id == round_id, leaf.c.counted_by != program, ~is_pending)
    ordered = wanted.order_by(*(leaf.c[name] for name in _KEY)).limit(limit)
    return [_counted(row) for row in connection.execute(ordered).mappings()]


def released_revisions(connection: Connection, round_id: int) -> dict[LeafKey, int]:
    """The revision of each published leaf."""
    columns = (released_leaf.c[name] for name in (*_KEY, "revision"))
    wanted = select(*columns).where(released_leaf.c.round_id == round_id)
    return {_key(row): row["revision"] for row in connection.execute(wanted).mappings()}


def revisions(connection: Connection, round_id: int, *, released: bool = False) -> dict[LeafKey, int]:
    """The revision of each leaf, without its tally."""
    table = released_leaf if released else leaf
    columns = (table.c[name] for name in (*_KEY, "revision"))
    wanted = select(*columns).where(table.c.round_id == round_id)
    return {_key(row): row["revision"] for row in connection.execute(wanted).mappings()}


def expected_keys(connection: Connection, round_id: int) -> dict[LeafKey, int]:
    """Every leaf in which responses count, with their number: for a full recount."""
    wanted = (
        select(*(response.c[name] for name in _KEY), func.count().label("n"))
        .where(
            response.c.round_id == round_id,
            response.c.locality_id.is_not(None),
            response.c.state.in_([state.value for state in COUNTING]),
            response.c.training.is_(False),
        )
        .group_by(*(response.c[name] for name in _KEY))
    )
    return {_key(row): row["n"] for row in connection.execute(wanted).mappings()}


def _counted(row: RowMapping) -> CountedLeaf:
    return CountedLeaf(_key(row), row["n"], row["tally"], row["revision"], row["counted_by"])


def _key(row: RowMapping) -> LeafKey:
    return LeafKey(*(row[name] for name in _KEY))
