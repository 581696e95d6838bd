"""The leaves of organisations, which are published as they are counted, and the instants of revisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from survey_server.domain import LeafKey
from survey_server.storage.tables import leaf, revision

_KEY = tuple(field.name for field in fields(LeafKey))


@dataclass(frozen=True, slots=True)
class OrganisationLeaf:
    """`tally`: as JSON text; `revision`: the one at which it last changed."""

    key: LeafKey
    tally: str
    revision: int


def of_round(connection: Connection, round_id: int, versions: Iterable[tuple[str, str]]) -> list[OrganisationLeaf]:
    """`versions`: the ids and versions of the questionnaires that organisations answer."""
    wanted = _of(round_id, versions).add_columns(leaf.c.tally)
    rows = connection.execute(wanted).mappings()
    return [OrganisationLeaf(LeafKey(*(row[name] for name in _KEY)), row["tally"], row["revision"]) for row in rows]


def revisions(connection: Connection, round_id: int, versions: Iterable[tuple[str, str]]) -> dict[LeafKey, int]:
    """The revision of each leaf, without its tally."""
    rows = connection.execute(_of(round_id, versions)).mappings()
    return {LeafKey(*(row[name] for name in _KEY)): row["revision"] for row in rows}


def revision_times(connection: Connection, round_id: int) -> dict[int, str]:
    """The revisions of a round with their instants."""
    wanted = select(revision.c.id, revision.c.at).where(revision.c.round_id == round_id)
    return {row.id: row.at for row in connection.execute(wanted)}


def _of(round_id: int, versions: Iterable[tuple[str, str]]) -> Select[Any]:
    columns = (leaf.c[name] for name in (*_KEY, "revision"))
    of = tuple_(leaf.c.questionnaire, leaf.c.version).in_([*versions])
    return select(*columns).where(leaf.c.round_id == round_id, of)
