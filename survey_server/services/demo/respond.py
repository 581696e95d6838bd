"""The demo's responses: simulated answers to each planned assignment, received like those of a tablet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

from survey_server.questionnaire.simulate import Simulator
from survey_server.services.demo.manner import manner_of, spoil
from survey_server.services.demo.plan import (
    DUE_ON,
    ENDS_ON,
    ROUND,
    SCHEME,
    STARTS_ON,
    Plan,
    PlannedAssignment,
    leanings,
    make_id,
)
from survey_server.services.receiving import ReceivingContext, Sender, UploadedRow, receive
from survey_server.storage import Database

BATCH_SIZE = 200
LATE_SHARE = 0.05
FLAWED_SHARE = 0.02
ORDER = (
    "commune_visit", "visit_district", "visit_province", "cadre_interview", "resident_opinion", "self_review_commune",
    "self_review_district", "self_review_province",
)  # fmt: skip


def send_responses(
    database: Database,
    plan: Plan,
    published: dict[str, str],
    senders: dict[str, int],
    progress: Callable[[str], None],
) -> None:
    """Simulate the responses that the plan counts as answered, and receive them. `published`: questionnaire → version;
    `senders`: assignment → person."""
    context = ReceivingContext.of(database)
    total = sum(each.answered for each in plan.assignments)
    progress(f"Mô phỏng {_grouped(total)} phiếu …")
    done = 0
    in_order = sorted(plan.assignments, key=lambda each: ORDER.index(each.questionnaire))
    for questionnaire, planned in groupby(in_order, key=lambda each: each.questionnaire):
        found = context.versions.find(questionnaire, published[questionnaire])
        assert found is not None
        simulator = Simulator(found.questionnaire)
        for person, assignments in groupby(sorted(planned, key=lambda e: senders[e.id]), key=lambda e: senders[e.id]):
            rows = [row for each in assignments for row in _rows(each, published[questionnaire], simulator)]
            for start in range(0, len(rows), BATCH_SIZE):
                receive(context, Sender(person), rows[start : start + BATCH_SIZE])
            done += len(rows)
        progress(f"  {_grouped(done)} trên {_grouped(total)}")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _rows(planned: PlannedAssignment, version: str, simulator: Simulator) -> Iterator[UploadedRow]:
    manner = manner_of(
        planned.questionnaire, planned.locality.level, leanings(planned.questionnaire, planned.locality.path)
    )
    for number in range(planned.answered):
        random = Random(f"{planned.id}/{number}")  # noqa: S311  simulated answers, not a secret
        day = _day(random)
        answers = simulator.answers(manner, random, day)
        if random.random() < FLAWED_SHARE:
            spoil(answers, random)
        yield UploadedRow.from_body(_body(planned, version, number, day, answers, random))


def _day(random: Random) -> str:
    first, due, last = (date.fromisoformat(each) for each in (STARTS_ON, DUE_ON, ENDS_ON))
    if random.random() < LATE_SHARE:
        return (due + timedelta(days=random.randint(1, (last - due).days))).isoformat()
    return (first + timedelta(days=random.randint(0, (due - first).days))).isoformat()


def _body(
    planned: PlannedAssignment, version: str, number: int, day: str, answers: dict[str, Any], random: Random
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
