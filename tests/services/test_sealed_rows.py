"""Rows that a locked tablet sealed to the server's key: only that key opens them, and the plaintext is received."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from survey_server.services.receiving import UploadedRow
from survey_server.services.server_keys import current_key
from survey_server.storage.database import Database
from tests.support.field import Field, body, row, surveyor_of
from tests.support.receiving import receive


def sealed(database: Database, plain: UploadedRow, **changed: Any) -> UploadedRow:
    """The row sealed as the OpenAPI document describes, with parts changed afterwards."""
    key = database.write(current_key)
    jwk = json.loads(key.public_jwk)
    numbers = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), ec.SECP256R1())
    own = ec.generate_private_key(ec.SECP256R1())
    shared = own.exchange(ec.ECDH(), numbers.public_key())
    secret = HKDF(SHA256(), 32, None, b"survey-server sealed response").derive(shared)
    iv = os.urandom(12)
    text = AESGCM(secret).encrypt(iv, (plain.body or "").encode(), key.kid.encode())
    public = own.public_key().public_numbers()
    epk = {"kty": "EC", "crv": "P-256", "x": _text(public.x.to_bytes(32)), "y": _text(public.y.to_bytes(32))}
    return UploadedRow(
        plain.id, plain.sha256, None, {"kid": key.kid, "epk": epk, "iv": _text(iv), "ct": _text(text)} | changed
    )


def _number(written: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(written + "="))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_sealed_row_is_received_like_the_plain_one(database: Database, field: Field) -> None:
    plain = row(body(field))
    statuses = [each.status for each in receive(database, surveyor_of(field), [sealed(database, plain), plain])]
    assert statuses == ["stored", "duplicate"]


@pytest.mark.parametrize(
    "changed",
    [
        {"kid": "0" * 16}, {"kid": "\0"}, {"kid": "\ud800"}, {"kid": 5}, {"epk": None}, {"epk": {"x": "AA", "y": "AA"}},
        {"epk": "AAAA"}, {"iv": ""}, {"iv": "A" * 16}, {"ct": ""}, {"ct": "A" * 64}, {"ct": "đ"},
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_unsealed_is_rejected_and_fails_no_other_row(
    database: Database, field: Field, changed: dict[str, Any]
) -> None:
    wrong = sealed(database, row(body(field)), **changed)
    receipts = receive(database, surveyor_of(field), [wrong, row(body(field))])
    assert [each.status for each in receipts] == ["rejected", "stored"]
    assert receipts[0].problems[0].code == "cannot_unseal"


def test_the_digest_is_of_the_plaintext(database: Database, field: Field) -> None:
    plain = row(body(field))
    wrong = UploadedRow(plain.id, "0" * 64, None, sealed(database, plain).sealed)
    (receipts,) = receive(database, surveyor_of(field), [wrong])
    assert receipts.problems[0].code == "digest_wrong"
