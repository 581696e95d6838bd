"""The columns of a wide table: a row a response, and no answer that turns into another."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.dataset import counted_responses, load_dataset
from survey_server.domain.rounds import NewAssignment
from survey_server.pipeline.export import export_round
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.settings import Settings
from survey_server.storage import rounds
from survey_server.storage.database import Database
from tests.pipeline.test_export import exported
from tests.support.every_question import CODES, FULL, NONE, SOURCE, prepare_every_question, send, wide_rows, written
from tests.support.field import Field, assign_also, prepare_field


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_every_question(database, tmp_path)


def test_each_value_has_a_column_and_each_code_its_label(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    id_ = send(database, field, FULL)
    found = wide_rows(database, settings, tmp_path / "out")[id_]
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
    rows = wide_rows(database, settings, tmp_path / "out")
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
    rows = wide_rows(database, settings, tmp_path / "out")
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
    rows = wide_rows(database, settings, tmp_path / "out")
    assert (rows[older]["share"], rows[older]["part"], rows[older]["staff"]) == ("12", "", "98")
    assert (rows[newer]["share"], rows[newer]["part"], rows[newer]["staff"]) == ("", "half", "1.5")
    columns = list(rows[newer])
    assert columns.index("staff.missing") < columns.index("share") < columns.index("held")
    table = pq.read_table(export_round(database, settings, "r1", "parquet", tmp_path / "pq") / "everything.parquet")
    assert table.column("staff").to_pylist() == [98.0, 1.5]


def test_a_question_may_be_named_like_a_column_of_the_envelope(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    made = prepare_field(database, tmp_path)
    source = SOURCE.replace("name: share,", "name: weight,").replace("${share}", "${weight}")
    assigned = assign_also(database, made, written(tmp_path, source))
    id_ = send(database, dataclasses.replace(made, assignment=assigned), {"weight": 5})
    found = wide_rows(database, settings, tmp_path / "out")[id_]
    assert (found["weight"], found["weight.answer"]) == ("1", "5")
