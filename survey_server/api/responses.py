"""POST /responses: up to 200 finished responses, with a receipt for each. The hot path of the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from threading import BoundedSemaphore

from flask import Response, abort, jsonify, request

from survey_server.api.bodies import read_json
from survey_server.api.document import api_blueprint
from survey_server.api.errors import requested_language
from survey_server.api.guard import current_device, runtime, uploads
from survey_server.api.schemas import MAX_ROWS, ReceiptsSchema, UploadSchema
from survey_server.domain import Receipt
from survey_server.i18n import Message
from survey_server.problems import ProblemError
from survey_server.problems.device_api import TOO_MANY_ROWS, WRONG_SHAPE
from survey_server.problems.receiving import FROM_REVOKED_DEVICE
from survey_server.services.receiving import Sender, receive
from survey_server.services.receiving.parse import read_uploaded_row

SERVER_NAME = "survey-server"
LARGE_UPLOAD_BYTES = 32 * 1024
LARGE_UPLOAD_TIMEOUT = 10.0  # seconds
_LIST_EXPECTED = Message("responses: cần một danh sách")
# Parsing is bound to one core a process, so more large uploads at once would only add up in memory.
_LARGE_UPLOADS = BoundedSemaphore(4)
blueprint = api_blueprint("responses", "Uploading finished responses")


@blueprint.route("/responses", methods=["POST"])
@blueprint.doc(
    requestBody={"required": True, "content": {"application/json": {"schema": UploadSchema}}},
    responses={"200": {"description": "a receipt a row", "content": {"application/json": {"schema": ReceiptsSchema}}}},
)
@uploads
def upload_responses() -> Response:
    """Store finished responses; answer only after everything the receipts confirm is durable."""
    device = current_device()
    sender = Sender(device.person.id, device.device_id, FROM_REVOKED_DEVICE if device.is_revoked else None)
    with _large_upload() if (request.content_length or LARGE_UPLOAD_BYTES) >= LARGE_UPLOAD_BYTES else nullcontext():
        rows = [read_uploaded_row(row) for row in _uploaded_rows()]
        receipts = receive(runtime().receiving, sender, rows, requested_language())
    return jsonify(
        server=SERVER_NAME,
        server_time=_instant(datetime.now(UTC)),
        receipts=[_receipt_json(receipt) for receipt in receipts],
    )


@contextmanager
def _large_upload() -> Iterator[None]:
    """Held by few at a time; 503 where none of them ends in time."""
    if not _LARGE_UPLOADS.acquire(timeout=LARGE_UPLOAD_TIMEOUT):
        abort(503)
    try:
        yield
    finally:
        _LARGE_UPLOADS.release()


def _uploaded_rows() -> list[object]:
    sent = read_json()
    rows = sent.get("responses") if isinstance(sent, dict) else None
    if not isinstance(rows, list):
        raise ProblemError(WRONG_SHAPE, fields=_LIST_EXPECTED)
    if len(rows) > MAX_ROWS:
        raise ProblemError(TOO_MANY_ROWS, most=MAX_ROWS, given=len(rows))
    return rows


def _receipt_json(receipt: Receipt) -> dict[str, object]:
    return {
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


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
