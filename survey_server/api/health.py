"""GET /healthz and /readyz, for monitoring."""

from __future__ import annotations

from flask import Response, make_response
from flask_smorest import Blueprint

from survey_server.api.guard import public, runtime
from survey_server.api.schemas import HealthSchema
from survey_server.domain import DatabaseError

blueprint = Blueprint("health", __name__, description="Health of the server")
_CONTENT = {"application/json": {"schema": HealthSchema}}


@blueprint.route("/healthz")
@blueprint.doc(security=[], responses={"200": {"description": "alive", "content": _CONTENT}})
@public
def health() -> Response:
    """Whether the server answers at all."""
    return _state("alive")


@blueprint.route("/readyz")
@blueprint.doc(
    security=[],
    responses={
        "200": {"description": "ready", "content": _CONTENT},
        "503": {"description": "the database does not answer, or its migrations are not current", "content": _CONTENT},
    },
)
@public
def readiness() -> Response:
    """Whether the database answers and its migrations are current; whether charts are kept up to date."""
    try:
        found = runtime().readiness()
    except DatabaseError:
        return _state("not_ready", 503)
    charts = {
        "publisher": "running" if found.has_publisher else "missing",
        "changes": "late" if found.is_late else "counted",
    }
    return _state("ready", more=charts) if found.is_migrated else _state("not_ready", 503, charts)


def _state(state: str, code: int = 200, more: dict[str, str] | None = None) -> Response:
    return make_response({"status": state, **(more or {})}, code, {"Cache-Control": "no-store"})
