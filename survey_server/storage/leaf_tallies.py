"""Counted leaves of everybody who answered, and the making of revisions. Charts are not drawn from these leaves but
from those of organisations (organisation_leaves) and what is published of people (published_parts)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from survey_server.domain import LeafKey
from survey_server.storage.response_changes import is_counted
from survey_server.storage.tables import leaf, response, revision, survey_round

_KEY = tuple(field.name for field in fields(LeafKey))
_MAX_KEYS = 100  # of one statement: SQLite may be built for 999 parameters


@dataclass(frozen=True, slots=True)
class CountedLeaf:
    """A leaf's tally as JSON text, the revision at which it last changed, the digest of the program that counted."""

    key: LeafKey
    n: int
    tally: str
    revision: int
    counted_by: str = ""


def add_revision(connection: Connection, round_id: int, at: str) -> int:
    return int(
        connection.execute(insert(revision).values(round_id=round_id, at=at).returning(revision.c.id)).scalar_one()
    )


def newest_revisions(connection: Connection) -> dict[str, int]:
    """The newest revision of each round that has one, by the round's code."""
    wanted = (
        select(survey_round.c.code, func.max(revision.c.id).label("newest"))
        .join(survey_round, survey_round.c.id == revision.c.round_id)
        .group_by(survey_round.c.code)
    )
    return {row.code: row.newest for row in connection.execute(wanted)}


def put(connection: Connection, leaves: Sequence[CountedLeaf]) -> None:
    """Replace the stored leaves of these keys. An empty leaf stays, with its revision."""
    if not leaves:
        return
    rows = [
        {
            **{name: getattr(each.key, name) for name in _KEY},
            "n": each.n,
            "tally": each.tally,
            "revision": each.revision,
            "counted_by": each.counted_by,
        }
        for each in leaves
    ]
    own = delete(leaf).where(*(leaf.c[name] == bindparam(f"of_{name}") for name in _KEY))
    connection.execute(own, [{f"of_{name}": row[name] for name in _KEY} for row in rows])
    connection.execute(insert(leaf), rows)


def of_round(connection: Connection, round_id: int) -> list[CountedLeaf]:
    rows = connection.execute(select(leaf).where(leaf.c.round_id == round_id)).mappings()
    return [_counted(row) for row in rows]


def find(connection: Connection, keys: Iterable[LeafKey]) -> dict[LeafKey, CountedLeaf]:
    """The stored leaves of these keys."""
    listed = [tuple(getattr(key, name) for name in _KEY) for key in keys]
    columns = tuple_(*(leaf.c[name] for name in _KEY))
    found = []
    for start in range(0, len(listed), _MAX_KEYS):
        rows = connection.execute(select(leaf).where(columns.in_(listed[start : start + _MAX_KEYS]))).mappings()
        found += [_counted(row) for row in rows]
    return {each.key: each for each in found}


def counted_by_others(connection: Connection, program: str, limit: int) -> list[CountedLeaf]:
    """Leaves of all rounds that another program counted, in a fixed order."""
    wanted = select(leaf).where(_is_by_another(program)).order_by(*(leaf.c[name] for name in _KEY)).limit(limit)
    return [_counted(row) for row in connection.execute(wanted).mappings()]


def mark_outdated(connection: Connection, round_id: int) -> int:
    """Let the publisher recount every leaf of a round; returns how many there are."""
    return connection.execute(update(leaf).where(leaf.c.round_id == round_id).values(counted_by="")).rowcount


def _is_by_another(program: str) -> ColumnElement[bool]:
    """Two ranges of the index, which an inequality would not use."""
    return or_(leaf.c.counted_by < program, leaf.c.counted_by > program)


def expected_keys(connection: Connection, round_id: int) -> dict[LeafKey, int]:
    """Every leaf in which responses count, with their number: for a full recount."""
    wanted = (
        select(*(response.c[name] for name in _KEY), func.count().label("n"))
        .where(and_(response.c.round_id == round_id, is_counted()))
        .group_by(*(response.c[name] for name in _KEY))
    )
    return {_key(row): row["n"] for row in connection.execute(wanted).mappings()}


def _counted(row: RowMapping) -> CountedLeaf:
    return CountedLeaf(_key(row), row["n"], row["tally"], row["revision"], row["counted_by"])


def _key(row: RowMapping) -> LeafKey:
    return LeafKey(*(row[name] for name in _KEY))
