"""POST /responses: up to 200 finished responses, a receipt for each. Lean: a round's whole load comes through here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from threading import BoundedSemaphore

from flask import Response, jsonify, request

from survey_server.api.bodies import read_json
from survey_server.api.document import api_blueprint
from survey_server.api.errors import asked_language
from survey_server.api.guard import survey, this_device, uploads
from survey_server.api.schemas import MAX_ROWS, ReceiptsSchema, UploadSchema
from survey_server.domain.responses import Receipt
from survey_server.problems import ProblemError, Words
from survey_server.problems.device_api import TOO_MANY_ROWS, WRONG_SHAPE
from survey_server.services.receive_responses import Sender, receive
from survey_server.services.uploaded_rows import as_uploaded

SERVER = "survey-server"
LARGE = 32 * 1024
_NO_LIST = Words("responses: cần một danh sách", "responses: a list is needed")
# Large uploads at once gain nothing, for one interpreter reads them one after another; their memory adds up.
_LARGE_LANE = BoundedSemaphore(4)
blueprint = api_blueprint("responses", "Uploading finished responses")


@blueprint.route("/responses", methods=["POST"])
@blueprint.doc(
    requestBody={"required": True, "content": {"application/json": {"schema": UploadSchema}}},
    responses={"200": {"description": "a receipt a row", "content": {"application/json": {"schema": ReceiptsSchema}}}},
)
@uploads
def upload_responses() -> Response:
    """Keep finished responses. The answer is given only when what it confirms is on the disk."""
    device = this_device()
    sender = Sender(device.person.id, device.device_id, device.revoked)
    with _LARGE_LANE if (request.content_length or LARGE) >= LARGE else nullcontext():
        rows = [as_uploaded(sent) for sent in _sent_rows()]
        receipts = receive(survey().database, sender, rows, asked_language())
    return jsonify(server=SERVER, server_time=_instant(datetime.now(UTC)), receipts=_told(receipts))


def _sent_rows() -> list[object]:
    sent = read_json()
    rows = sent.get("responses") if isinstance(sent, dict) else None
    if not isinstance(rows, list):
        raise ProblemError(WRONG_SHAPE, fields=_NO_LIST)
    if len(rows) > MAX_ROWS:
        raise ProblemError(TOO_MANY_ROWS, most=MAX_ROWS, given=len(rows))
    return rows


def _told(receipts: Sequence[Receipt]) -> list[dict[str, object]]:
    return [
        {
            "index": receipt.index,
            "id": receipt.id,
            "sha256": receipt.sha256,
            "status": receipt.status.value,
            "received_at": _instant(receipt.received_at),
            "problems": [
                {"question": problem.question, "code": problem.code, "message": problem.message}
                for problem in receipt.problems
            ],
        }
        for receipt in receipts
    ]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
