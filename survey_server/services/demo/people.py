"""The people of the demo: the demo accounts, the survey teams, a coordinator for each committee."""

from __future__ import annotations

from survey_server.clock import now_text
from survey_server.domain import Locality, NewPerson, Role
from survey_server.services.demo.plan import Plan
from survey_server.storage import Connection, people

COORDINATORS = ("commune", "district", "province")


def demo_accounts(plan: Plan) -> list[tuple[str, str, Role, Locality | None]]:
    """Account, name, role and area; the password of each is `demo-<account>`."""
    commune, district, province = plan.home
    return [
        ("surveyor", "Nguyễn Thị Hoa", Role.SURVEYOR, None),
        ("leader", "Trần Văn Minh", Role.LEADER, province),
        ("commune", "Lê Thị Thu", Role.COORDINATOR, commune),
        ("district", "Phạm Quốc Hùng", Role.COORDINATOR, district),
        ("province", "Hoàng Đức Thắng", Role.COORDINATOR, province),
        ("central", "Vũ Thị Lan", Role.CENTRAL, None),
        ("analyst", "Đặng Thu Hà", Role.ANALYST, None),
        ("admin", "Bùi Anh Tuấn", Role.ADMIN, None),
        ("nobody", "Ngô Văn Nam", Role.NONE, None),
    ]


def add_people(connection: Connection, plan: Plan, hashes: dict[str, str]) -> dict[str, int]:
    """Add the people that are missing; returns ids by account. Only the accounts in `hashes` can sign in."""
    wanted: list[tuple[str, str, Role, Locality | None]] = demo_accounts(plan)
    for visit in plan.visits:
        if visit.account != "surveyor":
            place = visit.locality.name
            wanted.append((visit.account, f"Cán bộ khảo sát, {place}", Role.SURVEYOR, None))
            wanted.append((visit.leader, f"Trưởng đoàn khảo sát, {place}", Role.LEADER, visit.locality))
    for committee in dict.fromkeys(plan.committees):
        account = committee_account(plan, committee)
        if account not in COORDINATORS:
            wanted.append((account, f"Ủy ban Mặt trận {committee.name}", Role.COORDINATOR, committee))
    ids: dict[str, int] = {}
    for account, name, role, area in wanted:
        known = people.by_account(connection, account)
        area_id = area.id if area is not None else None
        new = NewPerson(account, name, role, area_id, hashes.get(account), True, now_text())
        ids[account] = known.id if known is not None else people.add(connection, new)
    return ids


def committee_account(plan: Plan, locality: Locality) -> str:
    """The coordinator of a committee."""
    for account, home in zip(COORDINATORS, plan.home, strict=True):
        if locality.id == home.id:
            return account
    return f"mt-{locality.level}-{locality.code}"
