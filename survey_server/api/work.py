"""GET /work: the assignments of the device's person, and nothing else."""

from __future__ import annotations

from flask import Response, jsonify

from survey_server.api.document import api_blueprint
from survey_server.api.guard import current_device, reads, runtime
from survey_server.api.schemas import WorkSchema, dump
from survey_server.services.list_work import work_of

blueprint = api_blueprint("work", "Rounds, visits and assignments of the device's person")
_schema = WorkSchema()


@blueprint.route("/work")
@blueprint.doc(responses={"200": {"description": "the work", "content": {"application/json": {"schema": WorkSchema}}}})
@reads
def list_work() -> Response:
    """Return the open work of this device's person and the responses returned to them."""
    return jsonify(dump(_schema, work_of(runtime().database, current_device().person)))
