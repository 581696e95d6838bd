"""The cryptography of sealed rows: P-256 ECDH, HKDF-SHA256, AES-256-GCM.

Import it only where a key is made or a sealed row is opened: it takes 7 MiB of memory.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

INFO = b"survey-server sealed response"


def make_pair() -> tuple[str, dict[str, str]]:
    """A new private key as PEM, and its public key as JWK."""
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": _encoded(numbers.x.to_bytes(32, "big")),
        "y": _encoded(numbers.y.to_bytes(32, "big")),
    }
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), jwk


def is_pair(private_pem: str, public_jwk: str) -> bool:
    """Whether a private key can be read and the public key is its own."""
    try:
        private = load_pem_private_key(private_pem.encode(), None)
        given = _public(json.loads(public_jwk))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(private, ec.EllipticCurvePrivateKey) and private.public_key() == given


def open_sealed(private_pem: str, kid: str, sealed: Mapping[str, object]) -> bytes:
    """The plaintext of `epk` (a JWK or an uncompressed point), `iv`, `ct`, in base64url.

    Raises ValueError, whose message names the part that is wrong.
    """
    private = load_pem_private_key(private_pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    iv, text = _decoded(sealed.get("iv"), "iv"), _decoded(sealed.get("ct"), "ct")
    shared = private.exchange(ec.ECDH(), _public(sealed.get("epk")))
    key = HKDF(SHA256(), 32, None, INFO).derive(shared)
    try:
        return AESGCM(key).decrypt(iv, text, kid.encode())
    except (InvalidTag, ValueError) as error:
        raise ValueError("ct") from error


def _public(given: object) -> ec.EllipticCurvePublicKey:
    try:
        if isinstance(given, Mapping):
            x, y = _decoded(given.get("x"), "epk"), _decoded(given.get("y"), "epk")
            numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
            return numbers.public_key()
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(given, "epk"))
    except ValueError as error:
        raise ValueError("epk") from error


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(given: object, part: str) -> bytes:
    if not isinstance(given, str):
        raise ValueError(part)
    try:
        return base64.urlsafe_b64decode(given.replace("+", "-").replace("/", "_") + "=" * (-len(given) % 4))
    except ValueError as error:
        raise ValueError(part) from error
