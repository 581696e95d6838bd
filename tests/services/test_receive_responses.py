from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from survey_server.fieldwork.people import Person, Role
from survey_server.services.receive_responses import Sender, UploadedRow, receive
from survey_server.services.review_response import open_response
from survey_server.services.settle_quarantine import accept
from survey_server.settings import Settings
from survey_server.storage import localities, rounds
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import assignment, audit, changed_leaf, response, visit
from tests.support.field import EXAMPLE, Field, assign_also, body, prepare_field, row, surveyor_of


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


def send(database: Database, field: Field, *rows: UploadedRow, **sender: Any) -> list[str]:
    return [receipt.status.value for receipt in receive(database, surveyor_of(field, **sender), rows)]


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(response.c.state).order_by(response.c.seq)).scalars())


def count(database: Database, table: Any, *conditions: Any) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def test_a_good_response_is_stored_audited_and_marks_its_leaf(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field))) == ["stored"]
    assert states(database) == ["submitted"]
    assert count(database, audit, audit.c.action == "receive_response") == 1
    with database.read() as connection:
        leaf = connection.execute(select(changed_leaf)).mappings().one()
    assert (leaf["locality_id"], leaf["questionnaire"], leaf["state"]) == (field.commune, "first_steps", "submitted")


def test_the_same_bytes_again_are_a_duplicate(database: Database, field: Field) -> None:
    sent = row(body(field))
    assert send(database, field, sent, sent) == ["stored", "duplicate"]
    assert send(database, field, sent) == ["duplicate"]
    assert states(database) == ["submitted"]


def test_other_bytes_under_the_same_id_are_a_conflict_and_both_are_kept(database: Database, field: Field) -> None:
    first = body(field)
    assert send(database, field, row(first)) == ["stored"]
    other = first | {"answers": {"party_change": "none"}}
    assert send(database, field, row(other)) == ["conflict"]
    assert send(database, field, row(other)) == ["duplicate"]
    assert states(database) == ["submitted", "conflict"]


def test_a_correction_supersedes_and_a_second_one_is_a_conflict(database: Database, field: Field) -> None:
    first = body(field)
    second, third = body(field, supersedes=first["id"]), body(field, supersedes=first["id"])
    assert send(database, field, row(first)) == ["stored"]
    assert send(database, field, row(second)) == ["stored"]
    assert send(database, field, row(third)) == ["conflict"]
    assert states(database) == ["superseded", "submitted", "conflict"]


def test_a_correction_may_arrive_before_what_it_corrects(database: Database, field: Field) -> None:
    first = body(field)
    second = body(field, supersedes=first["id"])
    assert send(database, field, row(second), row(first)) == ["stored", "stored"]
    assert states(database) == ["submitted", "superseded"]


@pytest.mark.parametrize(
    "changed",
    [
        {"questionnaire": "unheard_of"},
        {"version": "9"},
        {"round": "r9"},
        {"locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": None},
        {"locality": {"scheme": "test", "level": "commune", "code": "99999"}},
        {"assignment": str(uuid.uuid4())},
    ],
)
def test_what_is_outside_the_work_is_quarantined(database: Database, field: Field, changed: dict[str, Any]) -> None:
    assert send(database, field, row(body(field, **changed))) == ["quarantined"]
    assert states(database) == ["quarantined"]
    assert count(database, changed_leaf) == 0


VISIT, ELSEWHERE, THEIRS = (str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in ("own", "elsewhere", "theirs"))


def plan_visits(database: Database, field: Field) -> None:
    """The surveyor goes to Hà Nội, and to Thành phố Hồ Chí Minh on another visit; `other` leads a third, to Hà Nội."""

    def plan(connection: Any) -> None:
        places = {code: localities.find(connection, "test", "province", code) for code in ("01", "79")}
        planned = [(VISIT, "01", field.surveyor), (ELSEWHERE, "79", field.surveyor), (THEIRS, "01", None)]
        days = {"starts_on": "2012-06-04", "ends_on": "2012-06-08"}
        rows = [
            {"id": id_, "round_id": field.round_id, "locality_id": place.id, "leader_id": field.other, **days}
            for id_, code, _ in planned
            if (place := places[code]) is not None
        ]
        rounds.add_visits(connection, rows)
        members = [{"visit_id": id_, "person_id": person} for id_, _, person in planned if person is not None]
        rounds.add_members(connection, members)

    database.write(plan)


