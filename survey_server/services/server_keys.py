"""The server's key pairs, to which tablets seal finished responses: P-256 ECDH, HKDF-SHA256, AES-256-GCM."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy import Connection

from survey_server.storage import devices
from survey_server.storage.clock import now_text
from survey_server.storage.database import Database
from survey_server.storage.devices import ServerKey

INFO = b"survey-server sealed response"
_KID = re.compile(r"[0-9a-f]{16}")


class UnsealError(ValueError):
    """The sealed row cannot be opened; the message says why in a word."""


def current_key(connection: Connection) -> ServerKey:
    """The newest key pair, made on first need. Called inside a write."""
    known = devices.newest_key(connection)
    if known is not None:
        return known
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": _encoded(numbers.x.to_bytes(32, "big")),
        "y": _encoded(numbers.y.to_bytes(32, "big")),
    }
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    new = ServerKey(secrets.token_hex(8), pem, json.dumps(jwk))
    devices.add_key(connection, new, now_text())
    return new


def unseal(database: Database, sealed: Mapping[str, object]) -> bytes:
    """The plaintext of a sealed row: `kid`, and `epk` (a JWK or an uncompressed point), `iv`, `ct` in base64url.

    Raises UnsealError.
    """
    kid = sealed.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise UnsealError("kid")
    with database.read() as connection:
        known = devices.key(connection, kid)
    if known is None:
        raise UnsealError("kid")
    private = load_pem_private_key(known.private_pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    iv, text = _decoded(sealed.get("iv"), "iv"), _decoded(sealed.get("ct"), "ct")
    shared = private.exchange(ec.ECDH(), _public(sealed.get("epk")))
    key = HKDF(SHA256(), 32, None, INFO).derive(shared)
    try:
        return AESGCM(key).decrypt(iv, text, kid.encode())
    except (InvalidTag, ValueError) as error:
        raise UnsealError("ct") from error


def _public(given: object) -> ec.EllipticCurvePublicKey:
    try:
        if isinstance(given, Mapping):
            x, y = _decoded(given.get("x"), "epk"), _decoded(given.get("y"), "epk")
            numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
            return numbers.public_key()
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(given, "epk"))
    except ValueError as error:
        raise UnsealError("epk") from error


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(given: object, part: str) -> bytes:
    if not isinstance(given, str):
        raise UnsealError(part)
    try:
        return base64.urlsafe_b64decode(given.replace("+", "-").replace("/", "_") + "=" * (-len(given) % 4))
    except (binascii.Error, ValueError) as error:
        raise UnsealError(part) from error
