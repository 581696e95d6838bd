"""Cuts: what was published of people in a round at the moment at which the centre released it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select

from survey_server.domain import PublishedPart, ResultCut
from survey_server.storage import published_parts
from survey_server.storage.tables import locality, published_part, result_cut, result_cut_part

BATCH = 500  # values in one statement
_PARTS = result_cut_part.join(published_part, published_part.c.owner == result_cut_part.c.owner)


class CountedPart(NamedTuple):
    """How many people a part is about; 0 of a question group."""

    series_id: int
    path: str
    unit: str
    n: int


def add(connection: Connection, new: ResultCut, owners: Iterable[str]) -> None:
    """`owners`: of the published parts."""
    connection.execute(
        insert(result_cut).values(
            id=new.id, round_id=new.round_id, at=new.at, person_id=new.person_id, note=new.note, digest=new.digest
        )
    )
    rows = [{"cut_id": new.id, "owner": owner} for owner in owners]
    if rows:
        connection.execute(insert(result_cut_part), rows)


def of_round(connection: Connection, round_id: int) -> list[ResultCut]:
    """The oldest first."""
    wanted = select(result_cut).where(result_cut.c.round_id == round_id).order_by(result_cut.c.at, result_cut.c.id)
    return [ResultCut(**row) for row in connection.execute(wanted).mappings()]


def newest(connection: Connection, round_id: int) -> ResultCut | None:
    wanted = select(result_cut).where(result_cut.c.round_id == round_id)
    row = connection.execute(wanted.order_by(result_cut.c.at.desc(), result_cut.c.id.desc()).limit(1)).mappings()
    found = row.one_or_none()
    return ResultCut(**found) if found is not None else None


def struck_revision(connection: Connection, cut_id: str) -> int:
    """The revision at which a part of a cut was struck last, else 0."""
    wanted = select(func.max(published_part.c.revision)).select_from(_PARTS)
    return int(connection.execute(wanted.where(_of(cut_id), published_part.c.is_struck)).scalar_one() or 0)


def count_people(connection: Connection, cut_id: str) -> list[CountedPart]:
    """The parts of a cut that count."""
    columns = (published_part.c.series_id, locality.c.path, published_part.c.unit, published_part.c.n)
    wanted = select(*columns).select_from(_PARTS.join(locality, locality.c.id == published_part.c.place_id))
    rows = connection.execute(wanted.where(_of(cut_id), published_part.c.is_struck.is_(False)))
    return [CountedPart(*row) for row in rows]


def parts_of(connection: Connection, cut_id: str) -> list[PublishedPart]:
    """All parts of a cut, struck ones too."""
    owners = sorted(owners_of(connection, cut_id))
    batches = (owners[start : start + BATCH] for start in range(0, len(owners), BATCH))
    return [part for some in batches for part in published_parts.by_owners(connection, some)]


def _of(cut_id: str) -> ColumnElement[bool]:
    return result_cut_part.c.cut_id == cut_id


def owners_of(connection: Connection, cut_id: str) -> set[str]:
    """The owners of a cut's parts."""
    wanted = select(result_cut_part.c.owner).where(_of(cut_id))
    return {*connection.execute(wanted).scalars()}
