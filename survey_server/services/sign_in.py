"""Signing in and out, and who a session's token belongs to.

Guessing is slowed down for an account, for an address, and for an account at an address. Where an account signed in
before, only the last of these counts: nobody is locked out by what strangers try, nor an office by one of its people.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from contextlib import suppress
from dataclasses import dataclass

from survey_server.clock import now_text, shift_instant
from survey_server.domain import DatabaseUnavailableError, Person
from survey_server.problems import ProblemError, people as problems
from survey_server.services.account_rights import require_managed
from survey_server.services.password_rules import is_refused, own_words
from survey_server.services.passwords import is_password
from survey_server.services.throttle import Limit, count_or_check, forget_old_failures
from survey_server.storage import Connection, Database, audit, people, sessions, sign_in_addresses, throttles
from survey_server.storage.sessions import Session

# Failures that delay nothing.
FREE_FAILURES_HERE = 5  # of an account at an address
FREE_FAILURES_OF_ACCOUNT = 10  # at addresses where it never signed in
FREE_FAILURES_OF_ADDRESS = 30  # with accounts that never signed in there
FREE_FAILURES_PER_COLLEAGUE = 10  # more for the address, for each account that did
# In seconds.
ADDRESS_KNOWN_FOR = 30 * 24 * 3600.0  # after the last sign-in from there
SESSION_IDLE_TIMEOUT = 12 * 3600.0  # after the last use
SESSION_TTL = 7 * 24 * 3600.0  # after signing in
SEEN_INTERVAL = 300.0  # the last use is stored at most this often
EXTEND_TIMEOUT = 1.0  # seconds that a page waits for that


@dataclass(frozen=True, slots=True)
class CheckedPassword:
    """Whose password was right, and the hash that it was compared with."""

    person: Person
    hashed: str


class SessionNotStoredError(DatabaseUnavailableError):
    """The password is right, and the database takes no writes now."""

    def __init__(self, checked: CheckedPassword) -> None:
        super().__init__("a session cannot be stored now")
        self.checked = checked


class CodeNeededError(Exception):
    """The password is right, and the account has a second factor."""

    def __init__(self, checked: CheckedPassword) -> None:
        super().__init__()
        self.checked = checked


def sign_in(database: Database, account: str, password: str, address: str) -> str:
    """Check the password and open a session; returns its token, of which only a hash is stored.

    A password that would be refused as a new one has to be changed before any other page opens, but for accounts of
    the demo.

    Raises CodeNeededError, SessionNotStoredError; ProblemError: wrong_password, too_many_tries, sign_in_busy.
    """
    network = network_of(address)
    checked = _check_password(database, account.strip().casefold()[:100], password, network)
    _require_strong_password(database, checked, password)
    if checked.person.has_second_factor:
        with suppress(DatabaseUnavailableError):
            database.write(lambda connection: _take_back_failures(connection, checked.person.account, network))
        raise CodeNeededError(checked)
    token = make_token()
    try:
        is_open = database.write(lambda connection: open_session(connection, checked, token, network))
    except DatabaseUnavailableError as error:
        raise SessionNotStoredError(checked) from error
    if not is_open:
        raise ProblemError(problems.WRONG_PASSWORD)
    return token


def network_of(address: str) -> str:
    """The address, whose failures are counted; of IPv6 its first 64 bits, which belong to one connection."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped is not None else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def make_token() -> str:
    return secrets.token_urlsafe(32)


def _check_password(database: Database, account: str, password: str, network: str) -> CheckedPassword:
    with database.read() as connection:
        limits = _limits(connection, account, network)
    count_or_check(database, limits)
    with database.read() as connection:
        person = people.by_account(connection, account)
        hashed = people.password_hash(connection, person.id) if person is not None and person.active else None
    if not is_password(hashed, password) or person is None or hashed is None:
        note_failed_sign_in(database, network, None)
        raise ProblemError(problems.WRONG_PASSWORD)
    return CheckedPassword(person, hashed)


def _require_strong_password(database: Database, checked: CheckedPassword, password: str) -> None:
    person = checked.person
    if person.demo or person.must_change_password:
        return
    with database.read() as connection:
        words = own_words(connection, person)
    if not is_refused(password, words):
        return

    def require(connection: Connection) -> None:
        if people.require_new_password(connection, person.id, checked.hashed):
            audit.record(connection, "require_new_password", f"person:{person.id}", person_id=person.id)

    with suppress(DatabaseUnavailableError):
        database.write(require)


def note_failed_sign_in(database: Database, network: str, person_id: int | None) -> None:
    """In the audit log; `person_id`: whose password was right while the code was wrong."""
    detail = {"address": network}
    with suppress(DatabaseUnavailableError):
        database.write(lambda c: audit.record(c, "sign_in_failed", "account", person_id=person_id, detail=detail))


def _limits(connection: Connection, account: str, network: str) -> list[Limit]:
    since = shift_instant(now_text(), -ADDRESS_KNOWN_FOR)
    here = Limit(_key_here(account, network), FREE_FAILURES_HERE)
    if sign_in_addresses.is_known(connection, account, network, since):
        return [here]
    colleagues = sign_in_addresses.count_accounts(connection, network, since)
    of_address = FREE_FAILURES_OF_ADDRESS + FREE_FAILURES_PER_COLLEAGUE * colleagues
    return [here, Limit(f"account:{account}", FREE_FAILURES_OF_ACCOUNT), Limit(f"address:{network}", of_address)]


def _key_here(account: str, network: str) -> str:
    return f"here:{account}@{network}"


def forget_failures(connection: Connection, account: str) -> None:
    """Let somebody sign in who got a new password."""
    throttles.clear(connection, f"account:{account}")
    throttles.clear_beginning(connection, _key_here(account, ""))


def _take_back_failures(connection: Connection, account: str, network: str) -> None:
    """After the right password: those of the account, and at the address those that this account made there."""
    here = _key_here(account, network)
    failures, _ = throttles.find(connection, here, "")
    throttles.take_back(connection, f"address:{network}", failures)
    throttles.clear(connection, f"account:{account}")
    throttles.clear(connection, here)


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
        with suppress(DatabaseUnavailableError):  # a full or slow disk must not stop people from reading
            database.write(lambda connection: sessions.extend(connection, hashed, now, ends), timeout=EXTEND_TIMEOUT)
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


def open_session(connection: Connection, checked: CheckedPassword, token: str, network: str) -> bool:
    """False where the account was closed or got another password since the password was checked."""
    person, now = people.by_id(connection, checked.person.id), now_text()
    if person is None or not person.active or people.password_hash(connection, person.id) != checked.hashed:
        return False
    _take_back_failures(connection, person.account, network)
    forget_old_failures(connection, now)
    sign_in_addresses.note(connection, person.account, network, now)
    sign_in_addresses.remove_before(connection, shift_instant(now, -ADDRESS_KNOWN_FOR))
    sessions.end_expired(connection, now)
    sessions.add(connection, Session(hash_token(token), person.id, now, now, shift_instant(now, SESSION_IDLE_TIMEOUT)))
    audit.record(connection, "sign_in", f"person:{person.id}", person_id=person.id, detail={"address": network})
    return True
