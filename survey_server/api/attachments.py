"""HEAD and PUT /attachments/{sha256}: files by their digest, resumable; the same bytes twice are fine."""

from __future__ import annotations

import re

from flask import Response, jsonify, request

from survey_server.api.bodies import read_inflated
from survey_server.api.document import api_blueprint
from survey_server.api.guard import current_device, runtime, uploads
from survey_server.api.schemas import AttachmentSchema, ErrorSchema
from survey_server.i18n import Message
from survey_server.problems import ProblemError
from survey_server.problems.device_api import WRONG_SHAPE
from survey_server.services.store_attachment import AttachmentSender, store_part, uploaded_size

blueprint = api_blueprint("attachments", "Files that responses name by digest")
_DIGEST = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_DIGEST_EXPECTED = Message("sha256: cần 64 chữ số thập lục phân")
_RANGE_EXPECTED = Message("Content-Range: viết theo dạng bytes ĐẦU-CUỐI/TỔNG, đúng với số byte gửi lên")
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_OFFSET_HEADER = {
    "Upload-Offset": {
        "description": "how many bytes of the file the server has from this sender; continue from there",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
}
_PATH_PARAMETERS = [
    {
        "name": "sha256",
        "in": "path",
        "description": "hexadecimal digits, in either case",
        "schema": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"},
    }
]


@blueprint.route(
    "/attachments/<string:sha256>", methods=["HEAD"], endpoint="attachment_offset", parameters=_PATH_PARAMETERS
)
@blueprint.doc(
    responses={
        "200": {"description": "how much the server has from this person or device; else 0", "headers": _OFFSET_HEADER}
    }
)
@uploads
def attachment_with_offset(sha256: str) -> Response:
    """Answer how many bytes of the file the server has from this person or device, as `Upload-Offset`."""
    digest = _checked_digest(sha256)
    return _with_offset(Response(), uploaded_size(runtime().database, runtime().blobs, _sender(), digest))


@blueprint.route("/attachments/<string:sha256>", methods=["PUT"], parameters=_PATH_PARAMETERS)
@blueprint.doc(
    parameters=[
        {
            "name": "Content-Range",
            "in": "header",
            "description": "bytes START-END/TOTAL; left out: the whole file is sent",
            "schema": {"type": "string", "pattern": f"^{_RANGE.pattern}$"},
        },
        {"name": "Content-Encoding", "in": "header", "schema": {"type": "string", "enum": ["identity", "gzip"]}},
    ],
    requestBody={
        "required": True,
        "description": "the file's bytes, or a part of them; of any media type",
        "content": {"application/octet-stream": {"schema": {}}},
    },
    responses={
        "200": {
            "description": "stored; sending the same bytes again is fine",
            "headers": _OFFSET_HEADER,
            "content": {"application/json": {"schema": AttachmentSchema}},
        },
        "413": {
            "description": "the file, or this part of it, is too large",
            "content": {"application/json": {"schema": ErrorSchema}},
        },
        "429": {
            "description": "the device has sent too much in a day",
            "content": {"application/json": {"schema": ErrorSchema}},
        },
    },
)
@uploads
def put_attachment(sha256: str) -> Response:
    """Store a file, or the part of it that `Content-Range` names, durably before answering.

    With `Content-Encoding: gzip` the range counts the inflated bytes.
    """
    digest = _checked_digest(sha256)
    body = read_inflated()
    start, total = _content_range(len(body))
    offset = store_part(runtime().database, runtime().blobs, _sender(), digest, start, total, body)
    return _with_offset(jsonify(offset=offset, complete=offset == total), offset)


def _sender() -> AttachmentSender:
    device = current_device()
    return AttachmentSender(device.person.id, device.device_id, device.is_revoked)


def _checked_digest(sha256: str) -> str:
    if not _DIGEST.fullmatch(sha256):
        raise ProblemError(WRONG_SHAPE, fields=_DIGEST_EXPECTED)
    return sha256.lower()


def _content_range(length: int) -> tuple[int, int]:
    """Return (start, total) of the part that is sent; raise ProblemError where it does not fit `length`."""
    header = request.headers.get("Content-Range")
    if header is None:
        return 0, length
    match = _RANGE.fullmatch(header)
    if match is None or int(match[2]) - int(match[1]) + 1 != length or int(match[2]) >= int(match[3]):
        raise ProblemError(WRONG_SHAPE, fields=_RANGE_EXPECTED)
    return int(match[1]), int(match[3])


def _with_offset(response: Response, offset: int) -> Response:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Cache-Control"] = "no-store"
    return response
