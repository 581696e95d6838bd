"""The wide tables of an export: a row a response, typed columns, no answer that turns into another."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings as rules, strategies as st

from analysis.dataset import counted_responses, load_dataset
from survey_server.domain import State
from survey_server.domain.people import Role
from survey_server.domain.rounds import NewAssignment
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round, round_export, snapshot
from survey_server.pipeline.export.answer_lines import ANSWER_COLUMNS, compile_answers
from survey_server.pipeline.export.columns import CSV_CELLS
from survey_server.pipeline.export.table_files import CsvFile
from survey_server.problems import ProblemError
from survey_server.questionnaire.load import load_questionnaire
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, response_changes, responses, rounds
from survey_server.storage.database import Database
from tests.pipeline.test_export import account, exported
from tests.support.field import EXAMPLE, Field, assign_also, body, prepare_field, row, surveyor_of, variant_of_example
from tests.support.interviews import HERE, PLACES, prepare_interviews
from tests.support.receiving import receive

SOURCE = """id: everything
version: "1"
title: {vi: Mọi loại câu hỏi, en: Everything}
respondent: organisation
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
choices:
  change:
    options:
      "1": {vi: Có, en: Some}
      "2": {vi: =1+1, en: None}
    missing:
      "98": {vi: Không biết, en: Don't know}
sections:
  - name: main
    task: none
    title: {vi: Nội dung, en: Content}
    questions:
      - {name: rated, type: select_one, choices: change, label: {vi: Chuyển biến, en: Change}}
      - {name: why, type: text, relevant: "${rated} = '2'", label: {vi: Vì sao, en: Why}}
      - {name: ticked, type: select_multiple, choices: change, label: {vi: Đã chọn, en: Ticked}}
      - name: staff
        type: integer
        label: {vi: Số cán bộ, en: Staff}
        missing: {"98": {vi: Không theo dõi, en: Not tracked}}
      - {name: share, type: decimal, label: {vi: Tỷ lệ, en: Share}}
      - {name: held, type: date, label: {vi: Ngày họp, en: Held on}}
      - {name: opened, type: datetime, label: {vi: Lúc mở, en: Opened}}
      - name: figures
        type: number_table
        label: {vi: Số liệu, en: Figures}
        rows: {"1": {vi: Nhà, en: Houses}}
        periods: {"1": {vi: Năm 2011, en: "2011"}, "2": {vi: Năm 2012, en: "2012"}}
        missing: {"98": {vi: Không phát sinh, en: None arose}}
      - name: documents
        type: repeat
        label: {vi: Văn bản, en: Documents}
        questions:
          - {name: number, type: text, label: {vi: Số, en: Number}}
          - {name: pages, type: integer, label: {vi: Số trang, en: Pages}}
      - {name: twice, type: calculate, calculation: "${share} * 2", label: {vi: Gấp đôi, en: Twice}}
"""
FULL: dict[str, Any] = {
    "rated": "2",
    "why": ";=1+1",
    "ticked": ["1"],
    "staff": 98,
    "share": 12.0,
    "held": "2012-06-05",
    "opened": "2012-06-05T08:30",
    "figures": {"1": {"1": {"value": 98, "estimated": True}, "2": "98"}},
    "documents": [{"number": "=2", "pages": 3}, {"pages": 4}],
}
CODES: dict[str, Any] = {"rated": "98", "ticked": ["98"], "staff": "98", "figures": {"1": {"1": 7}}}
NONE: dict[str, Any] = {"rated": "1", "ticked": [], "documents": []}


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    made = prepare_field(database, tmp_path)
    return dataclasses.replace(made, assignment=assign_also(database, made, written(tmp_path, SOURCE)))


def written(folder: Path, source: str) -> Path:
    (folder / "asked").mkdir(exist_ok=True)
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", folder / "asked" / "frameworks", dirs_exist_ok=True)
    path = folder / "asked" / "everything.yaml"
    path.write_text(source, encoding="utf-8")
    return path


def send(database: Database, field: Field, answers: dict[str, Any], **also: Any) -> str:
    sent = body(field, questionnaire="everything", assignment=field.assignment, answers=answers, **also)
    (receipt,) = receive(database, surveyor_of(field), [row(sent)])
    assert receipt.status.value == "stored"
    return str(sent["id"])


def wide(database: Database, settings: Settings, out: Path) -> dict[str, dict[str, str]]:
    folder = export_round(database, settings, "r1", "csv", out, chosen="wide")
    return {each["id"]: each for each in exported(folder, "everything.csv")}


def test_each_value_has_a_column_and_each_code_its_label(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    id_ = send(database, field, FULL)
    found = wide(database, settings, tmp_path / "out")[id_]
    assert (found["rated"], found["rated.label"], found["why"]) == ("2", "'=1+1", "';'=1+1")
    assert (found["ticked"], found["ticked.label"], found["ticked/1"], found["ticked/2"]) == ("1", "Có", "1", "0")
    assert (found["staff"], found["share"], found["twice"]) == ("98", "12", "24")
    assert (found["held"], found["opened"]) == ("2012-06-05", "2012-06-05T08:30")
    assert (found["locality_name"], found["province_name"]) == ("Phường Phúc Xá", "Thành phố Hà Nội")
    assert found["documents"] == "2"
    instances = exported(tmp_path / "out", "everything.documents.csv")
    assert [(each["response"], each["instance"]) for each in instances] == [(id_, "1"), (id_, "2")]
    assert [(each["number"], each["pages"]) for each in instances] == [("'=2", "3"), ("", "4")]


def test_a_missing_code_is_never_among_the_values(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    """98 is an answer, and the code "98" says that nothing is known."""
    answered, missing = send(database, field, FULL), send(database, field, CODES)
    rows = wide(database, settings, tmp_path / "out")
    for name in ("rated", "ticked", "staff"):
        assert (rows[missing][name], rows[missing][f"{name}.missing"]) == ("", "98")
        assert rows[answered][f"{name}.missing"] == ""
    assert rows[answered]["staff"] == "98"
    first, second = "figures/1/1", "figures/1/2"
    assert [rows[answered][f"{first}{ending}"] for ending in ("", ".missing", ".estimated")] == ["98", "", "1"]
    assert [rows[answered][f"{second}{ending}"] for ending in ("", ".missing", ".estimated")] == ["", "98", ""]
    assert [rows[missing][f"{first}{ending}"] for ending in ("", ".missing", ".estimated")] == ["7", "", "0"]


def test_the_long_table_keeps_missing_codes_apart_too(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    answered, missing = send(database, field, FULL), send(database, field, CODES)
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    lines = exported(folder, "answers.csv")
    staff = {each["response"]: (each["value"], each["missing"]) for each in lines if each["question"] == "staff"}
    assert staff == {answered: ("98", ""), missing: ("", "98")}
    labels = {
        (each["response"], each["question"], each["row"]): (each["row_label"], each["value_label"])
        for each in exported(folder, "labelled.csv")
    }
    assert labels[answered, "figures", "1/1"] == ("Nhà / Năm 2011", "")
    assert labels[answered, "figures", "1/2"] == ("Nhà / Năm 2012", "Không phát sinh")
    assert labels[answered, "pages", "1"] == ("", "")
    read = counted_responses(load_dataset(folder))
    assert (read[answered].answers["staff"], read[missing].answers["staff"]) == (98.0, "98")


def test_not_asked_unanswered_and_none_ticked_are_three_things(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    off, unanswered = send(database, field, NONE), send(database, field, {"rated": "2", "why": ""})
    rows = wide(database, settings, tmp_path / "out")
    assert (rows[off]["why"], rows[off]["why.missing"]) == ("", "not asked")
    assert (rows[unanswered]["why"], rows[unanswered]["why.missing"]) == ("", "")
    assert [rows[off][f"ticked/{code}"] for code in "12"] == ["0", "0"]
    assert [rows[unanswered][f"ticked/{code}"] for code in "12"] == ["", ""]
    assert (rows[off]["documents"], rows[unanswered]["documents"]) == ("0", "")


def test_an_answer_of_another_type_is_no_value_and_is_kept_in_the_long_table(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    wrong = {"staff": "many", "held": "2012-02-31", "share": True, "figures": {"1": {"1": "x"}}, "ticked": [1, [2]]}
    id_ = send(database, field, wrong)
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    (found,) = exported(folder, "everything.csv")
    for name in ("staff", "held", "share", "figures/1/1", "ticked"):
        assert (found[name], found[f"{name}.missing"]) == ("", "not valid"), name
    values = {each["question"]: each["value"] for each in exported(folder, "answers.csv") if each["response"] == id_}
    assert values.items() >= {"staff": '"many"', "held": "2012-02-31"}.items()


def test_versions_share_a_table_with_the_columns_of_both(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    older = send(database, field, FULL)
    changed = SOURCE
    for before, after in (
        ('version: "1"', 'version: "2"'),
        ("name: share, type: decimal", "name: part, type: text"),
        ("${share} * 2", "${staff} * 2"),
        ("name: staff\n        type: integer", "name: staff\n        type: decimal"),
    ):
        changed = changed.replace(before, after)
    publish_questionnaire(database, written(tmp_path, changed))
    assigned = NewAssignment(
        id="b4b0a3c1-0000-4000-8000-000000000002", round_id=field.round_id, questionnaire="everything", version="2",
        locality_id=field.commune, person_id=field.surveyor, quantity=5, due_on="2012-06-30",
    )  # fmt: skip
    database.write(lambda connection: rounds.add_questionnaires(connection, field.round_id, [("everything", "2")]))
    database.write(lambda connection: rounds.add_assignments(connection, [assigned]))
    newly_assigned = dataclasses.replace(field, assignment=assigned.id)
    newer = send(database, newly_assigned, {"part": "half", "staff": 1.5}, version="2")
    rows = wide(database, settings, tmp_path / "out")
    assert (rows[older]["share"], rows[older]["part"], rows[older]["staff"]) == ("12", "", "98")
    assert (rows[newer]["share"], rows[newer]["part"], rows[newer]["staff"]) == ("", "half", "1.5")
    columns = list(rows[newer])
    assert columns.index("staff.missing") < columns.index("share") < columns.index("held")
    table = pq.read_table(export_round(database, settings, "r1", "parquet", tmp_path / "pq") / "everything.parquet")
    assert table.column("staff").to_pylist() == [98.0, 1.5]


def test_parquet_columns_have_types(database: Database, settings: Settings, field: Field, tmp_path: Path) -> None:
    for answers in (FULL, CODES, NONE):
        send(database, field, answers)
    folder = export_round(database, settings, "r1", "parquet", tmp_path / "out")
    table = pq.read_table(folder / "everything.parquet")
    rows = table.to_pylist()
    assert [each["staff"] for each in rows] == [98, None, None]
    assert [each["staff.missing"] for each in rows] == [None, "98", None]
    assert [each["ticked"] for each in rows] == [["1"], None, []]
    assert [each["ticked/1"] for each in rows] == [True, None, False]
    assert [each["why"] for each in rows] == [";=1+1", None, None]
    assert (rows[0]["held"], rows[0]["opened"]) == (date(2012, 6, 5), datetime(2012, 6, 5, 8, 30))
    assert rows[0]["received_at"].tzinfo is not None
    assert rows[0]["simulated"] is False
    assert str(table.schema.field("rated").type).startswith("dictionary")
    assert table.schema.field("staff").metadata[b"label"].decode() == "Số cán bộ"
    instances = pq.read_table(folder / "everything.documents.parquet").to_pylist()
    assert [(each["instance"], each["number"], each["pages"]) for each in instances] == [(1, "=2", 3), (2, None, 4)]
    answers = pq.read_table(folder / "answers.parquet").to_pylist()
    assert {each["value"] for each in answers if each["question"] == "why"} == {";=1+1", ""}


def test_a_text_that_looks_like_cells_stays_one_quoted_cell(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    send(database, field, {"rated": "2", "why": 'a;=1+1\r\n-x\t@SUM(A1),"=2"'})
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    for name in ("everything.csv", "answers.csv", "labelled.csv"):
        text = (folder / name).read_bytes().decode("utf-8-sig")
        assert '"a;\'=1+1\r\n\'-x\t\'@SUM(A1),\'""=2"""' in text, name
        for separator in ",;\t|\n\r":
            cells = [cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in line]
            cells += [cell for line in text.splitlines() for cell in line.split(separator)]
            assert not [cell for cell in cells if cell.lstrip(' "\r\n\t').startswith(("=", "+", "-", "@"))], name


@pytest.mark.slow
def test_the_dataset_gives_back_every_text(sqlite_database: Database, settings: Settings, tmp_path: Path) -> None:
    """Whatever was typed, but for U+0000 and halves of surrogate pairs, which receiving refuses."""
    made = prepare_field(sqlite_database, tmp_path)
    assign_also(sqlite_database, made, written(tmp_path, SOURCE))
    folder = export_round(sqlite_database, settings, "r1", "csv", tmp_path / "out")
    make = dict(compile_answers(load_questionnaire(tmp_path / "asked" / "everything.yaml"), CSV_CELLS))["why"]
    typed = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1)
    crafted = st.text(st.sampled_from("=+-@;,|\t\r\n\"' a\u200b＝"), min_size=1)

    @rules(max_examples=60, deadline=None)
    @given(st.lists(typed | crafted, max_size=8))
    def read_back(texts: list[str]) -> None:
        file = CsvFile(folder / "answers", ANSWER_COLUMNS, has_byte_order_mark=True)
        for number, text in enumerate(texts):
            file.add_lines(str(number), make(text))
        file.close()
        assert list(load_dataset(folder).answers["value"]) == texts

    read_back()


