"""Whose tablet a token is. Known for two seconds, so that revoking works at once on every node."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from time import monotonic

from survey_server.domain.people import Person
from survey_server.storage import devices, people
from survey_server.storage.database import Database

CACHED_FOR = 2.0
MAX_CACHED = 10_000


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """`can_read`: the token is the one that also reads; the other can only upload."""

    device_id: str
    person: Person
    can_read: bool
    revoked: bool


_CACHE: dict[tuple[int, str], tuple[float, DeviceIdentity | None]] = {}


def identify(database: Database, token: str) -> DeviceIdentity | None:
    """None for a token that no device holds."""
    hashed = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    known = _CACHE.get((id(database), hashed))
    if known is not None and known[0] > monotonic():
        return known[1]
    found = _look_up(database, hashed)
    if len(_CACHE) >= MAX_CACHED:
        _CACHE.clear()
    _CACHE[id(database), hashed] = (monotonic() + CACHED_FOR, found)
    return found


def _look_up(database: Database, hashed: str) -> DeviceIdentity | None:
    with database.read() as connection:
        device = devices.by_token(connection, hashed)
        person = people.by_id(connection, device.person_id) if device is not None else None
    if device is None or person is None:
        return None
    revoked = device.revoked_at is not None or not person.active
    return DeviceIdentity(device.id, person, device.token_hash == hashed, revoked)
