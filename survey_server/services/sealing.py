"""Texts that only this server can read and make: AES-256-GCM under a key derived from the secret key."""

from __future__ import annotations

import base64
import os
from binascii import Error as Base64Error

NONCE_BYTES = 12


def seal(secret_key: str, purpose: str, plain: bytes) -> str:
    """`purpose` says what the text is for and whose it is; it is opened with the same one only."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 7 MiB: few requests need it

    nonce = os.urandom(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(_key(secret_key)).encrypt(nonce, plain, purpose.encode())).decode()


def unseal(secret_key: str, purpose: str, sealed: str) -> bytes | None:
    """None where the text was made with another key or for another purpose, or changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(sealed.encode("ascii"), altchars=b"-_", validate=True)
        return AESGCM(_key(secret_key)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode())
    except (Base64Error, UnicodeEncodeError, InvalidTag, ValueError):
        return None


def _key(secret_key: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, None, b"survey-server sealed texts").derive(secret_key.encode())
