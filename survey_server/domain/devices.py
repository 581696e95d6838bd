"""Devices that send responses, and the server's keys to which they seal them."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.domain.people import Action, Person


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


def may_send(device: Device, person: Person) -> bool:
    """Whether a device works for a person: it is not revoked, and the account is open and may upload. Otherwise its
    responses are quarantined however they arrive, and it reads nothing."""
    return device.revoked_at is None and person.may(Action.UPLOAD)


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A P-256 key pair: the private half as PEM, the public half as a JWK's JSON text."""

    kid: str
    private_pem: str
    public_jwk: str