def test_a_question_may_be_named_like_a_column_of_the_envelope(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    made = prepare_field(database, tmp_path)
    source = SOURCE.replace("name: share,", "name: weight,").replace("${share}", "${weight}")
    assigned = assign_also(database, made, written(tmp_path, source))
    id_ = send(database, dataclasses.replace(made, assignment=assigned), {"weight": 5})
    found = wide(database, settings, tmp_path / "out")[id_]
    assert (found["weight"], found["weight.answer"]) == ("1", "5")


def test_what_changes_during_an_export_is_not_in_it(
    database: Database, settings: Settings, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response that arrives, and one that is approved, after the moment of the export."""
    before = send(database, field, FULL)
    read_batches = round_export.read_batches

    def change_first(*arguments: Any) -> Any:
        send(database, field, CODES)
        with database.read() as connection:
            (stored,) = responses.find(connection, before)
        database.write(lambda connection: responses.set_state(connection, stored.seq, State.APPROVED, stored.state_at))
        return read_batches(*arguments)

    monkeypatch.setattr(round_export, "read_batches", change_first)
    rows = wide(database, settings, tmp_path / "out")
    assert {id_: each["state"] for id_, each in rows.items()} == {before: "submitted"}


def test_a_long_export_does_not_hold_back_the_log(
    sqlite_database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two batches the log can be written back whole: no read is open."""
    made = prepare_field(sqlite_database, tmp_path)
    receive(sqlite_database, surveyor_of(made), [row(body(made)) for _ in range(6)])
    monkeypatch.setattr(snapshot, "BATCH_SIZE", 2)
    left = []

    def progress(done: int, _total: int) -> None:
        if done:
            receive(sqlite_database, surveyor_of(made), [row(body(made))])
            with sqlite_database.engine.connect() as connection:
                busy, log, moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            left.append((busy, log, moved))

    export_round(sqlite_database, settings, "r1", "csv", tmp_path / "out", progress=progress)
    assert left == [(0, 0, 0)] * 3


def test_an_export_counts_nothing_and_waits_for_no_count(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    send(database, field, FULL)
    export_round(database, settings, "r1", "zip", tmp_path / "out")
    with database.read() as connection:
        assert response_changes.is_any(connection)
        assert leaf_tallies.of_round(connection, field.round_id) == []


def test_an_interrupted_export_leaves_nothing_half_written(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    send(database, field, FULL)

    def interrupt(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_round(database, settings, "r1", "csv", tmp_path / "out", progress=interrupt)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_for_a_coordinator_tells_nothing_of_others(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    """Neither when others sent something nor what is planned for residents."""
    assign_also(database, field, variant_of_example(tmp_path, "residents", respondent="resident"))
    who = account(database, "hanoi", Role.COORDINATOR, ("province", "01"))
    context = read_round_context(database, settings, "r1")
    assert context is not None

    def told(name: str) -> tuple[Any, Any, list[str]]:
        with zipfile.ZipFile(export_round(database, settings, "r1", "zip", tmp_path / name, who)) as archive:
            cut, round_ = (json.loads(archive.read(part)) for part in ("cut.json", "round.json"))
            books = json.loads(archive.read("codebook.json"))["questionnaires"]
        assert "residents" not in {each["questionnaire"] for each in round_["expected"]}
        return cut["revision"], cut["hash"], sorted(each["id"] for each in books)

    before = told("before")
    send(database, field, FULL)
    count_waiting(database)
    assert told("after") == before
    assert before[2] == ["everything", "first_steps"]


def test_without_pyarrow_the_export_says_what_to_install(
    database: Database, settings: Settings, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "survey_server.pipeline.export.parquet_file", raising=False)
    with pytest.raises(ProblemError) as refused:
        export_round(database, settings, "r1", "parquet", tmp_path / "out")
    assert refused.value.problem.code == "format_not_installed"
    assert list((tmp_path / "out").iterdir()) == []


def test_published_responses_name_their_cohort(database: Database, settings: Settings, tmp_path: Path) -> None:
    interviews = prepare_interviews(database, settings, tmp_path)
    published = interviews.send(HERE, 12)
    interviews.publish()
    waiting = interviews.send(HERE, 3)
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    rows = {each["id"]: (each["cohort"], each["cohort_place"]) for each in exported(folder, "responses.csv")}
    (cohort,) = {rows[id_][0] for id_ in published}
    assert cohort != ""
    assert {rows[id_][1] for id_ in published} == {PLACES[HERE]}
    assert {rows[id_] for id_ in waiting} == {("", "")}
