"""A small survey in a database: localities of two provinces, the example questionnaire, a round, a few people."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_server.clock import now_text
from survey_server.domain.people import NewPerson, Role
from survey_server.domain.rounds import NewAssignment, NewRound
from survey_server.services.import_localities import import_localities
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.services.receiving import Sender, UploadedRow
from survey_server.storage import localities, people, rounds
from survey_server.storage.database import Database
from tests.support.rows import prepare_once

EXAMPLE = Path(__file__).parents[2] / "questionnaires" / "examples" / "first_steps.yaml"
LOCALITIES = """level,code,parent_code,name,kind,lat,lon
province,01,,Thành phố Hà Nội,Thành phố,21.03,105.83
district,001,01,Quận Ba Đình,Quận,,
commune,00001,001,Phường Phúc Xá,Phường,,
commune,00004,001,Phường Trúc Bạch,Phường,,
province,79,,Thành phố Hồ Chí Minh,Thành phố,10.8,106.6
district,760,79,Quận 1,Quận,,
commune,26734,760,Phường Tân Định,Phường,,
"""

AGREE = """  agree:
    scale: nominal
    options:
      yes: {vi: Đồng ý, en: Agree}
      no: {vi: Không, en: No}
"""
CONSENT = """  - name: consent
    consent: true
    task: none
    title: {vi: Đồng ý, en: Consent}
    questions:
      - name: agreed
        type: select_one
        choices: agree
        required: true
        label: {vi: Ông/bà có đồng ý trả lời không, en: Do you agree to answer}
"""


@dataclass(frozen=True, slots=True)
class Field:
    round_id: int
    surveyor: int
    other: int
    assignment: str
    commune: int


def prepare_field(database: Database, folder: Path) -> Field:
    """Surveyor `surveyor` has the example to fill in at commune 00001, `other` at commune 26734.

    Hundreds of tests begin with it, so that a process prepares it once.
    """
    return prepare_once(database, "field", lambda: _prepared(database, folder))


def _prepared(database: Database, folder: Path) -> Field:
    path = folder / "localities.csv"
    path.write_text(LOCALITIES, encoding="utf-8")
    import_localities(database, path, "test", "2010-01-01")
    publish_questionnaire(database, EXAMPLE)
    return database.write(_add)


def add_round(connection: Any, code: str, name_vi: str, name_en: str) -> int:
    """A round of June 2012 in both provinces, without questionnaires; returns its id."""
    new = NewRound(
        code=code, name_vi=name_vi, name_en=name_en, scheme="test", starts_on="2012-06-01", ends_on="2012-06-30",
        due_on="2012-06-30",
    )  # fmt: skip
    round_id = rounds.add(connection, new)
    provinces = [localities.find(connection, "test", "province", code) for code in ("01", "79")]
    rounds.add_localities(connection, round_id, [each.id for each in provinces if each is not None])
    return round_id


def _add(connection: Any) -> Field:
    def person(account: str) -> int:
        return people.add(connection, NewPerson(account, account.title(), Role.SURVEYOR, None, None, False, now_text()))

    surveyor, other = person("surveyor"), person("other")
    round_id = add_round(connection, "r1", "Đợt một", "Round one")
    rounds.add_questionnaires(connection, round_id, [("first_steps", "1")])
    assigned = {surveyor: "00001", other: "26734"}
    rows = [
        NewAssignment(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, code)), round_id=round_id, questionnaire="first_steps", version="1",
            locality_id=_commune(connection, code), person_id=person_id, quantity=20, due_on="2012-06-30",
        )
        for person_id, code in assigned.items()
    ]  # fmt: skip
    rounds.add_assignments(connection, rows)
    return Field(round_id, surveyor, other, rows[0].id, _commune(connection, "00001"))


def field_of(database: Database) -> Field:
    """The survey that `prepare_field` prepared in this database."""
    with database.read() as connection:
        round_ = rounds.by_code(connection, "r1")
        surveyor, other = people.by_account(connection, "surveyor"), people.by_account(connection, "other")
        assert round_ is not None
        assert surveyor is not None
        assert other is not None
        assigned = rounds.assignments_of(connection, surveyor.id)[0]
    return Field(round_.id, surveyor.id, other.id, assigned.id, assigned.locality_id)


def variant_of_example(folder: Path, name: str, *, respondent: str = "organisation", evidence: str = "visit") -> Path:
    """Write a questionnaire like the example with another respondent or kind of evidence; returns its file."""
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", folder / "asked" / "frameworks", dirs_exist_ok=True)
    written = EXAMPLE.read_text(encoding="utf-8").replace("id: first_steps", f"id: {name}")
    written = written.replace("choices:\n", f"choices:\n{AGREE}", 1).replace("sections:\n", f"sections:\n{CONSENT}", 1)
    written = written.replace("evidence: visit", f"evidence: {evidence}")
    path = folder / "asked" / f"{name}.yaml"
    path.write_text(written.replace("respondent: organisation", f"respondent: {respondent}"), encoding="utf-8")
    return path


def assign_also(database: Database, field: Field, questionnaire: Path, quantity: int = 1) -> str:
    """Publish another questionnaire and assign it to the surveyor at the same commune; returns the assignment's id."""
    published = publish_questionnaire(database, questionnaire)
    id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, published.id))
    assigned = _assigned(field, id_, published.id, published.version, field.commune, quantity)

    def assign(connection: Any) -> None:
        rounds.add_questionnaires(connection, field.round_id, [(published.id, published.version)])
        rounds.add_assignments(connection, [assigned])

    database.write(assign)
    return id_