def visit_of(database: Database) -> tuple[str | None, list[str]]:
    """The visit that the one response here belongs to, and the problems kept with it."""
    with database.read() as connection:
        kept = connection.execute(select(response.c.visit_id, response.c.problems)).one()
    return kept.visit_id, [problem["code"] for problem in json.loads(kept.problems)]


@pytest.mark.parametrize(
    ("named", "belongs", "problems"),
    [
        (None, None, []),
        (VISIT, VISIT, []),
        (THEIRS, None, ["visit_not_own"]),
        ("chuyến 7", None, ["visit_not_own"]),
        (ELSEWHERE, None, ["visit_elsewhere"]),
    ],
    ids=["none", "own", "another team's", "unknown", "elsewhere"],
)
@pytest.mark.parametrize("by_place", [True, False])
def test_a_response_enters_no_visit_but_the_senders(
    database: Database, field: Field, named: str | None, belongs: str | None, problems: list[str], by_place: bool
) -> None:
    """It is stored and counts all the same; whoever reads it sees what is wrong with the visit that it names."""
    plan_visits(database, field)
    sent = body(field, visit=named) | ({"assignment": None} if by_place else {})
    (receipt,) = receive(database, surveyor_of(field), [row(sent)])
    assert (receipt.status.value, [problem.code for problem in receipt.problems]) == ("stored", problems)
    assert visit_of(database) == (belongs, problems)
    assert send(database, field, row(sent)) == ["duplicate"]


def test_a_visit_of_another_round_is_noted(database: Database, field: Field) -> None:
    plan_visits(database, field)

    def move(connection: Any) -> None:
        with_code = {
            "code": "r2", "name_vi": "Đợt hai", "name_en": "Round two", "scheme": "test", "starts_on": "2012-07-01",
            "ends_on": "2012-07-31", "due_on": "2012-07-31", "simulated": False, "design": {},
        }  # fmt: skip
        later = rounds.add(connection, with_code)
        connection.execute(update(visit).where(visit.c.id == VISIT).values(round_id=later))

    database.write(move)
    assert send(database, field, row(body(field, visit=VISIT))) == ["stored"]
    assert visit_of(database) == (None, ["visit_elsewhere"])


@pytest.mark.parametrize(
    ("named", "problems"),
    [(None, []), (VISIT, []), (ELSEWHERE, ["visit_not_assigned"]), (THEIRS, ["visit_not_assigned"])],
)
def test_an_assignments_visit_stands(database: Database, field: Field, named: str | None, problems: list[str]) -> None:
    plan_visits(database, field)
    assign = update(assignment).where(assignment.c.id == field.assignment).values(visit_id=VISIT)
    database.write(lambda connection: connection.execute(assign))
    assert send(database, field, row(body(field, visit=named))) == ["stored"]
    assert visit_of(database) == (VISIT, problems)


def test_a_visit_planned_a_moment_ago_is_own_work(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field, visit=VISIT))) == ["stored"]
    plan_visits(database, field)
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, visit=VISIT))])
    assert receipt.problems == ()


