"""Request and response schemas of the device API; the OpenAPI document is made from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

UUID_LENGTH = 36
MAX_ROWS = 200


class LenientSchema(Schema):
    """Ignores unknown keys, so that newer clients may send more."""

    class Meta:
        unknown = EXCLUDE


class StrippedString(fields.String):
    """A string without surrounding white space."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class EnrolSchema(LenientSchema):
    code = fields.String(required=True, validate=validate.Length(1, 40))
    name = StrippedString(required=True, validate=validate.Length(1, 100))
    device_id = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=UUID_LENGTH))


SEALING = (
    "P-256 ECDH with the server's key; HKDF-SHA256 without salt, info 'survey-server sealed response', 32 bytes; "
    "AES-256-GCM over the body's UTF-8 bytes, the kid's bytes as additional data"
)


class ServerKeySchema(Schema):
    kid = fields.String(required=True)
    jwk = fields.Dict(required=True)


class EnrolledSchema(Schema):
    device_id = fields.String(required=True)
    person = fields.String(required=True, metadata={"description": "the person's name"})
    token = fields.String(required=True)
    upload_token = fields.String(required=True)
    server_key = fields.Nested(ServerKeySchema, required=True)


class SealedSchema(LenientSchema):
    kid = fields.String(required=True)
    epk = fields.Raw(required=True, metadata={"description": "the ephemeral key: a JWK, or the point in base64url"})
    iv = fields.String(required=True, metadata={"description": "12 bytes in base64url"})
    ct = fields.String(required=True, metadata={"description": "ciphertext and tag in base64url"})


class RowSchema(LenientSchema):
    """One response to upload: `body` or, instead of it, `sealed`."""

    id = fields.String(required=True)
    sha256 = fields.String(required=True, metadata={"description": "hex of the body's UTF-8 bytes"})
    body = fields.String(metadata={"description": "the response as JSON text"})
    sealed = fields.Nested(SealedSchema, metadata={"description": SEALING})


class UploadSchema(LenientSchema):
    """For the document only: uploads are parsed row by row, so that one bad row never fails the others."""

    responses = fields.List(fields.Nested(RowSchema), required=True, validate=validate.Length(max=MAX_ROWS))


class AnswerProblemSchema(Schema):
    question = fields.String(allow_none=True)
    code = fields.String()
    message = fields.String()


class ReceiptSchema(Schema):
    index = fields.Integer()
    id = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    status = fields.String(
        validate=validate.OneOf(["stored", "duplicate", "conflict", "quarantined", "rejected"]),
    )
    received_at = fields.DateTime()
    problems = fields.List(fields.Nested(AnswerProblemSchema))


class ReceiptsSchema(Schema):
    server = fields.Constant("survey-server")
    server_time = fields.DateTime()
    receipts = fields.List(fields.Nested(ReceiptSchema))


class AttachmentSchema(Schema):
    offset = fields.Integer(required=True, metadata={"description": "how many bytes of the file the server has"})
    complete = fields.Boolean(required=True)


class HealthSchema(Schema):
    status = fields.String(required=True, validate=validate.OneOf(["alive", "ready", "not_ready"]))


class RoundSchema(Schema):
    code = fields.String()
    name = fields.Dict(keys=fields.String(), values=fields.String())


class LocalitySchema(Schema):
    scheme = fields.String()
    level = fields.String()
    code = fields.String()
    name = fields.String(attribute="locality_name")


class OwnLocality(fields.Nested):
    """The locality of a record that has its parts among its own attributes."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        return obj


class VisitSchema(Schema):
    id = fields.String()
    round = fields.String()
    locality = OwnLocality(LocalitySchema)
    starts_on = fields.String()
    ends_on = fields.String()


class AssignmentSchema(Schema):
    id = fields.String()
    round = fields.String()
    questionnaire = fields.String()
    version = fields.String()
    locality = OwnLocality(LocalitySchema)
    visit = fields.String(allow_none=True, attribute="visit_id")
    quantity = fields.Integer()
    done = fields.Integer()
    due_on = fields.String()


class AssignedQuestionnaireSchema(Schema):
    id = fields.String()
    version = fields.String()
    title = fields.Dict(keys=fields.String(), values=fields.String())
    sha256 = fields.String(metadata={"description": "of the bytes at url"})
    url = fields.String()


class ReturnedSchema(Schema):
    id = fields.String(attribute="response.id")
    reason = fields.String()
    by = fields.String()
    at = fields.String()
    body = fields.String(attribute="response.body")


class WorkSchema(Schema):
    server_time = fields.String()
    rounds = fields.List(fields.Nested(RoundSchema))
    visits = fields.List(fields.Nested(VisitSchema))
    assignments = fields.List(fields.Nested(AssignmentSchema))
    questionnaires = fields.List(fields.Nested(AssignedQuestionnaireSchema))
    returned = fields.List(fields.Nested(ReturnedSchema))


class ErrorBodySchema(Schema):
    code = fields.String()
    message = fields.String()
    details = fields.Dict()


class ErrorSchema(Schema):
    error = fields.Nested(ErrorBodySchema)


def dump(schema: Schema, record: object) -> dict[str, Any]:
    """Serialise one record; typed because marshmallow's `dump` is not."""
    dumped: dict[str, Any] = schema.dump(record)
    return dumped
