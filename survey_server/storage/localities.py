"""Localities: units of versioned hierarchies, found by code, by path, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, or_, select, true

from survey_server.domain import (
    COUNTRY_CODE,
    Area,
    Locality,
    Succession,
    ancestor_paths,
    locality_sort_key,
    path_range,
    search_key,
)
from survey_server.storage.tables import locality, locality_succession, scheme

MAX_FOUND = 30


def add_scheme(connection: Connection, name: str, valid_from: str, valid_to: str | None) -> None:
    connection.execute(insert(scheme).values(name=name, valid_from=valid_from, valid_to=valid_to))


def schemes(connection: Connection) -> list[str]:
    return list(connection.execute(select(scheme.c.name).order_by(scheme.c.valid_from)).scalars())


def add_all(connection: Connection, units: Sequence[Locality]) -> None:
    """Insert units, parents before children."""
    rows = [
        asdict(each) | {"search_key": search_key(each.name), "sort_key": locality_sort_key(each.name, each.kind)}
        for each in units
    ]
    if rows:
        connection.execute(insert(locality), rows)


def next_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(locality.c.id), 0) + 1)).scalar_one())


def ids_by_code(connection: Connection, scheme_name: str) -> dict[tuple[str, str], int]:
    """(level, code) → id of a whole scheme."""
    wanted = select(locality.c.level, locality.c.code, locality.c.id).where(locality.c.scheme == scheme_name)
    return {(level, code): id_ for level, code, id_ in connection.execute(wanted)}


def add_successions(connection: Connection, successions: Sequence[Succession]) -> None:
    if successions:
        connection.execute(insert(locality_succession), [asdict(each) for each in successions])


def has_successions(connection: Connection) -> bool:
    return connection.execute(select(locality_succession.c.old_id).limit(1)).first() is not None


def find(connection: Connection, scheme_name: str, level: str, code: str) -> Locality | None:
    wanted = select(locality).where(
        locality.c.scheme == scheme_name, locality.c.level == level, locality.c.code == code
    )
    return _one(connection.execute(wanted).mappings().one_or_none())


def by_id(connection: Connection, locality_id: int) -> Locality | None:
    return _one(connection.execute(select(locality).where(locality.c.id == locality_id)).mappings().one_or_none())


def by_path(connection: Connection, scheme_name: str, path: str) -> Locality | None:
    wanted = select(locality).where(locality.c.scheme == scheme_name, locality.c.path == path)
    return _one(connection.execute(wanted).mappings().one_or_none())


def lineage(connection: Connection, of: Locality) -> list[Locality]:
    """From the country down to the unit itself."""
    paths = ancestor_paths(of.path)
    found = by_paths(connection, of.scheme, paths)
    return [found[path] for path in paths if path in found]


def by_paths(connection: Connection, scheme_name: str, paths: Iterable[str]) -> dict[str, Locality]:
    """Path → unit; a path without a unit is left out."""
    wanted = select(locality).where(locality.c.scheme == scheme_name, locality.c.path.in_(list(paths)))
    return {row["path"]: _locality(row) for row in connection.execute(wanted).mappings()}


def children(connection: Connection, parent_id: int) -> list[Locality]:
    """In the official order, which is that of the codes."""
    wanted = select(locality).where(locality.c.parent_id == parent_id).order_by(locality.c.code)
    return [_locality(row) for row in connection.execute(wanted).mappings()]


def within(connection: Connection, scheme_name: str, area: str, levels: Sequence[str] = ()) -> list[Locality]:
    """The area and everything below it, in the order of paths."""
    wanted = select(locality).where(locality.c.scheme == scheme_name, _within(area))
    if levels:
        wanted = wanted.where(locality.c.level.in_(levels))
    return [_locality(row) for row in connection.execute(wanted.order_by(locality.c.path)).mappings()]


def search(
    connection: Connection, scheme_name: str, asked: str, area: str = COUNTRY_CODE, among: Sequence[str] = ()
) -> list[Locality]:
    """Units whose name holds what was asked, with or without diacritics; larger units and nearer names first, one more
    than MAX_FOUND at most.

    `among`: paths of units; then only the country, and what is one of them or lies below one, is looked at.
    """
    key = search_key(asked)
    if not key:
        return []
    looked_at = or_(locality.c.path == COUNTRY_CODE, *(_within(path) for path in among)) if among else true()
    wanted = (
        select(locality)
        .where(
            locality.c.scheme == scheme_name,
            locality.c.search_key.contains(key, autoescape=True),
            _within(area),
            looked_at,
        )
        .order_by(
            func.length(locality.c.path), func.length(locality.c.search_key), locality.c.sort_key, locality.c.path
        )
        .limit(MAX_FOUND + 1)
    )
    return [_locality(row) for row in connection.execute(wanted).mappings()]


def in_area(area: Area) -> ColumnElement[bool]:
    """The condition on the table `locality` that `Area.covers` decides."""
    return and_(locality.c.scheme == area.scheme, _within(area.path))


def _within(area: str) -> ColumnElement[bool]:
    first, last = path_range(area)
    return or_(locality.c.path == area, (locality.c.path >= first) & (locality.c.path < last))


def _one(row: RowMapping | None) -> Locality | None:
    return _locality(row) if row is not None else None


def _locality(row: RowMapping) -> Locality:
    return Locality(
        row["id"], row["scheme"], row["level"], row["code"], row["parent_id"], row["path"], row["name"], row["kind"],
        row["lat"], row["lon"],
    )  # fmt: skip