def test_another_team_reads_nothing_by_a_visit_that_was_named(database: Database, field: Field) -> None:
    """Not when the response comes, and not when a person lets a held one count."""
    plan_visits(database, field)
    leader = Person(field.other, "other", "Other", Role.LEADER, None)
    stored, held, own = (body(field, visit=named) for named in (THEIRS, THEIRS, VISIT))
    receive(database, surveyor_of(field), [row(stored)])
    receive(database, surveyor_of(field, revoked=True), [row(held), row(own)])
    decider = Person(field.other, "central", "Central", Role.CENTRAL, None)
    with database.read() as connection:
        rows = connection.execute(select(response.c.seq, response.c.visit_id).order_by(response.c.seq)).all()
    assert [each.visit_id for each in rows] == [None, None, VISIT]
    for each in rows[1:]:
        accept(database, decider, each.seq)
    assert not open_response(database, leader, stored["id"])
    assert not open_response(database, leader, held["id"])
    assert open_response(database, leader, own["id"])


def test_a_revoked_device_s_upload_is_quarantined(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field)), revoked=True) == ["quarantined"]


def test_invalid_answers_are_stored_with_their_problems(database: Database, field: Field) -> None:
    sent = row(body(field, answers={"party_change": "splendid", "why_little": 3}))
    (receipt,) = receive(database, surveyor_of(field), [sent])
    assert receipt.status.value == "stored"
    assert {problem.code for problem in receipt.problems} >= {"unknown_choice", "wrong_kind", "not_relevant"}
    with database.read() as connection:
        kept = json.loads(connection.execute(select(response.c.problems)).scalar_one())
    assert [problem["code"] for problem in kept] == [problem.code for problem in receipt.problems]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"id": "x"}, "body_shape"),
        ({"answers": []}, "body_shape"),
        ({"completed_at": "yesterday"}, "body_shape"),
        ({"completed_at": "2012-06-05T09:00:00"}, "body_shape"),
        ({"locality": None}, "body_shape"),
        ({"mode": "pigeon"}, "body_shape"),
        ({"answers": {"a": [[[[[[[[[[[[[1]]]]]]]]]]]]]}}, "body_not_json"),
        ({"answers": {"party_change": "a\u0000"}}, "body_not_json"),
    ],
)
def test_what_cannot_be_identified_is_rejected(
    database: Database, field: Field, changed: dict[str, Any], code: str
) -> None:
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, **changed))])
    assert (receipt.status.value, receipt.problems[0].code) == ("rejected", code)
    assert states(database) == []


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"id": NaN}', '{"id": 1, "id": 2}', "[" * 100_000])
def test_broken_bodies_are_rejected_each_for_itself(database: Database, field: Field, text: str) -> None:
    assert send(database, field, row(text), row(body(field))) == ["rejected", "stored"]


def test_a_wrong_digest_is_rejected(database: Database, field: Field) -> None:
    wrong = dataclasses.replace(row(body(field)), sha256="0" * 64)
    (receipt,) = receive(database, surveyor_of(field), [wrong])
    assert receipt.problems[0].code == "digest_wrong"


def test_training_is_kept_and_never_counted(database: Database, field: Field) -> None:
    assert send(database, field, row(body(field, training=True))) == ["stored"]
    assert count(database, changed_leaf) == 0


def test_another_person_may_not_correct_a_response(database: Database, field: Field) -> None:
    first = body(field)
    send(database, field, row(first))
    changed = body(
        field, supersedes=first["id"], assignment=None, locality={"scheme": "test", "level": "commune", "code": "26734"}
    )
    (receipt,) = receive(database, Sender(field.other), [row(changed)])
    assert receipt.status.value == "conflict"
    assert states(database) == ["submitted", "conflict"]


@pytest.mark.parametrize(
    "answers", [{"party_change": "\ud800"}, {"\ud800": 1}, {"party_change": "a\0b"}, {"documents_total": 1e999}]
)
def test_what_no_database_keeps_is_rejected_and_fails_no_other(
    database: Database, field: Field, answers: dict[str, Any]
) -> None:
    text = json.dumps(body(field, answers=answers)).replace("Infinity", "1e999")
    assert send(database, field, row(text), row(body(field))) == ["rejected", "stored"]


def test_a_backslash_before_u0000_is_text_like_any_other(database: Database, field: Field) -> None:
    assert send(database, field, row(json.dumps(body(field, answers={"party_change": "\\u0000"})))) == ["stored"]