def assign_at(
    database: Database, field: Field, questionnaire: str, *communes: str, quantity: int = 1
) -> dict[str, str]:
    """Assign a questionnaire of the round, in version 1, to the surveyor at other communes; commune → assignment."""
    ids = {code: str(uuid.uuid5(uuid.NAMESPACE_OID, questionnaire + code)) for code in communes}

    def assign(connection: Any) -> None:
        rounds.add_assignments(
            connection,
            [_assigned(field, ids[code], questionnaire, "1", _commune(connection, code), quantity) for code in ids],
        )

    database.write(assign)
    return ids


def assign_to_committee(database: Database, field: Field, questionnaire: str, level: str, code: str) -> str:
    """Assign a questionnaire of the round, in version 1, to the surveyor at a province or district itself; returns the
    assignment's id."""
    id_ = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{questionnaire}:{level}:{code}"))

    def assign(connection: Any) -> None:
        place = localities.find(connection, "test", level, code)
        assert place is not None
        rounds.add_assignments(connection, [_assigned(field, id_, questionnaire, "1", place.id)])

    database.write(assign)
    return id_


def _assigned(
    field: Field, id_: str, questionnaire: str, version: str, locality_id: int, quantity: int = 1
) -> NewAssignment:
    return NewAssignment(
        id=id_, round_id=field.round_id, questionnaire=questionnaire, version=version, locality_id=locality_id,
        person_id=field.surveyor, quantity=quantity, due_on="2012-06-30",
    )  # fmt: skip


def _commune(connection: Any, code: str) -> int:
    found = localities.find(connection, "test", "commune", code)
    assert found is not None
    return found.id


def body(field: Field, **changed: Any) -> dict[str, Any]:
    """A finished response of the surveyor, with its parts changed."""
    return {
        "id": str(uuid.uuid4()),
        "questionnaire": "first_steps",
        "version": "1",
        "round": "r1",
        "locality": {"scheme": "test", "level": "commune", "code": "00001"},
        "assignment": field.assignment,
        "visit": None,
        "supersedes": None,
        "started_at": "2012-06-05T08:00:00+07:00",
        "completed_at": "2012-06-05T09:00:00+07:00",
        "clock_offset_ms": 0,
        "answers": {"party_change": "clear", "documents": [{"number": "62"}], "documents_total": 1},
        "attachments": [],
        "paradata": {},
        "mode": "tablet",
        "simulated": False,
        "training": False,
    } | changed


def row(written: dict[str, Any] | str) -> UploadedRow:
    text = written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
    id_ = json.loads(text)["id"] if text.startswith('{"id"') else str(uuid.uuid4())
    return UploadedRow(id_, hashlib.sha256(text.encode()).hexdigest(), text)


def surveyor_of(field: Field, **changed: Any) -> Sender:
    return Sender(field.surveyor, None, **changed)
