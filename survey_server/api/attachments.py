"""HEAD and PUT /attachments/{sha256}: files by their digest, resumable; the same bytes twice are fine."""

from __future__ import annotations

import re

from flask import Response, jsonify, request

from survey_server.api.bodies import read_inflated
from survey_server.api.document import api_blueprint
from survey_server.api.guard import survey, this_device, uploads
from survey_server.api.schemas import AttachmentSchema, ErrorSchema
from survey_server.problems import ProblemError, Words
from survey_server.problems.device_api import WRONG_SHAPE
from survey_server.services.keep_attachment import keep_part, received

blueprint = api_blueprint("attachments", "Files that responses name by digest")
_DIGEST = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_NO_DIGEST = Words("sha256: cần 64 chữ số thập lục phân", "sha256: 64 hexadecimal digits are needed")
_NO_RANGE = Words(
    "Content-Range: viết theo dạng bytes ĐẦU-CUỐI/TỔNG, đúng với số byte gửi lên",
    "Content-Range: write bytes START-END/TOTAL, as many bytes as are sent",
)
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_OFFSET = {
    "Upload-Offset": {
        "description": "how many bytes of the file are here: go on from there",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
}
_IN_DOCUMENT = [
    {
        "name": "sha256",
        "in": "path",
        "description": "hexadecimal digits, in either case",
        "schema": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"},
    }
]


@blueprint.route(
    "/attachments/<string:sha256>", methods=["HEAD"], endpoint="attachment_offset", parameters=_IN_DOCUMENT
)
@blueprint.doc(
    responses={"200": {"description": "how much is here; 0 of a file that is not known", "headers": _OFFSET}}
)
@uploads
def attachment_offset(sha256: str) -> Response:
    """How much of the file is here: `Upload-Offset`."""
    return _offset(Response(), received(survey().settings, _checked(sha256)))


@blueprint.route("/attachments/<string:sha256>", methods=["PUT"], parameters=_IN_DOCUMENT)
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
            "description": "kept; the same bytes again are fine",
            "headers": _OFFSET,
            "content": {"application/json": {"schema": AttachmentSchema}},
        },
        "413": {
            "description": "the file or what was sent at once is too large",
            "content": {"application/json": {"schema": ErrorSchema}},
        },
    },
)
@uploads
def put_attachment(sha256: str) -> Response:
    """Keep a file or the part of it that `Content-Range` names; durable before the answer.
    With `Content-Encoding: gzip` the range counts the inflated bytes."""
    digest = _checked(sha256)
    body = read_inflated()
    start, total = _range(len(body))
    offset = keep_part(survey().database, survey().settings, this_device().person.id, digest, start, total, body)
    return _offset(jsonify(offset=offset, complete=offset == total), offset)


def _checked(sha256: str) -> str:
    if not _DIGEST.fullmatch(sha256):
        raise ProblemError(WRONG_SHAPE, fields=_NO_DIGEST)
    return sha256.lower()


def _range(length: int) -> tuple[int, int]:
    header = request.headers.get("Content-Range")
    if header is None:
        return 0, length
    match = _RANGE.fullmatch(header)
    if match is None or int(match[2]) - int(match[1]) + 1 != length or int(match[2]) >= int(match[3]):
        raise ProblemError(WRONG_SHAPE, fields=_NO_RANGE)
    return int(match[1]), int(match[3])


def _offset(response: Response, offset: int) -> Response:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Cache-Control"] = "no-store"
    return response
