"""Passwords of accounts: changed by their people, reset by those who manage them."""

from __future__ import annotations

import secrets

from survey_server.domain import Person
from survey_server.problems import ProblemError, people as problems
from survey_server.services.account_rights import actor_id, require_managed
from survey_server.services.password_rules import check_new_password, is_refused, own_words
from survey_server.services.passwords import hash_password, is_password
from survey_server.services.sign_in import forget_failures, hash_token
from survey_server.services.throttle import Limit, count_or_check
from survey_server.storage import Connection, Database, audit, people, sessions, throttles

FREE_FAILURES = 5  # with the current password, when changing it
# Read from paper and typed by hand: no 0, O, 1, I, L. Twelve characters are 59 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 3, 4


def change_password(database: Database, person: Person, current: str, new: str, repeated: str, token: str) -> None:
    """Change one's own password; every session but the one of `token` ends.

    Raises ProblemError: not_for_demo, too_many_tries, current_password_wrong, password_not_repeated, password_same, and
    those of `check_new_password`.
    """
    if person.demo:
        raise ProblemError(problems.NOT_FOR_DEMO)
    key = f"password:{person.id}"
    count_or_check(database, [Limit(key, FREE_FAILURES)])
    with database.read() as connection:
        hashed = people.password_hash(connection, person.id)
        words = own_words(connection, person)
    if not is_password(hashed, current):
        raise ProblemError(problems.CURRENT_PASSWORD_WRONG)
    database.write(lambda connection: throttles.clear(connection, key))
    if new != repeated:
        raise ProblemError(problems.PASSWORD_NOT_REPEATED)
    if new == current:
        raise ProblemError(problems.PASSWORD_SAME)
    check_new_password(new, words)
    new_hash = hash_password(new)

    def change(connection: Connection) -> None:
        if people.password_hash(connection, person.id) != hashed:  # reset meanwhile
            raise ProblemError(problems.CURRENT_PASSWORD_WRONG)
        people.set_password(connection, person.id, new_hash, must_change=False)
        ended = sessions.end_others(connection, person.id, hash_token(token))
        detail = {"sessions": ended}
        audit.record(connection, "change_password", f"person:{person.id}", person_id=person.id, detail=detail)

    database.write(change)


def reset_password(database: Database, person_id: int, by: Person | None) -> str:
    """Give an account a password that is good for one sign-in, and return it; all sessions of the account end.

    `by`: who manages the account; None: the operator. Raises ProblemError: account_outside_area, own_account,
    not_for_demo.
    """
    password = make_one_time_password()
    hashed = hash_password(password)

    def reset(connection: Connection) -> None:
        person = require_managed(connection, person_id, by)
        if person.demo:
            raise ProblemError(problems.NOT_FOR_DEMO)
        if by is not None and by.id == person_id:
            raise ProblemError(problems.OWN_ACCOUNT)
        _replace(connection, person, hashed, by, "reset_password")

    database.write(reset)
    return password


def set_password(database: Database, account: str, password: str) -> None:
    """Set the password of an account, as the operator; all sessions of the account end. Raises ProblemError:
    person_unknown, and those of `check_new_password`."""
    with database.read() as connection:
        person = find_account(connection, account)
        words = own_words(connection, person)
    check_new_password(password, words)
    hashed = hash_password(password)
    database.write(lambda c: _replace(c, person, hashed, None, "set_password", must_change=False))


def find_account(connection: Connection, account: str) -> Person:
    """Raises ProblemError person_unknown."""
    person = people.by_account(connection, account)
    if person is None:
        raise ProblemError(problems.PERSON_UNKNOWN, account=account)
    return person


def make_one_time_password() -> str:
    """Drawn again where chance makes one that the rules refuse, such as a run of digits."""
    while True:
        groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
        made = "-".join(groups)
        if not is_refused(made, ()):
            return made


def _replace(
    connection: Connection, person: Person, hashed: str, by: Person | None, action: str, *, must_change: bool = True
) -> None:
    people.set_password(connection, person.id, hashed, must_change=must_change)
    forget_failures(connection, person.account)
    ended = sessions.end_all(connection, person.id)
    audit.record(connection, action, f"person:{person.id}", person_id=actor_id(by), detail={"sessions": ended})
