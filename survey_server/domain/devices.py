"""Devices that send responses, and the server's keys to which they seal them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """A tablet of a person. Tokens are kept as SHA-256 hashes alone."""

    id: str
    person_id: int
    name: str
    token_hash: str
    upload_token_hash: str
    enrolled_at: str
    seen_at: str | None
    revoked_at: str | None


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A P-256 key pair: the private half as PEM, the public half as a JWK's JSON text."""

    kid: str
    private_pem: str
    public_jwk: str
