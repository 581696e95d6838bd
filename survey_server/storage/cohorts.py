"""Cohorts, their members, question groups and the items that wait for one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, exists, func, insert, select, update

from survey_server.domain import Cohort, CohortMember, QuestionGroup, StoredItem, WithheldItem
from survey_server.storage import prepared
from survey_server.storage.tables import (
    cohort,
    cohort_member,
    cohort_series,
    locality,
    question_group,
    response,
    survey_round,
    withheld_item,
)

_INSERT_MEMBER = insert(cohort_member)
_MEMBER_COLUMNS = ("response_id", "sha256", "cohort_id", "response_seq")
_WAITING = and_(withheld_item.c.group_id.is_(None), cohort.c.struck_at.is_(None))


def add(connection: Connection, new: Cohort, place_id: int, members: Sequence[CohortMember]) -> None:
    """Raises DatabaseError where a member is in a cohort already."""
    row = {
        "id": new.id, "series_id": new.series_id, "place_id": place_id, "is_of_place": new.is_of_place,
        "size": new.size, "strata": _to_json(sorted(new.strata)), "revision": new.revision,
    }  # fmt: skip
    connection.execute(insert(cohort).values(row))
    rows = [(each.response_id, each.sha256, new.id, each.response_seq) for each in members]
    prepared.insert_all(connection, _INSERT_MEMBER, _MEMBER_COLUMNS, rows)


def publish(connection: Connection, cohort_id: str, strata: Iterable[str], revision: int) -> None:
    """Note that a cohort all of whose members are there is published."""
    connection.execute(
        update(cohort).where(cohort.c.id == cohort_id).values(strata=_to_json(sorted(strata)), revision=revision)
    )


def strike(connection: Connection, cohort_id: str, at: str, reason: str) -> None:
    connection.execute(update(cohort).where(cohort.c.id == cohort_id).values(struck_at=at, strike_reason=reason))


def find(connection: Connection, cohort_id: str) -> Cohort | None:
    row = connection.execute(_cohorts().where(cohort.c.id == cohort_id)).mappings().one_or_none()
    return _cohort(row) if row is not None else None


def of_round(connection: Connection, round_id: int) -> Iterator[Cohort]:
    """In the order of their ids."""
    wanted = _cohorts().where(cohort_series.c.round_id == round_id).order_by(cohort.c.id)
    return map(_cohort, connection.execute(wanted).mappings())


def incomplete(connection: Connection, round_id: int) -> list[Cohort]:
    """Cohorts that the journal has and that are not published again yet."""
    wanted = _cohorts().where(
        cohort_series.c.round_id == round_id, cohort.c.revision.is_(None), cohort.c.struck_at.is_(None)
    )
    return [_cohort(row) for row in connection.execute(wanted.order_by(cohort.c.id)).mappings()]


def members_of(connection: Connection, cohort_id: str) -> list[CohortMember]:
    """In the order of their ids."""
    wanted = select(cohort_member).where(cohort_member.c.cohort_id == cohort_id).order_by(cohort_member.c.response_id)
    return [CohortMember(row.response_id, row.sha256, row.response_seq) for row in connection.execute(wanted)]


def members_of_responses(connection: Connection, seqs: Sequence[int]) -> list[CohortMember]:
    """Responses as members of a new cohort."""
    wanted = select(response.c.id, response.c.sha256, response.c.seq).where(response.c.seq.in_(seqs))
    return [CohortMember(*row) for row in connection.execute(wanted.order_by(response.c.seq))]


def find_missing_members(connection: Connection, cohort_ids: Sequence[str]) -> None:
    """Let members that were missing refer to their responses where these are in the database now."""
    same = and_(response.c.id == cohort_member.c.response_id, response.c.sha256 == cohort_member.c.sha256)
    found = select(response.c.seq).where(same).scalar_subquery()
    is_missing = and_(cohort_member.c.response_seq.is_(None), cohort_member.c.cohort_id.in_(cohort_ids))
    is_there = exists().where(same)
    connection.execute(update(cohort_member).where(is_missing, is_there).values(response_seq=found))


def cohort_of(connection: Connection, round_id: int) -> dict[int, tuple[str, str]]:
    """Number of a published response → its cohort and the path of the cohort's place. Struck cohorts are left out."""
    wanted = (
        select(cohort_member.c.response_seq, cohort.c.id, locality.c.path)
        .join(cohort, cohort.c.id == cohort_member.c.cohort_id)
        .join(cohort_series, cohort_series.c.id == cohort.c.series_id)
        .join(locality, locality.c.id == cohort.c.place_id)
        .where(
            cohort_series.c.round_id == round_id,
            cohort.c.revision.is_not(None),
            cohort.c.struck_at.is_(None),
            cohort_member.c.response_seq.is_not(None),
        )
    )
    places: dict[str, tuple[str, str]] = {}  # one tuple a cohort, not one a response
    return {seq: places.setdefault(id_, (id_, path)) for seq, id_, path in connection.execute(wanted)}


def ids_by_round(connection: Connection) -> dict[str, set[str]]:
    """Code of a round → the ids of its cohorts and question groups."""
    found: dict[str, set[str]] = {}
    for table in (cohort, question_group):
        wanted = (
            select(survey_round.c.code, table.c.id)
            .join(cohort_series, cohort_series.c.id == table.c.series_id)
            .join(survey_round, survey_round.c.id == cohort_series.c.round_id)
        )
        for code, id_ in connection.execute(wanted):
            found.setdefault(code, set()).add(id_)
    return found


