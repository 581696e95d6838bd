"""Adding accounts."""

from __future__ import annotations

import re

from survey_server.clock import now_text
from survey_server.domain import ROLES, NewPerson, Role
from survey_server.problems import ProblemError, people as problems
from survey_server.services.passwords import MAX_PASSWORD_LENGTH, hash_password
from survey_server.storage import Connection, Database, audit, localities, people

ACCOUNT_PATTERN = re.compile(r"[a-z0-9._-]{3,40}")
MIN_PASSWORD_LENGTH = 8
MAX_NAME_LENGTH = 200


def add_person(
    database: Database,
    account: str,
    name: str,
    role: Role,
    area: str | None = None,
    password: str | None = None,
    *,
    demo: bool = False,
    by: int | None = None,
) -> int:
    """Add an account and return its id. `area` is SCHEME:LEVEL:CODE; without a password nobody can sign in with it.

    Raises ProblemError: account_name, account_taken, person_name, password_short, area_needed, area_unknown.
    """
    if not ACCOUNT_PATTERN.fullmatch(account):
        raise ProblemError(problems.ACCOUNT_NAME)
    if not name.strip() or not name.isprintable() or len(name) > MAX_NAME_LENGTH:
        raise ProblemError(problems.PERSON_NAME, most=MAX_NAME_LENGTH)
    if password is not None and not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise ProblemError(problems.PASSWORD_SHORT, least=MIN_PASSWORD_LENGTH)
    if area is None and ROLES[role].needs_area:
        raise ProblemError(problems.AREA_NEEDED)
    hashed = hash_password(password) if password is not None else None

    def add(connection: Connection) -> int:
        if people.by_account(connection, account) is not None:
            raise ProblemError(problems.ACCOUNT_TAKEN, account=account)
        area_id = _area_id(connection, area)
        new = NewPerson(account, name.strip(), role, area_id, hashed, demo, now_text())
        person_id = people.add(connection, new)
        detail = {"account": account, "role": role.value, "area": area}
        audit.record(connection, "add_person", f"person:{person_id}", person_id=by, detail=detail)
        return person_id

    return database.write(add)


def _area_id(connection: Connection, area: str | None) -> int | None:
    if area is None:
        return None
    parts = area.split(":")
    found = localities.find(connection, *parts) if len(parts) == 3 else None
    if found is None:
        raise ProblemError(problems.AREA_UNKNOWN, area=area)
    return found.id
