"""Preparing the demo: its people, round and visits, then its responses. All of it comes from seeded generators, with
ids made from names: a preparation that was interrupted is completed when it is run again."""

from __future__ import annotations

from collections.abc import Callable

from survey_server.clock import now_text
from survey_server.domain import MIN_COHORT_SIZE, Locality, NewAssignment, NewPerson, NewRound, NewVisit, Role
from survey_server.problems import ProblemError, machine as problems
from survey_server.services.demo.plan import DUE_ON, ENDS_ON, PROVINCES, ROUND, SCHEME, STARTS_ON, Plan, make_plan
from survey_server.services.demo.respond import ORDER, send_responses
from survey_server.services.passwords import hash_password
from survey_server.storage import Connection, Database, audit, localities, people, questionnaires, responses, rounds
from survey_server.storage.migrate import has_tables

COORDINATORS = ("commune", "district", "province")


def refuse_beside_survey(database: Database) -> None:
    """The demo's passwords are public, so it is never prepared in a database with people or responses of a survey. A
    database that has the demo already may have more people and responses by now.

    Raises ProblemError: demo_beside_survey.
    """
    with database.read() as connection:
        if not has_tables(connection):
            return
        known = rounds.by_code(connection, ROUND)
        real, sent = people.count_real(connection), responses.count(connection)
    is_demo = known is not None and known.simulated
    if not is_demo and (real or sent):
        raise ProblemError(problems.DEMO_BESIDE_SURVEY, where=database.address, people=real, responses=sent)


def prepare_demo(
    database: Database, progress: Callable[[str], None], scale: float = 1.0, cohort_size: int = MIN_COHORT_SIZE
) -> None:
    """Prepare the demo in a database with localities and published questionnaires. `progress` gets a line a step;
    `scale`: see `make_plan`; `cohort_size`: see `NewRound`."""
    with database.read() as connection:
        provinces = [localities.find(connection, SCHEME, "province", code) for code in PROVINCES]
        units = [
            unit for each in provinces if each is not None for unit in localities.within(connection, SCHEME, each.path)
        ]
        published = {each.id: each.version for each in questionnaires.all_published(connection)}
    plan = make_plan(units, {id_: published[id_] for id_ in ORDER if id_ in published}, scale)
    progress("Lập đợt khảo sát, tài khoản và chuyến khảo sát dùng thử …")
    hashes = {account: hash_password(f"demo-{account}") for account, *_ in demo_accounts(plan)}
    senders = database.write(lambda connection: _set_up(connection, plan, published, hashes, cohort_size))
    send_responses(database, plan, published, senders, progress)


def _set_up(
    connection: Connection, plan: Plan, published: dict[str, str], hashes: dict[str, str], cohort_size: int
) -> dict[str, int]:
    """Add people, round, visits and assignments; returns assignment → the person who answers it."""
    ids = add_people(connection, plan, hashes)
    if rounds.by_code(connection, ROUND) is None:
        _add_round(connection, plan, published, ids, cohort_size)
        audit.record(connection, "prepare_demo", f"round:{ROUND}", detail={"assignments": len(plan.assignments)})
    return {each.id: ids[each.account or committee_account(plan, each.locality)] for each in plan.assignments}


def _add_round(
    connection: Connection, plan: Plan, published: dict[str, str], ids: dict[str, int], cohort_size: int
) -> None:
    new = NewRound(
        code=ROUND,
        name_vi="Sơ kết Kết luận 62-KL/TW, đợt dùng thử",
        name_en="Review of Conclusion 62-KL/TW, demo round",
        scheme=SCHEME,
        starts_on=STARTS_ON,
        ends_on=ENDS_ON,
        due_on=DUE_ON,
        simulated=True,
        cohort_size=cohort_size,
        design={"weight": None, "stratum": None, "psu": "locality", "selected": "on purpose"},
    )
    round_id = rounds.add(connection, new)
    rounds.add_questionnaires(connection, round_id, [(id_, published[id_]) for id_ in ORDER if id_ in published])
    rounds.add_localities(connection, round_id, [each.id for each in plan.provinces])
    visits = [
        NewVisit(
            id=each.id, round_id=round_id, locality_id=each.locality.id, leader_id=ids[each.leader],
            starts_on=STARTS_ON, ends_on=ENDS_ON, member_ids=(ids[each.account],),
        )
        for each in plan.visits
    ]  # fmt: skip
    rounds.add_visits(connection, visits)
    assignments = [
        NewAssignment(
            id=each.id, round_id=round_id, questionnaire=each.questionnaire, version=published[each.questionnaire],
            locality_id=each.locality.id, visit_id=each.visit,
            person_id=ids[each.account] if each.account else None, quantity=each.quantity, due_on=DUE_ON,
        )
        for each in plan.assignments
    ]  # fmt: skip
    rounds.add_assignments(connection, assignments)


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
            wanted += [
                (visit.account, f"Cán bộ khảo sát, {place}", Role.SURVEYOR, None),
                (visit.leader, f"Trưởng đoàn khảo sát, {place}", Role.LEADER, visit.locality),
            ]
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