def test_an_id_and_a_digest_mean_the_same_in_capitals(database: Database, field: Field) -> None:
    written = body(field)
    sent = row(written)
    capital = dataclasses.replace(sent, id=sent.id and sent.id.upper(), sha256=sent.sha256 and sent.sha256.upper())
    assert send(database, field, sent) == ["stored"]
    (receipt,) = receive(database, surveyor_of(field), [capital])
    assert (receipt.status, receipt.id, receipt.sha256) == ("duplicate", capital.id, capital.sha256)
    assert send(database, field, row(written | {"id": written["id"].upper()})) == ["conflict"]


@pytest.mark.parametrize(
    "when",
    [
        "2012-06-05", "2012-06-05T09:00:00", "2012-W23-2T09:00:00+07:00", "2012-06-05T09:00:00+0700",
        "2012-06-05 09:00:00+07:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
        "2012-02-30T09:00:00Z", "2012-06-05T09:00:00+07:00:30", 5,
    ],
)  # fmt: skip
def test_instants_are_rfc_3339_of_our_time(database: Database, field: Field, when: object) -> None:
    assert send(database, field, row(body(field, completed_at=when))) == ["rejected"]


@pytest.mark.parametrize("when", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00.123456789+07:00", None])
def test_a_clock_may_be_wrong_by_decades(database: Database, field: Field, when: object) -> None:
    assert send(database, field, row(body(field, completed_at=when))) == ["stored"]


@pytest.mark.parametrize("changed", [{"attachments": "x"}, {"attachments": [{"sha256": "a"}]}, {"paradata": 5}])
def test_a_body_of_another_shape_is_rejected(database: Database, field: Field, changed: dict[str, Any]) -> None:
    (receipt,) = receive(database, surveyor_of(field), [row(body(field, **changed))])
    assert receipt.problems[0].code == "body_shape"


def test_what_was_assigned_a_moment_ago_is_own_work(database: Database, field: Field, tmp_path: Path) -> None:
    assert send(database, field, row(body(field))) == ["stored"]
    assert send(database, field, row(of_second_steps(database, field, tmp_path))) == ["stored"]


def test_training_takes_no_response_out_of_the_results(database: Database, field: Field) -> None:
    real = body(field)
    trained = body(field, training=True, supersedes=real["id"])
    assert send(database, field, row(real)) == ["stored"]
    assert send(database, field, row(trained)) == ["conflict"]
    assert states(database) == ["submitted", "conflict"]


def test_training_sent_ahead_takes_no_response_out_of_the_results(database: Database, field: Field) -> None:
    real = body(field)
    assert send(database, field, row(body(field, training=True, supersedes=real["id"]))) == ["stored"]
    assert send(database, field, row(real)) == ["stored"]
    assert states(database) == ["submitted", "submitted"]


def of_second_steps(database: Database, field: Field, folder: Path, **changed: Any) -> dict[str, Any]:
    """A response to another questionnaire of the same person at the same commune."""
    copied = folder / "new" / "second_steps.yaml"
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", copied.parent / "frameworks")
    source = EXAMPLE.read_text(encoding="utf-8").replace("id: first_steps", "id: second_steps")
    copied.write_text(source, encoding="utf-8")
    assigned = assign_also(database, field, copied)
    return body(field, questionnaire="second_steps", assignment=assigned, **changed)


def problems_of(database: Database, field: Field, sent: UploadedRow, **sender: Any) -> list[str]:
    (receipt,) = receive(database, surveyor_of(field, **sender), [sent])
    return [problem.code for problem in receipt.problems]


def test_a_correction_by_another_questionnaire_is_a_conflict(database: Database, field: Field, tmp_path: Path) -> None:
    real = body(field)
    other = of_second_steps(database, field, tmp_path, supersedes=real["id"])
    assert send(database, field, row(real)) == ["stored"]
    assert problems_of(database, field, row(other)) == ["other_subject"]
    assert states(database) == ["submitted", "conflict"]


def test_another_questionnaire_sent_ahead_or_together_takes_nothing_out(
    database: Database, field: Field, tmp_path: Path
) -> None:
    real, second = body(field), body(field)
    ahead = of_second_steps(database, field, tmp_path, supersedes=real["id"])
    together = ahead | {"id": str(uuid.uuid4()), "supersedes": second["id"]}
    assert send(database, field, row(ahead)) == ["stored"]
    assert send(database, field, row(real), row(second), row(together)) == ["stored", "stored", "conflict"]
    assert states(database) == ["submitted", "submitted", "submitted", "conflict"]


@pytest.mark.parametrize("elsewhere", ["locality", "round"])
def test_a_correction_of_another_place_or_round_is_a_conflict(database: Database, field: Field, elsewhere: str) -> None:
    def assign(connection: Any) -> str:
        known = rounds.find_assignment(connection, field.assignment)
        commune = localities.find(connection, "test", "commune", "00004")
        assert known is not None
        assert commune is not None
        values = {
            "code": "r2", "name_vi": "Đợt hai", "name_en": "Round two", "scheme": "test", "starts_on": "2012-07-01",
            "ends_on": "2012-07-31", "due_on": "2012-07-31", "simulated": False, "design": {},
        }  # fmt: skip
        added = {
            "id": str(uuid.uuid4()), "questionnaire": "first_steps", "version": "1", "visit_id": None, "quantity": 1,
            "person_id": field.surveyor, "due_on": "2012-07-31",
            "round_id": rounds.add(connection, values) if elsewhere == "round" else field.round_id,
            "locality_id": commune.id if elsewhere == "locality" else field.commune,
        }  # fmt: skip
        rounds.add_assignments(connection, [added])
        return str(added["id"])

    real = body(field)
    changed = {"locality": {"scheme": "test", "level": "commune", "code": "00004"}, "round": "r2"}
    other = body(field, supersedes=real["id"], assignment=database.write(assign), **{elsewhere: changed[elsewhere]})
    assert send(database, field, row(real)) == ["stored"]
    assert problems_of(database, field, row(other)) == ["other_subject"]
    assert states(database) == ["submitted", "conflict"]


def test_another_version_of_the_questionnaire_may_correct(database: Database, field: Field, tmp_path: Path) -> None:
    copied = tmp_path / "new" / "first_steps.yaml"
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", copied.parent / "frameworks")
    copied.write_text(EXAMPLE.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"'), encoding="utf-8")
    real = body(field)
    newer = body(field, supersedes=real["id"], version="2", assignment=assign_also(database, field, copied))
    assert send(database, field, row(real), row(newer)) == ["stored", "stored"]
    assert states(database) == ["superseded", "submitted"]


def test_a_revoked_device_is_not_told_that_what_counts_is_held(database: Database, field: Field) -> None:
    counts, held = row(body(field)), row(body(field))
    assert send(database, field, counts) == ["stored"]
    assert problems_of(database, field, counts, revoked=True) == []
    assert problems_of(database, field, held, revoked=True) == ["from_revoked_device"]
    assert problems_of(database, field, held, revoked=True) == ["from_revoked_device"]
    assert states(database) == ["submitted", "quarantined"]


def test_other_bytes_of_a_revoked_device_are_quarantined_like_all_it_uploads(database: Database, field: Field) -> None:
    first = body(field)
    other = row(first | {"answers": {"party_change": "none"}})
    assert send(database, field, row(first)) == ["stored"]
    (receipt,) = receive(database, surveyor_of(field, revoked=True), [other])
    assert receipt.status.value == "quarantined"
    assert [problem.code for problem in receipt.problems] == ["from_revoked_device", "other_bytes"]
    assert states(database) == ["submitted", "quarantined"]


def test_nobody_takes_out_ahead_what_somebody_else_will_send(database: Database, field: Field) -> None:
    mine = body(field)
    elsewhere = {"scheme": "test", "level": "commune", "code": "26734"}
    theirs = body(field, supersedes=mine["id"], assignment=None, locality=elsewhere)
    receive(database, Sender(field.other), [row(theirs)])
    assert send(database, field, row(mine), row(body(field, supersedes=mine["id"]))) == ["stored", "stored"]
    assert states(database) == ["submitted", "superseded", "submitted"]


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
@pytest.mark.parametrize("together", [True, False])
def test_of_three_revisions_the_last_counts_in_whatever_order_they_come(
    database: Database, field: Field, order: str, together: bool
) -> None:
    a = body(field)
    b = body(field, supersedes=a["id"])
    written = {"a": a, "b": b, "c": body(field, supersedes=b["id"])}
    rows = [row(written[name]) for name in order]
    for batch in [rows] if together else [[each] for each in rows]:
        assert set(send(database, field, *batch)) == {"stored"}
    assert dict(zip(order, states(database), strict=True)) == {"a": "superseded", "b": "superseded", "c": "submitted"}


def test_a_response_corrects_neither_itself_nor_in_a_circle(database: Database, field: Field) -> None:
    one, other = body(field), body(field)
    assert send(database, field, row(one | {"supersedes": one["id"]})) == ["rejected"]
    circle = (row(one | {"supersedes": other["id"]}), row(other | {"supersedes": one["id"]}))
    assert send(database, field, *circle) == ["stored", "conflict"]
    assert states(database) == ["submitted", "conflict"]


def test_what_is_held_or_withdrawn_is_not_corrected_behind_the_deciders_back(database: Database, field: Field) -> None:
    first = body(field)
    second, third = body(field, supersedes=first["id"]), body(field, supersedes=first["id"])
    assert send(database, field, row(first), row(second), row(third)) == ["stored", "stored", "conflict"]
    assert send(database, field, row(body(field, supersedes=third["id"]))) == ["conflict"]
    assert states(database) == ["superseded", "submitted", "conflict", "conflict"]


def test_receipts_tell_problems_in_the_language_asked_for(database: Database, field: Field) -> None:
    wrong = dataclasses.replace(row(body(field)), sha256="0" * 64)
    bad = row(body(field, answers={"unheard_of": 1}))
    broken = UploadedRow(str(uuid.uuid4()), hashlib.sha256(b"{").hexdigest(), "{")
    told = receive(database, surveyor_of(field), [wrong, bad, broken], "en")
    assert told[0].problems[0].message.startswith("The SHA-256")
    assert all(problem.message.isascii() for receipt in told for problem in receipt.problems)
    (in_vietnamese,) = receive(database, surveyor_of(field), [broken])
    assert in_vietnamese.problems[0].message == "Nội dung phiếu không phải JSON hợp lệ: sai cú pháp ở dòng 1, cột 2."


def test_the_same_response_from_eight_threads_at_once_is_stored_once(database: Database, field: Field) -> None:
    sent = row(body(field))
    with ThreadPoolExecutor(8) as threads:
        found = [each.result() for each in [threads.submit(send, database, field, sent) for _ in range(8)]]
    assert sorted(found) == [["duplicate"]] * 7 + [["stored"]]
    assert states(database) == ["submitted"]


@pytest.mark.parametrize("nodes", [1, 2])
def test_of_two_revisions_at_once_one_is_a_conflict_on_whatever_node(
    database: Database, settings: Settings, field: Field, nodes: int
) -> None:
    other = open_database(dataclasses.replace(settings, database_url=database.engine.url.render_as_string(False)))
    try:
        for _ in range(10):
            first = body(field)
            send(database, field, row(first))
            two = [row(body(field, supersedes=first["id"])) for _ in range(2)]
            chosen = (database, other if nodes == 2 else database)
            with ThreadPoolExecutor(2) as threads:
                found = [threads.submit(send, each, field, sent) for each, sent in zip(chosen, two, strict=True)]
                assert sorted(each.result()[0] for each in found) == ["conflict", "stored"]
    finally:
        other.close()
