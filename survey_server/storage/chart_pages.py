"""Drawn charts: a row a locality, a row a bundle of its charts, a row a picture drawn on request."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, insert, literal, select, union
from sqlalchemy.sql.elements import ColumnElement

from survey_server.domain import ChartBundle, ChartKey, ChartVersion, DrawnPage
from survey_server.storage.tables import chart_bundle, chart_page, chart_picture

_PLAIN = ("questionnaire", "language", "audience", "position", "evidence", "is_answered", "sha256", "size")
_SAME = ("language", "audience", "questionnaire", "revision", "build", "sha256")  # of a bundle drawn again as it was
_ADDRESS = ("round", "level", "code")
_MAX_DIGESTS = 500  # in one statement


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """The file of a chart as PNG or PDF; `bundle`: the digest of the bundle with the chart."""

    bundle: str
    name: str
    sha256: str
    size: int


def _finding(charts: ColumnElement[str]) -> Select[Any]:
    """A page with its bundles, in the order of the page."""
    columns = (chart_bundle.c[name] for name in (*_PLAIN, "revision", "build"))
    times = chart_bundle.c.generated_at.label("bundle_generated_at")
    is_same = (chart_page.c[name] == chart_bundle.c[name] for name in _ADDRESS)
    return (
        select(chart_page.c.generated_at, chart_page.c.simulated, *columns, times, charts.label("charts"))
        .join_from(chart_page, chart_bundle, and_(*is_same))
        .where(*(chart_page.c[name] == bindparam(f"of_{name}") for name in _ADDRESS))
        .order_by(chart_bundle.c.language, chart_bundle.c.position, chart_bundle.c.audience)
    )


# Made once: making them takes longer than running them.
_FIND, _FIND_WITHOUT_CHARTS = _finding(chart_bundle.c.charts), _finding(literal(""))


def find(connection: Connection, key: ChartKey, *, with_charts: bool = True) -> DrawnPage | None:
    """None where nothing was drawn yet. The bundles are in the order of the page; `with_charts=False` leaves their
    charts empty, which a page does not need."""
    wanted = _FIND if with_charts else _FIND_WITHOUT_CHARTS
    rows = connection.execute(wanted, {f"of_{name}": getattr(key, name) for name in _ADDRESS}).all()
    if not rows:
        return None
    return DrawnPage(rows[0].generated_at, rows[0].simulated, tuple(map(_bundle, rows)))


@dataclass(frozen=True, slots=True)
class StoredFile:
    sha256: str
    size: int


def all_files(connection: Connection) -> list[StoredFile]:
    """The files that rows name, each once."""
    wanted = union(
        select(chart_bundle.c.sha256, chart_bundle.c.size).where(chart_bundle.c.sha256 != ""),
        select(chart_picture.c.sha256, chart_picture.c.size),
    )
    return [StoredFile(row.sha256, row.size) for row in connection.execute(wanted)]


def replace(
    connection: Connection, key: ChartKey, generated_at: str, simulated: bool, bundles: Collection[ChartBundle]
) -> set[str]:
    """Store drawn bundles in place of those of the same questionnaires and languages; bundles of others stay.

    Returns the digests of files that no row names any more.
    """
    named = _replace_bundles(connection, key, generated_at, bundles)
    connection.execute(delete(chart_page).where(*_is_of(chart_page, key)))
    values = {"round": key.round, "level": key.level, "code": key.code}
    connection.execute(insert(chart_page).values(**values, generated_at=generated_at, simulated=simulated))
    gone = named - named_digests(connection, named)
    if not gone:
        return set()
    pictures = chart_picture.c.bundle.in_(gone)
    of_pictures = set(connection.execute(select(chart_picture.c.sha256).where(pictures)).scalars())
    connection.execute(delete(chart_picture).where(pictures))
    return gone | (of_pictures - named_digests(connection, of_pictures))


def _replace_bundles(
    connection: Connection, key: ChartKey, generated_at: str, bundles: Collection[ChartBundle]
) -> set[str]:
    """Returns the digests of the files of the bundles that were replaced."""
    named: set[str] = set()
    same = select(*(chart_bundle.c[name] for name in _SAME), chart_bundle.c.generated_at).where(
        *_is_of(chart_bundle, key)
    )
    before = {tuple(values): at for *values, at in connection.execute(same)}
    for questionnaire, language in dict.fromkeys(each.group for each in bundles):
        own = (
            *_is_of(chart_bundle, key),
            chart_bundle.c.questionnaire == questionnaire,
            chart_bundle.c.language == language,
        )
        named |= set(connection.execute(select(chart_bundle.c.sha256).where(*own)).scalars())
        connection.execute(delete(chart_bundle).where(*own))
    rows = [
        {"round": key.round, "level": key.level, "code": key.code, "revision": each.version.revision}
        | {"build": each.version.build, "charts": each.charts}
        | {name: getattr(each, name) for name in _PLAIN}
        for each in bundles
    ]
    for row in rows:
        row["generated_at"] = before.get(tuple(row[name] for name in _SAME), generated_at)
    if rows:
        connection.execute(insert(chart_bundle), rows)
    return named - {""}


def named_digests(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Those of the digests of files that a row names."""
    listed, found = sorted(digests), set[str]()
    for start in range(0, len(listed), _MAX_DIGESTS):
        some = listed[start : start + _MAX_DIGESTS]
        wanted = union(
            select(chart_bundle.c.sha256).where(chart_bundle.c.sha256.in_(some)),
            select(chart_picture.c.sha256).where(chart_picture.c.sha256.in_(some)),
        )
        found |= set(connection.execute(wanted).scalars())
    return found


def find_picture(connection: Connection, bundle: str, name: str) -> StoredPicture | None:
    wanted = select(chart_picture).where(chart_picture.c.bundle == bundle, chart_picture.c.name == name)
    row = connection.execute(wanted).mappings().first()
    return StoredPicture(**row) if row is not None else None


def put_picture(connection: Connection, picture: StoredPicture) -> None:
    """Store a picture in place of an earlier one of this name."""
    own = chart_picture.c.bundle == picture.bundle, chart_picture.c.name == picture.name
    connection.execute(delete(chart_picture).where(*own))
    values = {"bundle": picture.bundle, "name": picture.name, "sha256": picture.sha256, "size": picture.size}
    connection.execute(insert(chart_picture).values(values))


def _is_of(table: object, key: ChartKey) -> list[ColumnElement[bool]]:
    columns = table.c  # type: ignore[attr-defined]  # both tables have an address
    return [columns.round == key.round, columns.level == key.level, columns.code == key.code]


def _bundle(row: Row[Any]) -> ChartBundle:
    return ChartBundle(
        row.questionnaire, row.language, row.audience, row.position, ChartVersion(row.revision, row.build),
        row.evidence, row.is_answered, row.charts, row.sha256, row.size, row.bundle_generated_at,
    )  # fmt: skip
