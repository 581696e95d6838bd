"""The versions that charts should have."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from survey_server.domain import ChartVersion, RequiredVersions
from survey_server.storage.tables import chart_round, required_chart


def find(connection: Connection, round_code: str, path: str) -> RequiredVersions | None:
    """The versions required of a locality; None where the round's numbers were never counted."""
    newest = newest_of(connection, round_code)
    if newest is None:
        return None
    columns = required_chart.c.questionnaire, required_chart.c.revision, required_chart.c.build
    wanted = select(*columns).where(required_chart.c.round == round_code, required_chart.c.path == path)
    rows = connection.execute(wanted)
    return RequiredVersions(newest, {row.questionnaire: ChartVersion(row.revision, row.build) for row in rows})


def newest_of(connection: Connection, round_code: str) -> ChartVersion | None:
    row = connection.execute(select(chart_round).where(chart_round.c.round == round_code)).first()
    return ChartVersion(row.revision, row.build) if row is not None else None


def of_round(connection: Connection, round_code: str) -> dict[tuple[str, str], ChartVersion]:
    """The required versions that are stored, by path and questionnaire."""
    rows = connection.execute(select(required_chart).where(required_chart.c.round == round_code))
    return {(row.path, row.questionnaire): ChartVersion(row.revision, row.build) for row in rows}


def put(
    connection: Connection, round_code: str, newest: ChartVersion, changed: Mapping[tuple[str, str], ChartVersion]
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
    )
    connection.execute(own, [{"of_path": path, "of_questionnaire": id_} for path, id_ in changed])
    rows = [
        {"round": round_code, "path": path, "questionnaire": id_, "revision": each.revision, "build": each.build}
        for (path, id_), each in changed.items()
    ]
    connection.execute(insert(required_chart), rows)
