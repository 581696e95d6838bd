"""The demo: a round in twelve provinces, its people, and some three thousand simulated responses.

Everything is drawn from names, so a run that was cut off goes on where it stood and sends nothing twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any

from sqlalchemy import Connection, select

from survey_server.fieldwork.responses import Status
from survey_server.questionnaire.simulate import Simulator
from survey_server.services import demo_plan
from survey_server.services.demo_answers import manner_of, spoil
from survey_server.services.demo_plan import Plan, PlannedAssignment, make_plan, response_days
from survey_server.services.demo_round import add_round
from survey_server.services.find_questionnaire import find_questionnaire
from survey_server.services.import_localities import import_shipped_localities
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.services.receive_responses import Sender, UploadedRow, receive
from survey_server.settings import Settings
from survey_server.storage import localities, people
from survey_server.storage.database import Database
from survey_server.storage.tables import response

BATCH = 50
FLAWED = 0.02
_VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class _Sending:
    sender: Sender
    rows: list[UploadedRow]


def prepare_demo(database: Database, settings: Settings, progress: Callable[[str], None], scale: float = 1.0) -> None:
    """Prepare whatever of the demo is not there yet. `scale` below 1 makes a smaller one, for tests.

    Raises QuestionnaireError for a faulty questionnaire, ProblemError where something else stands under its names.
    """
    import_shipped_localities(database)
    for path in sorted(settings.questionnaires_dir.glob("*.yaml")):
        publish_questionnaire(database, path)
    progress("Lập đợt khảo sát thử: địa bàn, tài khoản, chuyến khảo sát …")
    plan = _plan(database, scale)
    add_round(database, plan)
    progress("Gửi các phiếu mô phỏng …")
    _send_all(database, plan, progress)


def _plan(database: Database, scale: float) -> Plan:
    places = []
    with database.read() as connection:
        for code in demo_plan.selected(scale):
            places += localities.within(connection, demo_plan.SCHEME, f"VN/{code}")
    return make_plan(places, scale)


def _send_all(database: Database, plan: Plan, progress: Callable[[str], None]) -> None:
    whole = sum(each.answered for each in plan.assignments)
    senders, known = _senders(database), _known(database)
    done = len(known)
    said = done
    for sending in _sendings(database, plan, senders, known):
        for receipt in receive(database, sending.sender, sending.rows):
            if receipt.status not in (Status.STORED, Status.DUPLICATE):
                raise RuntimeError(f"the demo's response {receipt.id} was {receipt.status}: {receipt.problems}")
        done += len(sending.rows)
        if done - said >= 500:
            said = done
            progress(f"  {_grouped(done)} trên {_grouped(whole)} phiếu")
    progress(f"Đợt khảo sát thử có {_grouped(done)} phiếu mô phỏng.")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _senders(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {person.account: person.id for person in people.everyone(connection)}


def _known(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(select(response.c.id).where(response.c.simulated)).scalars())


def _sendings(database: Database, plan: Plan, senders: dict[str, int], known: set[str]) -> Iterator[_Sending]:
    """What is still to be sent, a batch a sender at a time."""
    waiting: dict[str, list[UploadedRow]] = {}
    simulators: dict[str, Simulator] = {}
    visits = {visit.id: visit for visit in plan.visits}
    for assignment in plan.assignments:
        random = Random(f"days {assignment.id}")
        days = list(response_days(assignment, visits, random))
        if not days:
            continue
        simulator = simulators.get(assignment.questionnaire) or _simulator(database, assignment.questionnaire)
        simulators[assignment.questionnaire] = simulator
        rows = waiting.setdefault(assignment.sender, [])
        rows += [row for row in _rows(simulator, assignment, days) if row.id not in known]
        while len(rows) >= BATCH:
            yield _Sending(Sender(senders[assignment.sender]), rows[:BATCH])
            del rows[:BATCH]
    for account, rows in waiting.items():
        if rows:
            yield _Sending(Sender(senders[account]), rows)


def _simulator(database: Database, questionnaire: str) -> Simulator:
    found = find_questionnaire(database, questionnaire, demo_plan.VERSION)
    if found is None:
        raise RuntimeError(f"the demo needs the questionnaire {questionnaire} {demo_plan.VERSION}")
    return Simulator(found)


def _rows(simulator: Simulator, assignment: PlannedAssignment, days: Sequence[date]) -> Iterator[UploadedRow]:
    manner = manner_of(simulator.questionnaire, assignment.locality)
    for number, day in enumerate(days):
        id_ = demo_plan.demo_id("response", assignment.id, str(number))
        random = Random(id_)
        answers = simulator.answers(manner, random, day.isoformat())
        if random.random() < FLAWED:
            answers = spoil(answers, random)
        text = json.dumps(_body(id_, assignment, day, random, answers), ensure_ascii=False, separators=(",", ":"))
        yield UploadedRow(id_, hashlib.sha256(text.encode()).hexdigest(), text)


def _body(
    id_: str, assignment: PlannedAssignment, day: date, random: Random, answers: dict[str, Any]
) -> dict[str, Any]:
    done = datetime(day.year, day.month, day.day, random.randint(8, 16), random.randint(0, 59), tzinfo=_VIETNAM)
    locality = assignment.locality
    return {
        "id": id_,
        "questionnaire": assignment.questionnaire,
        "version": demo_plan.VERSION,
        "round": demo_plan.ROUND,
        "locality": {"scheme": locality.scheme, "level": locality.level, "code": locality.code},
        "assignment": assignment.id,
        "visit": assignment.visit,
        "supersedes": None,
        "started_at": (done - timedelta(minutes=random.randint(12, 55))).isoformat(),
        "completed_at": done.isoformat(),
        "clock_offset_ms": random.randint(-4000, 4000),
        "answers": answers,
        "attachments": [],
        "paradata": {},
        "mode": "tablet" if assignment.visit else "web",
        "simulated": True,
        "training": False,
    }
