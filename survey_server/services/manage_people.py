"""Finding, closing and opening accounts."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.domain import Device, Person
from survey_server.problems import ProblemError
from survey_server.problems.devices import NO_SUCH_DEVICE
from survey_server.services.paging import one_page
from survey_server.services.sign_in import end_sessions
from survey_server.storage import Connection, Database, audit, devices, people


@dataclass(frozen=True, slots=True)
class PersonWithDevices:
    person: Person
    devices: list[Device]


def find_people(database: Database, query: str, page: int = 1) -> tuple[list[Person], bool]:
    """A page of the accounts whose name or account contains the query, and whether there are more."""
    with database.read() as connection:
        return one_page(lambda limit, offset: people.search(connection, query, limit, offset), page)


def find_person(database: Database, person_id: int) -> PersonWithDevices | None:
    with database.read() as connection:
        found = people.by_id(connection, person_id)
        return PersonWithDevices(found, devices.of_person(connection, person_id)) if found is not None else None


def check_device(found: PersonWithDevices, device_id: str) -> None:
    """Raises ProblemError no_such_device for a tablet of somebody else."""
    if all(device.id != device_id for device in found.devices):
        raise ProblemError(NO_SUCH_DEVICE, device=device_id[:64])


def set_active(database: Database, person_id: int, active: bool, by: Person) -> None:
    """Open or close an account; closing ends its sessions, and its tablets' uploads are quarantined."""

    def change(connection: Connection) -> None:
        people.set_active(connection, person_id, active)
        action = "open_account" if active else "close_account"
        audit.record(connection, action, f"person:{person_id}", person_id=by.id)

    database.write(change)
    if not active:
        end_sessions(database, person_id, by)
