"""Exports: the dataset gives the same tally, rights and areas are obeyed, no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from analysis.dataset import FILES, DatasetError, load_dataset, tally_dataset
from survey_server.clock import now_text
from survey_server.domain.people import NewPerson, Role
from survey_server.pipeline.charts_folder import publish_folder
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round
from survey_server.pipeline.round_tally import read_round_tally
from survey_server.problems import ProblemError
from survey_server.services.pseudonyms import Pseudonyms
from survey_server.services.receiving import Sender
from survey_server.settings import Settings
from survey_server.storage import localities, people, response_changes
from survey_server.storage.database import Database
from survey_server.storage.tables import audit
from tests.support.field import EXAMPLE, Field, assign_also, body, prepare_field, row, surveyor_of, variant_of_example
from tests.support.interviews import DISTRICT, FAR, HERE, NEAR, prepare_interviews
from tests.support.receiving import receive

ANSWERS = {
    "party_change": "little",
    "why_little": '=HYPERLINK("http://x.invalid","bấm")',
    "documents": [{"number": "+62", "pages": 3}, {"number": "@63"}],
    "figures": {"meetings": {"y2011": {"value": 12, "estimated": True}, "h2012": {"value": 5.5, "estimated": False}}},
}


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    made = prepare_field(database, tmp_path)
    send_examples(database, made)
    return made


def send_examples(database: Database, made: Field) -> None:
    """Three that count, a training and one of an unknown version."""
    answers = [ANSWERS, {"party_change": "dont_know"}, {"party_change": "clear", "documents": []}]
    written = [body(made, answers=each) for each in answers]
    receive(database, surveyor_of(made), [row(each) for each in written])
    receive(database, surveyor_of(made), [row(body(made, training=True)), row(body(made, version="9"))])


def account(database: Database, name: str, role: Role, area: tuple[str, str] | None = None) -> str:
    def add(connection: Any) -> None:
        place = localities.find(connection, "test", *area) if area is not None else None
        area_id = place.id if place is not None else None
        people.add(connection, NewPerson(name, name, role, area_id, None, False, now_text()))

    database.write(add)
    return name


def exported(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_response_is_late_in_the_file_by_the_day_it_was_completed(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    days = ["2012-06-30T23:59:00+07:00", "2012-07-01T00:01:00+07:00"]
    written = [body(field, completed_at=day) for day in days]
    receive(database, surveyor_of(field), [row(each) for each in written])
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    rows = {each["id"]: each for each in exported(folder, "responses.csv")}
    assert [rows[each["id"]]["late"] for each in written] == ["False", "True"]


def test_the_dataset_gives_the_tally_of_the_charts(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    context = read_round_context(database, settings, "r1")
    assert context is not None
    count_waiting(database)
    charts = read_round_tally(database, context)
    dataset = load_dataset(export_round(database, settings, "r1", "zip", tmp_path / "out"))
    from_dataset = tally_dataset(dataset)
    assert {leaf: tally.moments for leaf, tally in from_dataset.leaves.items()} == {
        leaf: tally.moments for leaf, tally in charts.leaves.items()
    }
    assert from_dataset.at("VN", "first_steps").n == charts.at("VN", "first_steps").n == 3


@pytest.mark.slow
def test_exports_neither_count_nor_wait_for_the_publisher(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    """Responses are exported that no chart has yet; the folder of charts has what was counted."""
    count_waiting(database)
    receive(database, surveyor_of(field), [row(body(field)), row(body(field))])
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    assert len(exported(folder, "responses.csv")) == 5
    publish_folder(database, settings, "r1", tmp_path / "charts")
    with database.read() as connection:
        waiting = response_changes.of_round(connection, field.round_id)
    assert [each.sign for each in waiting] == [1, 1]


def test_labels_are_written_with_codes_and_formulas_as_texts(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    lines = exported(folder, "labelled.csv")
    rated = next(each for each in lines if each["value"] == "little")
    assert (rated["question_label"], rated["value_label"]) == (
        "Nhận thức của cấp ủy về vai trò của Mặt trận",
        "Ít chuyển biến",
    )
    assert {each["row"] for each in lines if each["flag"] == "estimated"} == {"meetings/y2011"}
    cell = next(each for each in lines if each["flag"] == "estimated")
    assert (cell["row"], cell["row_label"], cell["value"]) == ("meetings/y2011", "Cuộc họp / 2011", "12")
    every = [
        value for name in ("answers.csv", "labelled.csv") for each in exported(folder, name) for value in each.values()
    ]
    assert not [value for value in every if value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {"'+62", "'@63"} <= set(every)
    assert any(each["flag"] == "not_asked" and each["question"] == "why_little" for each in lines)


def test_the_envelope_is_exported_with_pseudonyms_of_who_sent_it(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    first = body(field, clock_offset_ms=-1500)
    receive(database, surveyor_of(field), [row(first), row(body(field, supersedes=first["id"], clock_offset_ms=250))])
    elsewhere = {"scheme": "test", "level": "commune", "code": "26734"}
    by_other = row(body(field, locality=elsewhere, assignment=None))
    assert [each.status.value for each in receive(database, Sender(field.other), [by_other])] == ["stored"]
    rows = exported(export_round(database, settings, "r1", "csv", tmp_path / "out"), "responses.csv")
    correction = next(each for each in rows if each["supersedes"])
    assert correction["supersedes"] == first["id"]
    assert (correction["assignment"], correction["visit"]) == (field.assignment, "")
    assert (correction["clock_offset_ms"], correction["training"]) == ("250", "False")
    assert {each["device"] for each in rows} == {""}
    senders = {each["interviewer"] for each in rows if each["id"] != by_other.id}
    assert len(senders) == 1
    assert {each["interviewer"] for each in rows} - senders
    again = exported(export_round(database, settings, "r1", "csv", tmp_path / "again"), "responses.csv")
    assert {each["interviewer"] for each in again} == {each["interviewer"] for each in rows}


def test_a_pseudonym_depends_on_the_secret_the_round_and_the_kind() -> None:
    secret, other = "s" * 40, "t" * 40
    known = Pseudonyms(secret, "r1")
    assert known.interviewer(7) == Pseudonyms(secret, "r1").interviewer(7) != ""
    others = [
        Pseudonyms(other, "r1").interviewer(7), Pseudonyms(secret, "r2").interviewer(7), known.interviewer(8),
        known.device("7"),
    ]  # fmt: skip
    assert known.interviewer(7) not in others
    assert len({*others}) == 4
    assert (known.interviewer(None), known.device(None)) == ("", "")


def test_questionnaires_of_two_frameworks_are_refused(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", tmp_path / "frameworks")
    framework = tmp_path / "frameworks" / "example.yaml"
    framework.with_name("other.yaml").write_text(
        framework.read_text(encoding="utf-8").replace("id: example", "id: other"), encoding="utf-8"
    )
    source = EXAMPLE.read_text(encoding="utf-8").replace("id: first_steps", "id: second_steps")
    path = tmp_path / "second_steps.yaml"
    path.write_text(source.replace("framework: example", "framework: other"), encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        assign_also(database, field, path)
    assert refused.value.problem.code == "two_frameworks"
    assert "example, other" in refused.value.problem.text("vi")
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    codebook = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))
    codebook["questionnaires"].append(codebook["questionnaires"][0] | {"version": "2", "framework": "other"})
    (folder / "codebook.json").write_text(json.dumps(codebook), encoding="utf-8")
    with pytest.raises(DatasetError, match="one framework"):
        load_dataset(folder)


def test_the_files_have_the_columns_that_were_promised(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    count_waiting(database)
    with zipfile.ZipFile(export_round(database, settings, "r1", "zip", tmp_path / "out")) as archive:
        files = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    assert set(files) >= {*FILES}
    responses = list(csv.DictReader(files["responses.csv"].splitlines()))
    assert {"id", "questionnaire", "version", "state", "weight", "stratum", "cluster", "locality"} <= set(responses[0])
    answers = list(csv.DictReader(io.StringIO(files["answers.csv"], newline="")))
    assert {"response", "question", "row", "value"} <= set(answers[0])
    assert {float(each["weight"]) for each in responses} == {1.0}
    cut = json.loads(files["cut.json"])
    assert (cut["revision"] >= 1, len(cut["hash"])) == (True, 64)
    assert not any(text.startswith("\ufeff") for text in files.values())
    again = export_round(database, settings, "r1", "zip", tmp_path / "again")
    assert json.loads(zipfile.ZipFile(again).read("cut.json"))["hash"] == cut["hash"]


def test_a_text_comes_back_as_it_was_written(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    dataset = load_dataset(export_round(database, settings, "r1", "zip", tmp_path / "out"))
    assert set(dataset.answers["value"]) >= {str(ANSWERS["why_little"]), "+62", "@63"}


def test_files_for_people_begin_with_a_byte_order_mark_and_load_too(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in folder.glob("*.csv"))
    assert len(load_dataset(folder).responses) == 3


def damaged(good: Path, how: str) -> Path:
    target = good.with_name("damaged.zip")
    content = good.read_bytes()
    if how in ("truncated", "no zip"):
        target.write_bytes(content[: len(content) // 2] if how == "truncated" else b"PK, but no zip")
        return target
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(target, "w") as written:
        for name in archive.namelist():
            text = archive.read(name)
            if (name, how) == ("cut.json", "without a file"):
                continue
            replaced = {("round.json", "foreign json"): b"[1]", ("answers.csv", "foreign table"): b"a,b\r\n1,2\r\n"}
            written.writestr(name, replaced.get((name, how), text))
    return target


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ("truncated", "not a zip file"), ("no zip", "not a zip file"), ("without a file", "cut.json is missing"),
        ("foreign json", "not those of a round"), ("foreign table", "answers.csv has no column response"),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_a_dataset_is_refused_with_a_reason(
    database: Database, settings: Settings, field: Field, tmp_path: Path, how: str, named: str
) -> None:
    good = export_round(database, settings, "r1", "zip", tmp_path / "out")
    with pytest.raises(DatasetError, match=named):
        load_dataset(damaged(good, how))


def test_it_is_recorded_who_exported(database: Database, settings: Settings, field: Field, tmp_path: Path) -> None:
    export_round(database, settings, "r1", "csv", tmp_path / "out")
    with database.read() as connection:
        counted = connection.execute(select(func.count()).select_from(audit).where(audit.c.action == "export"))
        assert counted.scalar_one() == 1


@pytest.mark.slow
def test_a_coordinator_gets_the_own_area_and_no_opinions(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    made = prepare_field(database, tmp_path)
    _ask_also(database, made, tmp_path, "residents", respondent="resident")
    _ask_also(database, made, tmp_path, "reviews", evidence="self_review")
    send_examples(database, made)
    wanted = {
        account(database, "central", Role.CENTRAL): {"first_steps": 3, "residents": 1, "reviews": 1},
        account(database, "hanoi", Role.COORDINATOR, ("province", "01")): {"reviews": 1},
        account(database, "saigon", Role.COORDINATOR, ("province", "79")): {},
        account(database, "lost", Role.COORDINATOR): {},
    }
    for who, expected in wanted.items():
        with zipfile.ZipFile(export_round(database, settings, "r1", "zip", tmp_path / who, who)) as archive:
            responses = archive.read("responses.csv").decode()
            answers = archive.read("answers.csv").decode()
        found = [each["questionnaire"] for each in csv.DictReader(responses.splitlines())]
        assert {name: found.count(name) for name in found} == expected, who
        assert bool(expected) == (len(answers.splitlines()) > 1)


def files_of(database: Database, settings: Settings, folder: Path, who: str) -> dict[str, bytes]:
    """The files of a person's export, without the time at which it was made."""
    with zipfile.ZipFile(export_round(database, settings, "r1", "zip", folder, who)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    cut = json.loads(found["cut.json"])
    assert cut.pop("time")
    return found | {"cut.json": json.dumps(cut).encode()}


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.CENTRAL, Role.ANALYST, Role.COORDINATOR])
def test_an_export_for_an_area_tells_nothing_of_what_others_send(
    database: Database, settings: Settings, tmp_path: Path, role: Role
) -> None:
    """Ten of the own commune and the next are published together, in a cohort of the district."""
    interviews = prepare_interviews(database, settings, tmp_path)
    who = account(database, "own", role, ("commune", HERE))
    own = interviews.send(HERE, 6)
    interviews.publish()
    before = files_of(database, settings, tmp_path / "before", who)
    interviews.send(NEAR, 6)
    interviews.send(FAR, 12)
    receive(database, surveyor_of(interviews.field), [row(body(interviews.field, training=True))])
    interviews.publish()
    assert interviews.sizes()[DISTRICT] == 12
    assert files_of(database, settings, tmp_path / "after", who) == before
    is_shown = role is not Role.COORDINATOR
    assert all((each.encode() in before["responses.csv"]) == is_shown for each in own)


