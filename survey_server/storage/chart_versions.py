"""The versions that charts should have."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, bindparam, delete, insert, select

from survey_server.domain import ChartVersion, RequiredVersions
from survey_server.storage.tables import chart_round, required_chart

RequiredKey = tuple[str, str, str]
"""Path, questionnaire and audience (see `RequiredVersions`)."""

_FIND = (  # made once: making it takes longer than running it
    select(
        chart_round.c.revision,
        chart_round.c.build,
        required_chart.c.questionnaire,
        required_chart.c.audience,
        required_chart.c.revision.label("required_revision"),
        required_chart.c.build.label("required_build"),
    )
    .outerjoin_from(
        chart_round,
        required_chart,
        and_(required_chart.c.round == chart_round.c.round, required_chart.c.path == bindparam("of_path")),
    )
    .where(chart_round.c.round == bindparam("of_round"))
)


def find(connection: Connection, round_code: str, path: str) -> RequiredVersions | None:
    """The versions required of a locality; None where the round's numbers were never counted."""
    rows = connection.execute(_FIND, {"of_round": round_code, "of_path": path}).all()
    if not rows:
        return None
    found = {
        (id_, audience): ChartVersion(revision, build)
        for _, _, id_, audience, revision, build in rows
        if id_ is not None
    }
    return RequiredVersions(ChartVersion(*rows[0][:2]), found)


def of_round(connection: Connection, round_code: str) -> dict[RequiredKey, ChartVersion]:
    """The required versions that are stored."""
    rows = connection.execute(select(required_chart).where(required_chart.c.round == round_code))
    return {(row.path, row.questionnaire, row.audience): ChartVersion(row.revision, row.build) for row in rows}


def put(
    connection: Connection, round_code: str, newest: ChartVersion, changed: Mapping[RequiredKey, ChartVersion]
) -> None:
    """Store the round's newest version and the required versions that changed."""
    connection.execute(delete(chart_round).where(chart_round.c.round == round_code))
    connection.execute(insert(chart_round).values(round=round_code, revision=newest.revision, build=newest.build))
    if not changed:
        return
    own = delete(required_chart).where(
        required_chart.c.round == round_code,
        required_chart.c.path == bindparam("of_path"),
        required_chart.c.questionnaire == bindparam("of_questionnaire"),
        required_chart.c.audience == bindparam("of_audience"),
    )
    keys = [dict(zip(("path", "questionnaire", "audience"), key, strict=True)) for key in changed]
    connection.execute(own, [{f"of_{name}": value for name, value in key.items()} for key in keys])
    rows = [
        {"round": round_code, **key, "revision": each.revision, "build": each.build}
        for key, each in zip(keys, changed.values(), strict=True)
    ]
    connection.execute(insert(required_chart), rows)