def struck_ids(connection: Connection) -> set[str]:
    return {*connection.execute(select(cohort.c.id).where(cohort.c.struck_at.is_not(None))).scalars()}


def taken_ids(connection: Connection, response_ids: Iterable[str]) -> set[str]:
    """Those of the responses' ids that are in a cohort."""
    wanted = select(cohort_member.c.response_id)
    return {row[0] for row in prepared.select_in(connection, wanted, cohort_member.c.response_id, response_ids)}


def round_of(connection: Connection, cohort_id: str) -> int:
    """The id of a cohort's round."""
    wanted = select(cohort_series.c.round_id).join(cohort, cohort.c.series_id == cohort_series.c.id)
    return int(connection.execute(wanted.where(cohort.c.id == cohort_id)).scalar_one())


def count_members(connection: Connection, round_id: int) -> dict[str, int]:
    """Cohort → how many members are stored for it."""
    wanted = (
        select(cohort_member.c.cohort_id, func.count())
        .join(cohort, cohort.c.id == cohort_member.c.cohort_id)
        .join(cohort_series, cohort_series.c.id == cohort.c.series_id)
        .where(cohort_series.c.round_id == round_id)
        .group_by(cohort_member.c.cohort_id)
    )
    return dict(connection.execute(wanted).all())


def add_group(connection: Connection, new: QuestionGroup, place_id: int) -> None:
    """Add a question group; the items of its cohorts that are stored belong to it from now on."""
    row = {
        "id": new.id, "series_id": new.series_id, "item": new.item, "place_id": place_id,
        "cohorts": _to_json(new.cohorts), "revision": new.revision,
    }  # fmt: skip
    connection.execute(insert(question_group).values(row))
    assign_items(connection, new)


def assign_items(connection: Connection, group: QuestionGroup) -> None:
    connection.execute(
        update(withheld_item)
        .where(withheld_item.c.cohort_id.in_(group.cohorts), withheld_item.c.item == group.item)
        .values(group_id=group.id)
    )


def publish_group(connection: Connection, group_id: str, revision: int) -> None:
    connection.execute(update(question_group).where(question_group.c.id == group_id).values(revision=revision))


def unpublished_groups(connection: Connection, series_id: int) -> list[QuestionGroup]:
    """Groups that the journal has and that are not published again yet."""
    return [each for each in groups_of(connection, series_id) if each.revision is None]


def groups_of(connection: Connection, series_id: int) -> list[QuestionGroup]:
    """In the order of their ids."""
    wanted = (
        select(question_group, locality.c.path)
        .join(locality, locality.c.id == question_group.c.place_id)
        .where(question_group.c.series_id == series_id)
        .order_by(question_group.c.id)
    )
    return [
        QuestionGroup(
            id=row["id"], series_id=row["series_id"], item=row["item"], path=row["path"],
            cohorts=tuple(json.loads(row["cohorts"])), revision=row["revision"],
        )
        for row in connection.execute(wanted).mappings()
    ]  # fmt: skip


def add_items(connection: Connection, series_id: int, items: Sequence[StoredItem]) -> None:
    rows = [
        {
            "cohort_id": each.item.cohort, "item": each.item.item, "series_id": series_id,
            "asked": _to_json(each.item.asked), "tally": each.tally,
        }
        for each in items
    ]  # fmt: skip
    if rows:
        connection.execute(insert(withheld_item), rows)


def waiting_items(connection: Connection, series_id: int) -> list[StoredItem]:
    """Items of published cohorts that are in no group, without those of struck cohorts."""
    wanted = _items().where(withheld_item.c.series_id == series_id, _WAITING)
    return [_stored_item(row) for row in connection.execute(wanted).mappings()]


def items_in(connection: Connection, group: QuestionGroup) -> list[StoredItem]:
    """The items of a group's cohorts, as far as these are published."""
    wanted = _items().where(withheld_item.c.cohort_id.in_(group.cohorts), withheld_item.c.item == group.item)
    return [_stored_item(row) for row in connection.execute(wanted).mappings()]


def _items() -> Select[Any]:
    return (
        select(
            withheld_item.c.cohort_id, locality.c.path, withheld_item.c.item, withheld_item.c.asked, cohort.c.strata,
            withheld_item.c.tally,
        )
        .join(cohort, cohort.c.id == withheld_item.c.cohort_id)
        .join(locality, locality.c.id == cohort.c.place_id)
        .order_by(withheld_item.c.cohort_id, withheld_item.c.item)
    )  # fmt: skip


def _stored_item(row: RowMapping) -> StoredItem:
    item = WithheldItem(row["cohort_id"], row["path"], row["item"], json.loads(row["asked"]))
    return StoredItem(item, frozenset(json.loads(row["strata"])), row["tally"])


def _cohorts() -> Select[Any]:
    return (
        select(cohort, locality.c.path)
        .join(locality, locality.c.id == cohort.c.place_id)
        .join(cohort_series, cohort_series.c.id == cohort.c.series_id)
    )


def _cohort(row: RowMapping) -> Cohort:
    return Cohort(
        id=row["id"], series_id=row["series_id"], path=row["path"], is_of_place=row["is_of_place"], size=row["size"],
        strata=frozenset(json.loads(row["strata"])), revision=row["revision"], is_struck=row["struck_at"] is not None,
    )  # fmt: skip


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
