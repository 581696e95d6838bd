"""Requests for charts: added by the web pages, taken by the publisher."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from survey_server.domain import ChartKey, ChartRequest
from survey_server.storage.tables import chart_request


def is_pending(connection: Connection, request: ChartRequest) -> bool:
    return connection.execute(select(chart_request.c.id).where(*_is(request))).first() is not None


def add(connection: Connection, request: ChartRequest) -> None:
    """Repeating it has no effect."""
    if not is_pending(connection, request):
        connection.execute(insert(chart_request).values(_values(request)))


def pending(connection: Connection) -> list[ChartRequest]:
    """The oldest first."""
    rows = connection.execute(select(chart_request).order_by(chart_request.c.id))
    return [ChartRequest(ChartKey(row.round, row.level, row.code), row.chart, row.language, row.format) for row in rows]


def remove(connection: Connection, requests: list[ChartRequest]) -> None:
    for request in requests:
        connection.execute(delete(chart_request).where(*_is(request)))


def _values(request: ChartRequest) -> dict[str, str]:
    key = request.key
    return {
        "round": key.round, "level": key.level, "code": key.code,
        "chart": request.chart, "language": request.language, "format": request.format,
    }  # fmt: skip


def _is(request: ChartRequest) -> list[ColumnElement[bool]]:
    return [chart_request.c[name] == value for name, value in _values(request).items()]
