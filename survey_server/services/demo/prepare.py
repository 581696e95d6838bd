"""The demo: a round in twelve provinces with its people, visits and simulated responses, always marked as such.

Everything comes from a seeded generator and carries ids made from names: run again after a kill, it finds what is
there and adds the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

from survey_server.domain.localities import Locality
from survey_server.problems import ProblemError
from survey_server.problems.machine import DEMO_BESIDE_SURVEY
from survey_server.questionnaire.simulate import Simulator
from survey_server.services.demo.manner import manner_of, spoil
from survey_server.services.demo.people import add_people, committee_account, demo_accounts
from survey_server.services.demo.plan import (
    DUE_ON,
    ENDS_ON,
    PROVINCES,
    ROUND,
    SCHEME,
    STARTS_ON,
    Plan,
    Planned,
    leanings,
    make_id,
    make_plan,
)
from survey_server.services.passwords import hash_password
from survey_server.services.receiving import ReceivingContext, Sender, UploadedRow, receive
from survey_server.settings import Settings
from survey_server.storage import audit, localities, people, questionnaires, responses, rounds
from survey_server.storage.database import Connection, Database
from survey_server.storage.migrate import has_tables

BATCH = 200
LATE = 0.05
FLAWED = 0.02
ORDER = (
    "commune_visit", "visit_district", "visit_province", "cadre_interview", "resident_opinion", "self_review_commune",
    "self_review_district", "self_review_province",
)  # fmt: skip


def refuse_beside_survey(database: Database) -> None:
    """The demo comes with passwords that everybody knows, so it never goes where people's own responses are. A database
    that has the demo already is the demo's, whatever was tried out in it since.

    Raises ProblemError: demo_beside_survey.
    """
    with database.read() as connection:
        if not has_tables(connection) or _is_demo(connection):
            return
        real, sent = people.count_real(connection), responses.count(connection)
    if real or sent:
        raise ProblemError(DEMO_BESIDE_SURVEY, where=database.address, people=real, responses=sent)


def _is_demo(connection: Connection) -> bool:
    known = rounds.by_code(connection, ROUND)
    return known is not None and known.simulated


def prepare_demo(database: Database, settings: Settings, progress: Callable[[str], None], scale: float = 1.0) -> None:
    """Prepare the demo; localities and questionnaires are there already. `progress` is told each step."""
    with database.read() as connection:
        units = _units(connection)
        published = {each.id: each.version for each in questionnaires.all_published(connection)}
    plan = make_plan(units, {id_: published[id_] for id_ in ORDER if id_ in published}, scale)
    progress("Lập đợt khảo sát, tài khoản và chuyến khảo sát dùng thử …")
    hashes = {account: hash_password(f"demo-{account}") for account, *_ in demo_accounts(plan)}
    senders = database.write(lambda connection: _set_up(connection, plan, published, hashes))
    _respond(database, plan, published, senders, progress)


def _units(connection: Connection) -> list[Locality]:
    found: list[Locality] = []
    for code in PROVINCES:
        province = localities.find(connection, SCHEME, "province", code)
        if province is not None:
            found += localities.within(connection, SCHEME, province.path)
    return found


def _set_up(connection: Connection, plan: Plan, published: dict[str, str], hashes: dict[str, str]) -> dict[str, int]:
    """People, round, visits, assignments in one transaction; returns who answers which assignment."""
    ids = add_people(connection, plan, hashes)
    if rounds.by_code(connection, ROUND) is None:
        _add_round(connection, plan, published, ids)
        audit.record(connection, "prepare_demo", f"round:{ROUND}", detail={"assignments": len(plan.assignments)})
    return {each.id: ids[each.account or committee_account(plan, each.locality)] for each in plan.assignments}


def _add_round(connection: Connection, plan: Plan, published: dict[str, str], ids: dict[str, int]) -> None:
    round_id = rounds.add(
        connection,
        {
            "code": ROUND,
            "name_vi": "Sơ kết Kết luận 62-KL/TW, đợt dùng thử",
            "name_en": "Review of Conclusion 62-KL/TW, demo round",
            "scheme": SCHEME,
            "starts_on": STARTS_ON,
            "ends_on": ENDS_ON,
            "due_on": DUE_ON,
            "simulated": True,
            "design": {"weight": None, "stratum": None, "psu": "locality", "selected": "on purpose"},
        },
    )
    rounds.add_questionnaires(connection, round_id, [(id_, published[id_]) for id_ in ORDER if id_ in published])
    rounds.add_localities(connection, round_id, [each.id for each in plan.provinces])
    rounds.add_visits(
        connection,
        [
            {
                "id": visit.id, "round_id": round_id, "locality_id": visit.locality.id, "leader_id": ids[visit.leader],
                "starts_on": visit.starts_on, "ends_on": visit.ends_on,
            }
            for visit in plan.visits
        ],
    )  # fmt: skip
    rounds.add_members(connection, [{"visit_id": each.id, "person_id": ids[each.account]} for each in plan.visits])
    rounds.add_assignments(
        connection,
        [
            {
                "id": each.id, "round_id": round_id, "questionnaire": each.questionnaire,
                "version": published[each.questionnaire], "locality_id": each.locality.id, "visit_id": each.visit,
                "person_id": ids[each.account] if each.account else None, "quantity": each.quantity, "due_on": DUE_ON,
            }
            for each in plan.assignments
        ],
    )  # fmt: skip


def _respond(
    database: Database,
    plan: Plan,
    published: dict[str, str],
    senders: dict[str, int],
    progress: Callable[[str], None],
) -> None:
    context = ReceivingContext.of(database)
    total = sum(each.answered for each in plan.assignments)
    progress(f"Mô phỏng {_grouped(total)} phiếu …")
    done = 0
    for questionnaire, planned in groupby(sorted(plan.assignments, key=_by_kind), key=lambda each: each.questionnaire):
        found = context.versions.find(questionnaire, published[questionnaire])
        assert found is not None
        simulator = Simulator(found.questionnaire)
        for person, assignments in groupby(sorted(planned, key=lambda e: senders[e.id]), key=lambda e: senders[e.id]):
            rows = [row for each in assignments for row in _rows(each, published[questionnaire], simulator)]
            for start in range(0, len(rows), BATCH):
                receive(context, Sender(person), rows[start : start + BATCH])
            done += len(rows)
        progress(f"  {_grouped(done)} trên {_grouped(total)}")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _by_kind(planned: Planned) -> int:
    return ORDER.index(planned.questionnaire)


def _rows(planned: Planned, version: str, simulator: Simulator) -> Iterator[UploadedRow]:
    manner = manner_of(
        planned.questionnaire, planned.locality.level, leanings(planned.questionnaire, planned.locality.path)
    )
    for number in range(planned.answered):
        random = Random(f"{planned.id}/{number}")  # noqa: S311  simulated answers, no secret
        day = _day(random)
        answers = simulator.answers(manner, random, day)
        if random.random() < FLAWED:
            spoil(answers, random)
        yield _row(_body(planned, version, number, day, answers, random))


def _day(random: Random) -> str:
    first, due, last = (date.fromisoformat(each) for each in (STARTS_ON, DUE_ON, ENDS_ON))
    if random.random() < LATE:
        return (due + timedelta(days=random.randint(1, (last - due).days))).isoformat()
    return (first + timedelta(days=random.randint(0, (due - first).days))).isoformat()


def _body(
    planned: Planned, version: str, number: int, day: str, answers: dict[str, Any], random: Random
) -> dict[str, Any]:
    hour, minutes = random.randint(8, 16), random.randint(10, 55)
    return {
        "id": make_id("response", planned.id, number),
        "questionnaire": planned.questionnaire,
        "version": version,
        "round": ROUND,
        "locality": {"scheme": SCHEME, "level": planned.locality.level, "code": planned.locality.code},
        "assignment": planned.id,
        "visit": planned.visit,
        "supersedes": None,
        "started_at": f"{day}T{hour:02}:00:00+07:00",
        "completed_at": f"{day}T{hour:02}:{minutes:02}:00+07:00",
        "clock_offset_ms": random.randint(-4000, 4000),
        "answers": answers,
        "attachments": [],
        "paradata": {},
        "mode": "tablet" if planned.visit else "web",
        "simulated": True,
        "training": False,
    }


def _row(body: dict[str, Any]) -> UploadedRow:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return UploadedRow(body["id"], hashlib.sha256(text.encode()).hexdigest(), text)
