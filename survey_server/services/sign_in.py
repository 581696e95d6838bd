"""Signing in and out, and who a session's token belongs to."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress

from survey_server.clock import now_text, shift_instant
from survey_server.domain import DatabaseUnavailableError, Person
from survey_server.problems import ProblemError, people as problems
from survey_server.services.account_rights import require_managed
from survey_server.services.passwords import is_password
from survey_server.services.throttle import THROTTLE_WINDOW, count_attempt
from survey_server.storage import Connection, Database, audit, people, sessions, throttles
from survey_server.storage.sessions import Session

MAX_TRIES_PER_ACCOUNT = 10
MAX_TRIES_PER_ADDRESS = 60
# In seconds.
SESSION_IDLE_TIMEOUT = 12 * 3600.0  # after the last use
SESSION_TTL = 7 * 24 * 3600.0  # after signing in
SEEN_INTERVAL = 300.0  # the last use is stored at most this often


def sign_in(database: Database, account: str, password: str, address: str) -> str:
    """Check the password and open a session; returns its token, of which only a hash is stored.

    Raises ProblemError: wrong_password, too_many_tries, sign_in_busy.
    """
    name = account.strip().casefold()[:100]
    now = now_text()
    limits = {f"account:{name}": MAX_TRIES_PER_ACCOUNT, f"address:{address}": MAX_TRIES_PER_ADDRESS}
    database.write(lambda connection: count_attempt(connection, now, limits))
    with database.read() as connection:
        person = people.by_account(connection, name)
        hashed = people.password_hash(connection, person.id) if person is not None and person.active else None
    if not is_password(hashed, password) or person is None:
        database.write(lambda c: audit.record(c, "sign_in_failed", "account", detail={"address": address}))
        raise ProblemError(problems.WRONG_PASSWORD)
    token = secrets.token_urlsafe(32)
    if not database.write(lambda connection: _open_session(connection, person, hashed, token, address, now)):
        raise ProblemError(problems.WRONG_PASSWORD)
    return token


def sign_out(database: Database, token: str) -> None:
    """End the session of a token."""
    hashed = hash_token(token)
    person = person_of_session(database, token)

    def end(connection: Connection) -> None:
        sessions.end(connection, hashed)
        if person is not None:
            audit.record(connection, "sign_out", "session", person_id=person.id)

    database.write(end)


def person_of_session(database: Database, token: str) -> Person | None:
    """The person of a session; None where it ended or expired, or the account is closed. Read from the database each
    time: a session that ended in one process is not valid in another."""
    hashed = hash_token(token)
    now = now_text()
    with database.read() as connection:
        session = sessions.find(connection, hashed)
        person = people.by_id(connection, session.person_id) if session is not None else None
    if session is None or session.expires_at <= now or person is None or not person.active:
        return None
    if shift_instant(session.seen_at, SEEN_INTERVAL) < now:
        ends = min(shift_instant(now, SESSION_IDLE_TIMEOUT), shift_instant(session.created_at, SESSION_TTL))
        with suppress(DatabaseUnavailableError):  # a full disk must not stop people from reading
            database.write(lambda connection: sessions.extend(connection, hashed, now, ends))
    return person


def end_sessions(database: Database, person_id: int, by: Person) -> None:
    """End every session of an account. Raises ProblemError account_outside_area."""

    def end(connection: Connection) -> None:
        require_managed(connection, person_id, by)
        end_all_sessions(connection, person_id, by)

    database.write(end)


def end_all_sessions(connection: Connection, person_id: int, by: Person) -> None:
    """The same in a transaction that has asked who may do it."""
    ended = sessions.end_all(connection, person_id)
    audit.record(connection, "end_sessions", f"person:{person_id}", person_id=by.id, detail={"sessions": ended})


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _open_session(
    connection: Connection, person: Person, hashed: str | None, token: str, address: str, now: str
) -> bool:
    """False where the account was closed or got another password while `hashed` was compared."""
    current = people.by_id(connection, person.id)
    if current is None or not current.active or people.password_hash(connection, person.id) != hashed:
        return False
    throttles.clear(connection, f"account:{person.account}")
    throttles.uncount(connection, f"address:{address}")
    throttles.remove_before(connection, shift_instant(now, -THROTTLE_WINDOW))
    sessions.end_expired(connection, now)
    sessions.add(connection, Session(hash_token(token), person.id, now, now, shift_instant(now, SESSION_IDLE_TIMEOUT)))
    audit.record(connection, "sign_in", f"person:{person.id}", person_id=person.id, detail={"address": address})
    return True