@pytest.mark.parametrize("role", [Role.SURVEYOR, Role.LEADER, Role.ADMIN, Role.NONE])
def test_others_may_not_export(
    database: Database, settings: Settings, field: Field, tmp_path: Path, role: Role
) -> None:
    who = account(database, f"a-{role.value}", role)
    with pytest.raises(ProblemError) as refused:
        export_round(database, settings, "r1", "zip", tmp_path / "out", who)
    assert refused.value.problem.code == "may_not_export"
    assert not (tmp_path / "out").exists()


def test_an_unknown_round_is_a_problem(database: Database, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ProblemError):
        export_round(database, settings, "r9", "zip", tmp_path / "out")


@pytest.mark.slow
def test_the_folder_needs_no_server(sqlite_database: Database, settings: Settings, tmp_path: Path) -> None:
    made = prepare_field(sqlite_database, tmp_path)
    receive(sqlite_database, surveyor_of(made), [row(body(made))])
    index = publish_folder(sqlite_database, settings, "r1", tmp_path / "folder")
    page = index.read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org/", "")
    manifests = list((tmp_path / "folder").rglob("manifest.json"))
    assert manifests
    for path in manifests:
        for chart in json.loads(path.read_text(encoding="utf-8"))["charts"]:
            for form in ("svg", "png", "csv"):
                assert (path.parent / chart[form]).exists() or (tmp_path / "folder" / chart[form]).exists()


def _ask_also(
    database: Database, field: Field, folder: Path, name: str, *, respondent: str = "organisation",
    evidence: str = "visit",
) -> None:  # fmt: skip
    """A questionnaire like the example, asked of others or in another way, with one answer."""
    path = variant_of_example(folder, name, respondent=respondent, evidence=evidence)
    assigned = assign_also(database, field, path)
    answers = {"agreed": "yes", "party_change": "some"}
    sent = body(field, questionnaire=name, assignment=assigned, answers=answers)
    receipt = receive(database, surveyor_of(field), [row(sent)])[0]
    assert receipt.status.value == "stored"
