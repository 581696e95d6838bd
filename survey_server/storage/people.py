"""People: accounts with a role and an area."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, false, func, insert, or_, select, update

from survey_server.domain import Area, NewPerson, Person, Role
from survey_server.storage.localities import in_area
from survey_server.storage.tables import locality, person


def add(connection: Connection, new: NewPerson) -> int:
    """Insert an account and return its id; raises IntegrityError where the account's name is taken."""
    values = {
        "account": new.account,
        "name": new.name,
        "role": new.role.value,
        "area_id": new.area_id,
        "password_hash": new.password_hash,
        "active": True,
        "demo": new.demo,
        "created_at": new.created_at,
        "must_change_password": new.must_change_password,
    }
    return int(connection.execute(insert(person).values(values).returning(person.c.id)).scalar_one())


def by_id(connection: Connection, person_id: int) -> Person | None:
    return _one(connection, _people().where(person.c.id == person_id))


def by_account(connection: Connection, account: str) -> Person | None:
    return _one(connection, _people().where(person.c.account == account))


def password_hash(connection: Connection, person_id: int) -> str | None:
    return connection.execute(select(person.c.password_hash).where(person.c.id == person_id)).scalar_one_or_none()


def sessions_ended_at(connection: Connection, person_id: int) -> str | None:
    """When all sessions of a person were ended last; None where they never were."""
    wanted = select(person.c.sessions_ended_at).where(person.c.id == person_id)
    return connection.execute(wanted).scalar_one_or_none()


def set_password(connection: Connection, person_id: int, hashed: str, *, must_change: bool) -> None:
    changed = {"password_hash": hashed, "must_change_password": must_change}
    connection.execute(update(person).where(person.c.id == person_id).values(changed))


def require_new_password(connection: Connection, person_id: int, hashed: str) -> bool:
    """Let the person change the password with this hash at the next page; False where it was changed meanwhile."""
    is_same = (person.c.id == person_id, person.c.password_hash == hashed)
    return connection.execute(update(person).where(*is_same).values(must_change_password=True)).rowcount > 0


def set_active(connection: Connection, person_id: int, active: bool) -> None:
    connection.execute(update(person).where(person.c.id == person_id).values(active=active))


def names(connection: Connection, ids: set[int]) -> dict[int, str]:
    wanted = select(person.c.id, person.c.name).where(person.c.id.in_(list(ids)))
    return {row.id: row.name for row in connection.execute(wanted)}


def search(
    connection: Connection,
    query: str,
    areas: tuple[Area, ...] | None,
    limit: int,
    after: str | None = None,
    before: str | None = None,
) -> list[Person]:
    """At most `limit` accounts whose name or account contains the query and whose area lies in one of `areas` (None:
    wherever, also without an area), ordered by account: the first, those behind the account `after`, or those just
    before the account `before`."""
    wanted = _people()
    if areas is not None:
        wanted = wanted.where(or_(false(), *map(in_area, areas)))
    if query:
        holds = (column.icontains(query, autoescape=True) for column in (person.c.account, person.c.name))
        wanted = wanted.where(or_(*holds))
    if after is not None:
        wanted = wanted.where(person.c.account > after)
    if before is not None:
        wanted = wanted.where(person.c.account < before)
    order = person.c.account if before is None else person.c.account.desc()
    found = [_person(row) for row in connection.execute(wanted.order_by(order).limit(limit)).mappings()]
    return found if before is None else found[::-1]


def all_open(connection: Connection) -> list[Person]:
    """The accounts that are not closed, by account."""
    wanted = _people().where(person.c.active).order_by(person.c.account)
    return [_person(row) for row in connection.execute(wanted).mappings()]


def has_demo_accounts(connection: Connection) -> bool:
    return connection.execute(select(person.c.id).where(person.c.demo).limit(1)).first() is not None


def count_real(connection: Connection) -> int:
    """How many accounts are not the demo's."""
    return int(connection.execute(select(func.count()).select_from(person).where(~person.c.demo)).scalar_one())


def _people() -> Select[Any]:
    return select(person, locality.c.path.label("area_path"), locality.c.scheme.label("area_scheme")).select_from(
        person.outerjoin(locality, locality.c.id == person.c.area_id)
    )


def _one(connection: Connection, wanted: Select[Any]) -> Person | None:
    row = connection.execute(wanted).mappings().one_or_none()
    return _person(row) if row is not None else None


def _person(row: RowMapping) -> Person:
    area = Area(row["area_scheme"], row["area_path"]) if row["area_path"] is not None else None
    return Person(
        id=row["id"],
        account=row["account"],
        name=row["name"],
        role=Role(row["role"]),
        area=area,
        active=row["active"],
        demo=row["demo"],
        must_change_password=row["must_change_password"],
        has_second_factor=row["totp_secret"] is not None,
    )
