"""Two-step sign-in: after the password a code from the telephone, or a recovery code, each good once."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from survey_server.domain import ROLES, Person
from survey_server.problems import ProblemError, people as problems
from survey_server.services import totp
from survey_server.services.account_rights import actor_id, require_managed
from survey_server.services.sealing import seal, unseal
from survey_server.services.sign_in import (
    CheckedPassword,
    hash_token,
    make_token,
    network_of,
    note_failed_sign_in,
    open_session,
)
from survey_server.services.throttle import Limit, count_or_check
from survey_server.settings import Settings
from survey_server.storage import Connection, Database, audit, people, rounds, second_factors, sessions, throttles

ISSUER = "Khao sat MTTQ"  # how telephones list the account
TICKET_TTL = 300.0  # seconds between the password and the code
SETUP_TTL = 3600.0  # seconds to set up a telephone
FREE_FAILURES = 5
RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # typed by hand: no 0, O, 1, I, L; fifteen of them are 74 bits
_GROUPS, _GROUP_LENGTH = 3, 5


@dataclass(frozen=True, slots=True)
class Setup:
    """A new secret: as a QR code's text, as text to be typed, and sealed, to be sent back with the first code."""

    uri: str
    secret: str
    sealed: str


def is_required(database: Database, settings: Settings, person: Person) -> bool:
    """Whether the account has to use a second factor. Accounts of the demo never do."""
    if person.demo or not ROLES[person.role].needs_second_factor or settings.second_factor == "never":
        return False
    if settings.second_factor == "always":
        return True
    with database.read() as connection:
        return rounds.has_real(connection)


def start_setup(secret_key: str, person: Person, *, replaces: bool = False) -> Setup:
    """`replaces`: a code of the present telephone was checked, so that this one may replace it."""
    return _setup(secret_key, person, totp.make_secret(), replaces)


def continue_setup(secret_key: str, person: Person, sealed: str) -> Setup:
    """The setup that was started, or a new one where it is too old."""
    started = _open(secret_key, _setup_purpose(person.id), sealed, SETUP_TTL)
    if started is None:
        return start_setup(secret_key, person)
    return _setup(secret_key, person, base64.b64decode(started["secret"]), started["replaces"])


def confirm_setup(database: Database, secret_key: str, person: Person, sealed: str, code: str, token: str) -> list[str]:
    """Turn the second factor on with the first code of the telephone; every session but the one of `token` ends.
    Returns recovery codes, of which only hashes are stored. Raises ProblemError: code_wrong, not_for_demo."""
    if person.demo:
        raise ProblemError(problems.NOT_FOR_DEMO)
    started = _open(secret_key, _setup_purpose(person.id), sealed, SETUP_TTL)
    secret = base64.b64decode(started["secret"]) if started is not None else b""
    step = totp.find_step(secret, _typed(code), time.time(), None) if started is not None else None
    if started is None or step is None:
        raise ProblemError(problems.CODE_WRONG)
    codes = _make_recovery_codes()
    stored = seal(secret_key, _secret_purpose(person.id), secret)

    def turn_on(connection: Connection) -> None:
        if second_factors.find(connection, person.id) is not None and not started["replaces"]:
            raise ProblemError(problems.CODE_WRONG)
        second_factors.store(connection, person.id, stored, step)
        second_factors.set_recovery_codes(connection, person.id, [_hash(each) for each in codes])
        ended = sessions.end_others(connection, person.id, hash_token(token))
        _record(connection, "turn_on_second_factor", person.id, person, sessions=ended)

    database.write(turn_on)
    return codes


def check_code(database: Database, secret_key: str, person: Person, code: str) -> None:
    """Of one's own, before a change. Raises ProblemError: code_wrong, second_factor_unreadable, too_many_tries."""
    _with_code(database, secret_key, person.id, code, lambda connection: True)


def replace_recovery_codes(database: Database, secret_key: str, person: Person, code: str) -> list[str]:
    """New recovery codes; the earlier ones are no longer good. Raises like `check_code`."""
    codes = _make_recovery_codes()

    def replace(connection: Connection) -> bool:
        second_factors.set_recovery_codes(connection, person.id, [_hash(each) for each in codes])
        _record(connection, "replace_recovery_codes", person.id, person)
        return True

    _with_code(database, secret_key, person.id, code, replace)
    return codes


def turn_off(database: Database, settings: Settings, person: Person, code: str) -> None:
    """Raises like `check_code`, and second_factor_required."""
    if is_required(database, settings, person):
        raise ProblemError(problems.SECOND_FACTOR_REQUIRED)

    def remove(connection: Connection) -> bool:
        second_factors.store(connection, person.id, None, None)
        _record(connection, "turn_off_second_factor", person.id, person)
        return True

    _with_code(database, settings.secret_key, person.id, code, remove)


