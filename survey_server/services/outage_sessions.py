"""Sessions while the database takes no writes, so that people can sign in and read: with a full disk, for instance.

Sessions are on the server, where they can be ended; these are not, so they are short: OUTAGE_SESSION_TTL, and they are
not extended. A token is signed with the secret key and with the person's password hash: another password ends it, as
do closing the account, setting up a second factor and ending the person's sessions. Signing out deletes it in the
browser alone. Accounts with a second factor get none, since a code that was used must be noted.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import datetime

from survey_server.domain import Person
from survey_server.services.sign_in import CheckedPassword
from survey_server.storage import Database, people

OUTAGE_SESSION_TTL = 15 * 60  # seconds
_PREFIX = "outage"


def make_outage_token(secret_key: str, checked: CheckedPassword) -> str:
    described = f"{_PREFIX}.{checked.person.id}.{int(time.time()) + OUTAGE_SESSION_TTL}"
    return f"{described}.{_sign(secret_key, described, checked.hashed)}"


def is_outage_token(token: str) -> bool:
    return token.startswith(f"{_PREFIX}.")


def person_of_outage_token(database: Database, secret_key: str, token: str) -> Person | None:
    """None where it has expired or was altered, the account is closed or has a second factor by now, its password is
    another one, or its sessions were ended since."""
    described, _, signature = token.rpartition(".")
    parts = described.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 16 for part in parts[1:]):
        return None
    person_id, expires_at = map(int, parts[1:])
    if not time.time() < expires_at <= time.time() + OUTAGE_SESSION_TTL:
        return None
    with database.read() as connection:
        person = people.by_id(connection, person_id)
        hashed = people.password_hash(connection, person_id) if person is not None and person.active else None
        ended_at = people.sessions_ended_at(connection, person_id)
    if person is None or hashed is None or person.has_second_factor:
        return None
    if ended_at is not None and datetime.fromisoformat(ended_at).timestamp() >= expires_at - OUTAGE_SESSION_TTL:
        return None
    wanted = _sign(secret_key, described, hashed)
    return person if hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")) else None


def _sign(secret_key: str, described: str, hashed: str) -> str:
    key = hashlib.sha256(f"outage session {secret_key}".encode()).digest()
    return hmac.new(key, f"{described} {hashed}".encode(), "sha256").hexdigest()
