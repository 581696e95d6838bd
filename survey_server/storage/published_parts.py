"""What is published about people: the parts, and their sums by sampling unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from survey_server.domain import PublishedLeaf, PublishedPart, ResultCut
from survey_server.storage.tables import (
    cohort,
    cohort_member,
    cohort_series,
    locality,
    published_leaf,
    published_part,
    response,
    result_cut_part,
)

_LEAF = ("series_id", "stratum", "unit")


def add(connection: Connection, part: PublishedPart, place_id: int) -> None:
    connection.execute(insert(published_part).values(_row(part, place_id)))


def strike(connection: Connection, owner: str, revision: int) -> None:
    """Note that a part counts no more from a revision on."""
    connection.execute(
        update(published_part).where(published_part.c.owner == owner).values(is_struck=True, revision=revision)
    )


def place_of(connection: Connection, owner: str) -> int:
    """The id of the locality of a part."""
    return int(
        connection.execute(select(published_part.c.place_id).where(published_part.c.owner == owner)).scalar_one()
    )


def of_round(connection: Connection, round_id: int) -> list[PublishedPart]:
    """All parts of a round, struck ones too, in the order of their owners."""
    return list(read_round(connection, round_id))


def read_round(connection: Connection, round_id: int) -> Iterator[PublishedPart]:
    """As `of_round`, read one after another."""
    wanted = _parts().where(cohort_series.c.round_id == round_id).execution_options(yield_per=500)
    return (PublishedPart(**row) for row in connection.execute(wanted).mappings())


def by_owners(connection: Connection, owners: Sequence[str]) -> list[PublishedPart]:
    wanted = _parts().where(published_part.c.owner.in_(owners))
    return [PublishedPart(**row) for row in connection.execute(wanted).mappings()]


def of_leaf(connection: Connection, leaf: PublishedPart | PublishedLeaf, place_id: int) -> list[PublishedPart]:
    """The parts of the same sampling unit that count."""
    wanted = _parts().where(
        *(published_part.c[name] == getattr(leaf, name) for name in _LEAF),
        published_part.c.place_id == place_id,
        published_part.c.is_struck.is_(False),
    )
    return [PublishedPart(**row) for row in connection.execute(wanted).mappings()]


def put_leaf(connection: Connection, leaf: PublishedLeaf, place_id: int) -> None:
    """Store a sum in place of the earlier one of the same unit."""
    connection.execute(
        delete(published_leaf).where(
            *(published_leaf.c[name] == getattr(leaf, name) for name in _LEAF), published_leaf.c.place_id == place_id
        )
    )
    connection.execute(insert(published_leaf).values(_row(leaf, place_id)))


def find_leaf(connection: Connection, of: PublishedPart, place_id: int) -> PublishedLeaf | None:
    """The sum to which a part belongs."""
    wanted = _leaves().where(
        *(published_leaf.c[name] == getattr(of, name) for name in _LEAF), published_leaf.c.place_id == place_id
    )
    row = connection.execute(wanted).mappings().one_or_none()
    return PublishedLeaf(**row) if row is not None else None


def leaves_of_round(connection: Connection, round_id: int) -> list[PublishedLeaf]:
    """The sums of a round by sampling unit; of a unit whose parts were all struck, one of nobody."""
    wanted = _leaves().where(cohort_series.c.round_id == round_id)
    return [PublishedLeaf(**row) for row in connection.execute(wanted).mappings()]


def count_officials(connection: Connection, round_id: int, cut: ResultCut | None = None) -> dict[tuple[str, str], int]:
    """How many responses of officials are published (`cut`: in it) from each place of collection: by questionnaire and
    path. Their cohorts are those of provinces."""
    wanted = (
        select(cohort_series.c.questionnaire, locality.c.path, func.count())
        .select_from(cohort_member)
        .join(cohort, cohort.c.id == cohort_member.c.cohort_id)
        .join(cohort_series, cohort_series.c.id == cohort.c.series_id)
        .join(response, response.c.seq == cohort_member.c.response_seq)
        .join(locality, locality.c.id == response.c.locality_id)
        .where(
            cohort_series.c.round_id == round_id,
            cohort_series.c.respondent == "official",
            cohort.c.revision.is_not(None),
            cohort.c.struck_at.is_(None),
        )
        .group_by(cohort_series.c.questionnaire, locality.c.path)
    )
    if cut is not None:
        in_cut = select(result_cut_part.c.owner).where(result_cut_part.c.cut_id == cut.id)
        wanted = wanted.where(cohort.c.id.in_(in_cut))
    return {(questionnaire, path): n for questionnaire, path, n in connection.execute(wanted)}


def _row(record: PublishedPart | PublishedLeaf, place_id: int) -> dict[str, Any]:
    row = asdict(record) | {"place_id": place_id}
    del row["path"]
    return row


def _parts() -> Select[Any]:
    columns = (each for each in published_part.c if each.name != "place_id")
    return _with_place(select(*columns, locality.c.path), published_part).order_by(published_part.c.owner)


def _leaves() -> Select[Any]:
    columns = (each for each in published_leaf.c if each.name != "place_id")
    ordered = (locality.c.path, *(published_leaf.c[name] for name in _LEAF))
    return _with_place(select(*columns, locality.c.path), published_leaf).order_by(*ordered)


def _with_place(wanted: Select[Any], table: Any) -> Select[Any]:
    return wanted.join(locality, locality.c.id == table.c.place_id).join(
        cohort_series, cohort_series.c.id == table.c.series_id
    )