def reset(database: Database, person_id: int, by: Person | None) -> None:
    """Remove the second factor of somebody who lost the telephone; all sessions of the account end. `by`: who manages
    the account; None: the operator. Raises ProblemError: account_outside_area, own_account."""

    def remove(connection: Connection) -> None:
        require_managed(connection, person_id, by)
        if by is not None and by.id == person_id:
            raise ProblemError(problems.OWN_ACCOUNT)
        second_factors.store(connection, person_id, None, None)
        ended = sessions.end_all(connection, person_id)
        _record(connection, "reset_second_factor", person_id, by, sessions=ended)

    database.write(remove)


def count_recovery_codes(database: Database, person: Person) -> int:
    with database.read() as connection:
        return second_factors.count_recovery_codes(connection, person.id)


def make_ticket(secret_key: str, checked: CheckedPassword) -> str:
    """Proves to `sign_in_with_code` that the password was right a moment ago."""
    content = {"person": checked.person.id, "password": _hash(checked.hashed), "at": time.time()}
    return seal(secret_key, "ticket", json.dumps(content).encode())


def sign_in_with_code(database: Database, secret_key: str, ticket: str, code: str, address: str) -> str | None:
    """Open a session; returns its token. None where the ticket is too old or the password was changed since.

    Raises ProblemError: code_wrong, second_factor_unreadable, too_many_tries.
    """
    content = _open(secret_key, "ticket", ticket, TICKET_TTL)
    if content is None:
        return None
    with database.read() as connection:
        person = people.by_id(connection, content["person"])
        hashed = people.password_hash(connection, content["person"])
    if person is None or hashed is None or _hash(hashed) != content["password"]:
        return None
    token, network, checked = make_token(), network_of(address), CheckedPassword(person, hashed)
    try:
        is_open = _with_code(
            database, secret_key, person.id, code, lambda connection: open_session(connection, checked, token, network)
        )
    except ProblemError as error:
        if error.problem.type is problems.CODE_WRONG:
            note_failed_sign_in(database, network, person.id)
        raise
    return token if is_open else None


def is_readable(secret_key: str, person_id: int, sealed_secret: str) -> bool:
    """Whether a stored secret was encrypted with this secret key."""
    return unseal(secret_key, _secret_purpose(person_id), sealed_secret) is not None


def _with_code(
    database: Database, secret_key: str, person_id: int, code: str, act: Callable[[Connection], bool]
) -> bool:
    """Use up a code and act in the same transaction; returns what `act` returns."""
    key = f"code:{person_id}"
    count_or_check(database, [Limit(key, FREE_FAILURES)])
    take = _prepare_code(database, secret_key, person_id, _typed(code))

    def take_and_act(connection: Connection) -> bool:
        if not take(connection):
            raise ProblemError(problems.CODE_WRONG)
        throttles.clear(connection, key)
        return act(connection)

    return database.write(take_and_act)


def _prepare_code(database: Database, secret_key: str, person_id: int, typed: str) -> Callable[[Connection], bool]:
    """What uses up a code in a transaction, and returns False for a wrong or used one."""
    with database.read() as connection:
        factor = second_factors.find(connection, person_id)
    if factor is None:
        return lambda connection: False
    if len(typed) > totp.DIGITS:
        return lambda connection: second_factors.take_recovery_code(connection, person_id, _hash(typed))
    secret = unseal(secret_key, _secret_purpose(person_id), factor.sealed_secret)
    if secret is None:
        raise ProblemError(problems.SECOND_FACTOR_UNREADABLE)
    step = totp.find_step(secret, typed, time.time(), factor.last_step)
    return lambda connection: step is not None and second_factors.take_step(connection, person_id, step)


def _setup(secret_key: str, person: Person, secret: bytes, replaces: bool) -> Setup:
    content = {"secret": base64.b64encode(secret).decode(), "replaces": replaces, "at": time.time()}
    sealed = seal(secret_key, _setup_purpose(person.id), json.dumps(content).encode())
    return Setup(totp.setup_uri(secret, person.account, ISSUER), totp.secret_text(secret), sealed)


def _open(secret_key: str, purpose: str, sealed: str, ttl: float) -> dict[str, Any] | None:
    raw = unseal(secret_key, purpose, sealed)
    content: dict[str, Any] = json.loads(raw) if raw is not None else {"at": 0.0}
    return content if 0 <= time.time() - content["at"] <= ttl else None


def _setup_purpose(person_id: int) -> str:
    return f"setup:{person_id}"


def _secret_purpose(person_id: int) -> str:
    return f"totp:{person_id}"


def _make_recovery_codes() -> list[str]:
    def group() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH))

    return ["-".join(group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]


def _typed(code: str) -> str:
    """Without the spaces and hyphens of a printed code."""
    return "".join(code.upper().split()).replace("-", "")


def _hash(text: str) -> str:
    """Of what is too long to be guessed, so that a plain hash is enough."""
    return hashlib.sha256(text.replace("-", "").encode()).hexdigest()


def _record(connection: Connection, action: str, person_id: int, by: Person | None, **detail: int) -> None:
    audit.record(connection, action, f"person:{person_id}", person_id=actor_id(by), detail=detail)
