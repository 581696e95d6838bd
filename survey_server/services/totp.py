"""One-time codes by time (RFC 6238): six digits, SHA-1 and 30 seconds, as all telephone programs take them."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from urllib.parse import quote

STEP = 30  # seconds
DIGITS = 6
SECRET_BYTES = 20  # as long as a SHA-1
MAX_DRIFT = 1  # steps by which a telephone's clock may be off
_CODE = re.compile(r"[0-9]{6}")


def make_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """The code of a time step: RFC 4226 with the step as its counter."""
    digest = hmac.digest(secret, step.to_bytes(8), algorithm)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def find_step(secret: bytes, code: str, seconds: float, after: int | None) -> int | None:
    """The time step whose code it is, among those around now; None for a wrong code. `seconds`: since 1970. `after`:
    the step of the last code that was taken; that one and earlier ones are refused."""
    if not _CODE.fullmatch(code):
        return None
    now = int(seconds) // STEP
    for step in range(now - MAX_DRIFT, now + MAX_DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step), code) and (after is None or step > after):
            return step
    return None


def secret_text(secret: bytes) -> str:
    """As it is typed into a telephone: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def setup_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code says."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?secret={base64.b32encode(secret).decode()}&issuer={quote(issuer, safe='')}"
