"""GET /work: only what is this person's."""

from __future__ import annotations

from flask import Response, jsonify

from survey_server.api.document import api_blueprint
from survey_server.api.guard import reads, survey, this_device
from survey_server.api.schemas import WorkSchema, dump
from survey_server.services.list_work import work_of

blueprint = api_blueprint("work", "Rounds, visits and assignments of the device's person")
_given = WorkSchema()


@blueprint.route("/work")
@blueprint.doc(responses={"200": {"description": "the work", "content": {"application/json": {"schema": WorkSchema}}}})
@reads
def list_work() -> Response:
    """What this device's person has to do, and what was returned."""
    return jsonify(dump(_given, work_of(survey().database, this_device().person)))
