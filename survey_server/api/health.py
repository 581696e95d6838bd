"""GET /healthz and /readyz: for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from survey_server.api.guard import public, survey
from survey_server.services.check_ready import is_ready

blueprint = Blueprint("health", __name__)


@blueprint.route("/healthz")
@public
def alive() -> Response:
    return _fresh(jsonify(status="alive"))


@blueprint.route("/readyz")
@public
def ready() -> Response:
    """Whether the database answers and its migrations are current."""
    try:
        current = is_ready(survey().database)
    except SQLAlchemyError:
        current = False
    answer = _fresh(jsonify(status="ready" if current else "not_ready"))
    answer.status_code = 200 if current else 503
    return answer


def _fresh(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
