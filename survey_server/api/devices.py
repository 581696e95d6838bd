"""POST /devices/enrol: exchange a one-time code for a device with its own tokens."""

from __future__ import annotations

from typing import cast

from flask import request
from flask.typing import ResponseReturnValue

from survey_server.api.bodies import load_body
from survey_server.api.document import api_blueprint
from survey_server.api.guard import runtime, without_token
from survey_server.api.schemas import EnrolledSchema, EnrolSchema, ErrorSchema, dump
from survey_server.services.devices import enrol

blueprint = api_blueprint("devices", "Enrolling a tablet")
_request_schema = EnrolSchema()
_response_schema = EnrolledSchema()


@blueprint.route("/devices/enrol", methods=["POST"])
@blueprint.doc(
    security=[],
    requestBody={"required": True, "content": {"application/json": {"schema": EnrolSchema}}},
    responses={
        "201": {"description": "enrolled", "content": {"application/json": {"schema": EnrolledSchema}}},
        "403": {
            "description": "the code is wrong, used or too old",
            "content": {"application/json": {"schema": ErrorSchema}},
        },
        "429": {"description": "too many wrong codes", "content": {"application/json": {"schema": ErrorSchema}}},
    },
)
@without_token
def enrol_device() -> ResponseReturnValue:
    """Enrol this device with the code given to its person."""
    sent = load_body(_request_schema)
    enrolled = enrol(
        runtime().database,
        str(sent["code"]),
        str(sent["name"]),
        cast("str | None", sent["device_id"]),
        cast("str | None", sent["upload_token"]),
        address=request.remote_addr or "",
    )
    return dump(_response_schema, enrolled), 201
