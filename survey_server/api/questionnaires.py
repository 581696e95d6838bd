"""GET /questionnaires/{id}/{version}: the compiled questionnaire; its bytes never change."""

from __future__ import annotations

from flask import Response, request

from survey_server.api.document import api_blueprint
from survey_server.api.guard import reads, runtime
from survey_server.problems import ProblemError
from survey_server.problems.device_api import QUESTIONNAIRE_UNKNOWN

blueprint = api_blueprint("questionnaires", "Compiled questionnaires")


@blueprint.route("/questionnaires/<string:id_>/<string:version>")
@blueprint.doc(responses={"200": {"description": "the compiled questionnaire"}})
@reads
def compiled_questionnaire(id_: str, version: str) -> Response:
    """Return one published version, compiled for the tablet."""
    found = runtime().versions.find(id_, version)
    if found is None:
        raise ProblemError(QUESTIONNAIRE_UNKNOWN, id=id_[:64], version=version[:64])
    response = Response(found.published.compiled.encode(), content_type="application/json")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.set_etag(found.published.compiled_sha256)
    return response.make_conditional(request)  # type: ignore[return-value]
