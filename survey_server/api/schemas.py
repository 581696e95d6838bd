"""Request and response schemas of the device API; the OpenAPI document is made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, fields, validate

from survey_server.questionnaire.typed_text import trim

UUID_LENGTH = 36
MAX_TOKEN_LENGTH = 100
MAX_ROWS = 200


class LenientSchema(Schema):
    """Ignores unknown keys, so that newer clients may send more."""

    class Meta:
        unknown = EXCLUDE


class StrippedString(fields.String):
    """A string without control characters, and without blanks and invisible characters at its ends."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return trim(str(super()._deserialize(value, attr, data, **kwargs)))


class OwnPart(fields.Nested):
    """A part of a record whose fields are among the record's own attributes."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        return obj


EnrolSchema = LenientSchema.from_dict(
    {
        "code": fields.String(required=True, validate=validate.Length(1, 40)),
        "name": StrippedString(required=True, validate=validate.Length(1, 100)),
        "device_id": fields.String(
            load_default=None,
            allow_none=True,
            validate=validate.Length(max=UUID_LENGTH),
            metadata={"description": "of a tablet enrolled before, which keeps its id with its upload_token"},
        ),
        "upload_token": fields.String(
            load_default=None,
            allow_none=True,
            validate=validate.Length(max=MAX_TOKEN_LENGTH),
            metadata={"description": "the tablet's present one; without it a new device_id is given"},
        ),
    },
    name="EnrolSchema",
)

SEALING = (
    "P-256 ECDH with the server's key; HKDF-SHA256 without salt, info 'survey-server sealed response', 32 bytes; "
    "AES-256-GCM over the body's UTF-8 bytes, the kid's bytes as additional data"
)

ServerKeySchema = Schema.from_dict(
    {
        "kid": fields.String(required=True),
        "jwk": fields.Dict(required=True),
    },
    name="ServerKeySchema",
)

EnrolledSchema = Schema.from_dict(
    {
        "device_id": fields.String(required=True),
        "person": fields.String(required=True, metadata={"description": "the person's name"}),
        "token": fields.String(required=True),
        "upload_token": fields.String(required=True),
        "server_key": OwnPart(ServerKeySchema, required=True),
    },
    name="EnrolledSchema",
)

SealedSchema = LenientSchema.from_dict(
    {
        "kid": fields.String(required=True),
        "epk": fields.Raw(
            required=True, metadata={"description": "the ephemeral key: a JWK, or the point in base64url"}
        ),
        "iv": fields.String(required=True, metadata={"description": "12 bytes in base64url"}),
        "ct": fields.String(required=True, metadata={"description": "ciphertext and tag in base64url"}),
    },
    name="SealedSchema",
)

# One response to upload: `body` or, instead of it, `sealed`.
RowSchema = LenientSchema.from_dict(
    {
        "id": fields.String(required=True),
        "sha256": fields.String(required=True, metadata={"description": "hex of the body's UTF-8 bytes"}),
        "body": fields.String(metadata={"description": "the response as JSON text"}),
        "sealed": fields.Nested(SealedSchema, metadata={"description": SEALING}),
    },
    name="RowSchema",
)

# For the document only: uploads are parsed row by row, so that one bad row never fails the others.
UploadSchema = LenientSchema.from_dict(
    {
        "responses": fields.List(fields.Nested(RowSchema), required=True, validate=validate.Length(max=MAX_ROWS)),
    },
    name="UploadSchema",
)

AnswerProblemSchema = Schema.from_dict(
    {
        "question": fields.String(allow_none=True),
        "code": fields.String(),
        "message": fields.String(),
    },
    name="AnswerProblemSchema",
)

ReceiptSchema = Schema.from_dict(
    {
        "index": fields.Integer(),
        "id": fields.String(allow_none=True),
        "sha256": fields.String(allow_none=True),
        "status": fields.String(
            validate=validate.OneOf(["stored", "duplicate", "conflict", "quarantined", "rejected"]),
        ),
        "received_at": fields.DateTime(),
        "problems": fields.List(fields.Nested(AnswerProblemSchema)),
    },
    name="ReceiptSchema",
)

ReceiptsSchema = Schema.from_dict(
    {
        "server": fields.Constant("survey-server"),
        "server_time": fields.DateTime(),
        "receipts": fields.List(fields.Nested(ReceiptSchema)),
    },
    name="ReceiptsSchema",
)

AttachmentSchema = Schema.from_dict(
    {
        "offset": fields.Integer(required=True, metadata={"description": "how many bytes of the file the server has"}),
        "complete": fields.Boolean(required=True),
    },
    name="AttachmentSchema",
)

HealthSchema = Schema.from_dict(
    {
        "status": fields.String(required=True, validate=validate.OneOf(["alive", "ready", "not_ready"])),
        "publisher": fields.String(
            validate=validate.OneOf(["running", "missing"]),
            metadata={"description": "of /readyz: whether one runs on the data directory"},
        ),
        "changes": fields.String(
            validate=validate.OneOf(["counted", "late"]),
            metadata={"description": "of /readyz: late where some have waited for more than a minute"},
        ),
    },
    name="HealthSchema",
)

RoundSchema = Schema.from_dict(
    {
        "code": fields.String(),
        "name": fields.Dict(keys=fields.String(), values=fields.String()),
    },
    name="RoundSchema",
)

LocalitySchema = Schema.from_dict(
    {
        "scheme": fields.String(),
        "level": fields.String(),
        "code": fields.String(),
        "name": fields.String(attribute="locality_name"),
    },
    name="LocalitySchema",
)

VisitSchema = Schema.from_dict(
    {
        "id": fields.String(),
        "round": fields.String(),
        "locality": OwnPart(LocalitySchema),
        "starts_on": fields.String(),
        "ends_on": fields.String(),
    },
    name="VisitSchema",
)

AssignmentSchema = Schema.from_dict(
    {
        "id": fields.String(),
        "round": fields.String(),
        "questionnaire": fields.String(),
        "version": fields.String(),
        "locality": OwnPart(LocalitySchema),
        "visit": fields.String(allow_none=True, attribute="visit_id"),
        "quantity": fields.Integer(),
        "done": fields.Integer(),
        "due_on": fields.String(),
    },
    name="AssignmentSchema",
)

AssignedQuestionnaireSchema = Schema.from_dict(
    {
        "id": fields.String(),
        "version": fields.String(),
        "title": fields.Dict(keys=fields.String(), values=fields.String()),
        "respondent": fields.String(validate=validate.OneOf(["organisation", "official", "resident"])),
        "sha256": fields.String(metadata={"description": "of the bytes at url"}),
        "url": fields.String(),
    },
    name="AssignedQuestionnaireSchema",
)

ReturnedSchema = Schema.from_dict(
    {
        "id": fields.String(attribute="response.id"),
        "reason": fields.String(),
        "by": fields.String(),
        "at": fields.String(),
        "body": fields.String(attribute="response.body"),
    },
    name="ReturnedSchema",
)

WorkSchema = Schema.from_dict(
    {
        "server_time": fields.String(),
        "rounds": fields.List(fields.Nested(RoundSchema)),
        "visits": fields.List(fields.Nested(VisitSchema)),
        "assignments": fields.List(fields.Nested(AssignmentSchema)),
        "questionnaires": fields.List(fields.Nested(AssignedQuestionnaireSchema)),
        "returned": fields.List(fields.Nested(ReturnedSchema)),
    },
    name="WorkSchema",
)

ErrorBodySchema = Schema.from_dict(
    {
        "code": fields.String(),
        "message": fields.String(),
        "details": fields.Dict(),
    },
    name="ErrorBodySchema",
)

ErrorSchema = Schema.from_dict(
    {
        "error": fields.Nested(ErrorBodySchema),
    },
    name="ErrorSchema",
)


def dump(schema: Schema, record: object) -> dict[str, Any]:
    """Serialise one record; typed because marshmallow's `dump` is not."""
    return cast(dict[str, Any], schema.dump(record))
