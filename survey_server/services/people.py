"""People: adding, finding, closing and opening accounts, and the names of their areas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from survey_server.clock import now_text
from survey_server.domain import COUNTRY_CODE, ROLES, Area, Device, Locality, NewPerson, Person, Role
from survey_server.problems import ProblemError, devices as device_problems, people as problems
from survey_server.questionnaire.typed_text import is_blank
from survey_server.services.account_rights import actor_id, require_managed
from survey_server.services.paging import Page, Turn, read_page
from survey_server.services.password_rules import area_words, check_new_password
from survey_server.services.passwords import hash_password
from survey_server.services.sign_in import end_all_sessions
from survey_server.storage import Connection, Database, audit, devices, localities, people

ACCOUNT_PATTERN = re.compile(r"[a-z0-9._-]{3,40}")
MAX_NAME_LENGTH = 200
FIRST_PAGE: Turn[str] = Turn()


def add_person(
    database: Database,
    account: str,
    name: str,
    role: Role,
    area: str | None = None,
    password: str | None = None,
    *,
    demo: bool = False,
    must_change_password: bool = False,
    by: Person | None = None,
) -> int:
    """Add an account and return its id. `area` is SCHEME:LEVEL:CODE; without a password nobody can sign in with it.
    `by`: the administrator, in whose areas it must lie; None: the operator at the command line.

    Raises ProblemError: account_name, account_taken, person_name, area_needed, area_unknown, account_outside_area, and
    those of `check_new_password`.
    """
    if not ACCOUNT_PATTERN.fullmatch(account):
        raise ProblemError(problems.ACCOUNT_NAME)
    if is_blank(name) or not name.isprintable() or len(name) > MAX_NAME_LENGTH:
        raise ProblemError(problems.PERSON_NAME, most=MAX_NAME_LENGTH)
    if password is not None:
        check_new_password(password, [account, name, *_words_of_area(database, area)])
    if area is None and ROLES[role].needs_area:
        raise ProblemError(problems.AREA_NEEDED)
    hashed = hash_password(password) if password is not None else None

    def add(connection: Connection) -> int:
        at = _find_area(connection, area) if area is not None else None
        if by is not None and not by.may_manage(Area(at.scheme, at.path) if at is not None else None):
            raise ProblemError(problems.ACCOUNT_OUTSIDE_AREA)
        if people.by_account(connection, account) is not None:
            raise ProblemError(problems.ACCOUNT_TAKEN, account=account)
        area_id = at.id if at is not None else None
        new = NewPerson(account, name.strip(), role, area_id, hashed, demo, now_text(), must_change_password)
        person_id = people.add(connection, new)
        detail = {"account": account, "role": role.value, "area": area}
        audit.record(connection, "add_person", f"person:{person_id}", person_id=actor_id(by), detail=detail)
        return person_id

    return database.write(add)


def _words_of_area(database: Database, area: str | None) -> list[str]:
    parts = (area or "").split(":")
    with database.read() as connection:
        found = localities.find(connection, *parts) if len(parts) == 3 else None
        return area_words(each.name for each in localities.lineage(connection, found)) if found is not None else []


def _find_area(connection: Connection, area: str) -> Locality:
    parts = area.split(":")
    found = localities.find(connection, *parts) if len(parts) == 3 else None
    if found is None:
        raise ProblemError(problems.AREA_UNKNOWN, area=area)
    return found


@dataclass(frozen=True, slots=True)
class PersonWithDevices:
    person: Person
    devices: list[Device]


def open_access(database: Database) -> list[PersonWithDevices]:
    """The accounts that can sign in, by account, each with its tablets that are not revoked. After a restore also those
    that were closed or revoked after the backup."""
    with database.read() as connection:
        found, tablets = people.all_open(connection), devices.all_open(connection)
    by_person: dict[int, list[Device]] = {}
    for each in tablets:
        by_person.setdefault(each.person_id, []).append(each)
    return [PersonWithDevices(each, by_person.get(each.id, [])) for each in found]


def find_people(database: Database, by: Person, query: str, turn: Turn[str] = FIRST_PAGE) -> Page[Person, str]:
    """A page of the accounts that `by` manages whose name or account contains the query, by account."""
    with database.read() as connection:
        return read_page(partial(people.search, connection, query, by.areas), attrgetter("account"), turn)


def find_person(database: Database, by: Person, person_id: int) -> PersonWithDevices | None:
    """An account that `by` manages, with its tablets; None where there is none."""
    with database.read() as connection:
        found = people.by_id(connection, person_id)
        if found is None or not by.may_manage(found.area):
            return None
        return PersonWithDevices(found, devices.of_person(connection, person_id))


def check_device(found: PersonWithDevices, device_id: str) -> None:
    """Raises ProblemError no_such_device for a tablet of somebody else."""
    if all(device.id != device_id for device in found.devices):
        raise ProblemError(device_problems.NO_SUCH_DEVICE, device=device_id[:64])


def set_active(database: Database, person_id: int, active: bool, by: Person) -> None:
    """Open or close an account; closing ends its sessions and enrolment codes for good, and its tablets' uploads are
    quarantined while it is closed. Raises ProblemError account_outside_area."""

    def change(connection: Connection) -> None:
        require_managed(connection, person_id, by)
        people.set_active(connection, person_id, active)
        action = "open_account" if active else "close_account"
        audit.record(connection, action, f"person:{person_id}", person_id=by.id)
        if not active:
            end_all_sessions(connection, person_id, by)
            devices.expire_codes_of(connection, person_id, now_text())

    database.write(change)


def area_names(database: Database, persons: Iterable[Person]) -> dict[int, str]:
    """Person → the area's name with those of the localities that it lies in; people without an area are left out."""
    names: dict[int, str] = {}
    with database.read() as connection:
        for person in persons:
            if person.area is None:
                continue
            found = localities.by_path(connection, person.area.scheme, person.area.path)
            lineage = localities.lineage(connection, found) if found is not None else []
            known = [each.name for each in reversed(lineage) if each.path != COUNTRY_CODE]
            names[person.id] = ", ".join(known) or person.area.path
    return names
