"""Devices: enrolling a tablet by a code, which is valid once and for ten minutes; who a token belongs to."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_server.caches import TimedCache
from survey_server.clock import now_text, shift_instant
from survey_server.domain import Action, Device, Person, may_send
from survey_server.problems import ProblemError, devices as problems, people as people_problems
from survey_server.services.account_rights import actor_id, require_managed
from survey_server.services.server_keys import current_key
from survey_server.services.sign_in import network_of
from survey_server.services.throttle import Limit, count_attempt
from survey_server.storage import Connection, Database, audit, devices, people, throttles
from survey_server.storage.lock import FileLock

# Codes are read aloud and typed by hand: no 0, O, 1, I, L.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
MAX_NAME_LENGTH = 60
CODE_TTL = 10  # minutes
STANDING_CODE_TTL = 10 * 365 * 24 * 60  # minutes, longer than any server runs
MAX_TRIES = 30  # wrong codes from one address that delay nothing
IDENTITY_TTL = 2.0  # seconds: revoking a device works on every node within 5
MAX_IDENTITIES = 10_000


@dataclass(frozen=True, slots=True)
class Enrolled:
    device_id: str
    person: str
    token: str
    upload_token: str
    kid: str
    jwk: dict[str, Any]


def make_code(database: Database, account: str, minutes: int = CODE_TTL, by: Person | None = None) -> str:
    """A fresh code for an account. Raises ProblemError: person_unknown, may_not_upload, account_outside_area."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))

    def make(connection: Connection) -> None:
        person = people.by_account(connection, account)
        if person is None or not person.active:
            raise ProblemError(people_problems.PERSON_UNKNOWN, account=account)
        require_managed(connection, person.id, by)
        if not person.may(Action.UPLOAD):
            raise ProblemError(problems.MAY_NOT_UPLOAD, account=account)
        now = now_text()
        devices.add_code(connection, _hash(code), person.id, now, shift_instant(now, minutes * 60))
        audit.record(connection, "make_enrolment_code", f"person:{person.id}", person_id=actor_id(by))

    database.write(make)
    return code


@contextmanager
def standing_code(database: Database, account: str, folder: Path) -> Iterator[str]:
    """A code that is valid while the context is open, as a server of the demo has one.

    Those servers share a lock in `folder`. The one that gets it exclusively expires the codes of killed servers.
    """
    lock = FileLock(folder / "lasting-codes.lock")
    try:
        if lock.try_acquire():
            until = shift_instant(now_text(), STANDING_CODE_TTL // 2 * 60)
            database.write(lambda connection: devices.expire_codes(connection, until, now_text()))
        lock.share()
        code = make_code(database, account, STANDING_CODE_TTL)
        try:
            yield code
        finally:
            database.write(lambda connection: devices.expire_code(connection, _hash(code), now_text()))
    finally:
        lock.close()


def enrol(
    database: Database,
    code: str,
    name: str,
    device_id: str | None = None,
    upload_token: str | None = None,
    address: str | None = None,
) -> Enrolled:
    """Exchange a code for tokens. `device_id`, `upload_token`: of a tablet that was enrolled before. It keeps its id
    only with its upload token and while it is not revoked. `address`: the client's, whose wrong codes are counted;
    None: not counted.

    Raises ProblemError: code_refused where the code is wrong, used or expired; too_many_tries.
    """
    if address is not None:
        limits = [Limit(f"enrol:{network_of(address)}", MAX_TRIES)]
        database.write(lambda connection: count_attempt(connection, now_text(), limits))
    wanted = "".join(code.upper().split()).replace("-", "")
    token, new_upload_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)

    def take(connection: Connection) -> Enrolled:
        known = _proven_device(connection, device_id, upload_token)
        own_id = known.id if known is not None else str(uuid.uuid4())
        now = now_text()
        person_id = devices.take_code(connection, _hash(wanted), own_id, now)
        person = people.by_id(connection, person_id) if person_id is not None else None
        if person is None or not person.may(Action.UPLOAD):
            raise ProblemError(problems.CODE_REFUSED)
        device_name = "".join(filter(str.isprintable, name))[:MAX_NAME_LENGTH]
        hashes = (_hash(token), _hash(new_upload_token))
        if known is not None:
            devices.enrol_again(connection, own_id, person.id, device_name, *hashes, now)
        else:
            devices.add(connection, Device(own_id, person.id, device_name, *hashes, now, None, None))
        if address is not None:
            throttles.take_back(connection, f"enrol:{network_of(address)}")
        audit.record(connection, "enrol_device", f"device:{own_id}", person_id=person.id, device_id=own_id)
        key = current_key(connection)
        return Enrolled(own_id, person.name, token, new_upload_token, key.kid, json.loads(key.public_jwk))

    return database.write(take)


def _proven_device(connection: Connection, device_id: str | None, upload_token: str | None) -> Device | None:
    """The device with this id, where the token is its present upload token and it is not revoked. An id alone proves
    nothing: it stands in every export of the tablet."""
    known = devices.find(connection, device_id) if device_id and upload_token else None
    if known is None or known.revoked_at is not None:
        return None
    return known if hmac.compare_digest(known.upload_token_hash, _hash(upload_token or "")) else None


def revoke_device(database: Database, device_id: str, by: Person | None = None) -> None:
    """From now on its uploads are quarantined and all else is refused. Raises ProblemError: no_such_device,
    account_outside_area."""

    def revoke(connection: Connection) -> None:
        if (known := devices.find(connection, device_id)) is not None:
            require_managed(connection, known.person_id, by)
        if not devices.revoke(connection, device_id, now_text()):
            raise ProblemError(problems.NO_SUCH_DEVICE, device=device_id)
        audit.record(connection, "revoke_device", f"device:{device_id}", person_id=actor_id(by))

    database.write(revoke)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """`can_read`: the token is the one that also reads; the other can only upload. `is_revoked`: of the device or of
    its person's account (`may_send`)."""

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
        token_hash = _hash(token)
        return self._identities.get(token_hash, lambda: self._look_up(token_hash))

    def _look_up(self, token_hash: str) -> DeviceIdentity | None:
        with self._database.read() as connection:
            device = devices.by_token(connection, token_hash)
            person = people.by_id(connection, device.person_id) if device is not None else None
        if device is None or person is None:
            return None
        return DeviceIdentity(device.id, person, device.token_hash == token_hash, not may_send(device, person))
