"""Which device and person a token belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from survey_server.caches import TimedCache
from survey_server.domain import Person
from survey_server.storage import Database, devices, people

IDENTITY_TTL = 2.0  # seconds: revoking a device works on every node within 5
MAX_IDENTITIES = 10_000


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """`can_read`: the token is the one that also reads; the other can only upload."""

    device_id: str
    person: Person
    can_read: bool
    is_revoked: bool


class DeviceIdentities:
    """Identities by token, read again from the database after IDENTITY_TTL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._identities: TimedCache[str, DeviceIdentity | None] = TimedCache(IDENTITY_TTL, MAX_IDENTITIES)

    def identify(self, token: str) -> DeviceIdentity | None:
        """None for a token that no device holds."""
        token_hash = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        return self._identities.get(token_hash, lambda: self._look_up(token_hash))

    def _look_up(self, token_hash: str) -> DeviceIdentity | None:
        with self._database.read() as connection:
            device = devices.by_token(connection, token_hash)
            person = people.by_id(connection, device.person_id) if device is not None else None
        if device is None or person is None:
            return None
        is_revoked = device.revoked_at is not None or not person.active
        return DeviceIdentity(device.id, person, device.token_hash == token_hash, is_revoked)
