"""A dataset is the same from each format of the export: the same tally, typed columns, read once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from analysis import dataset as dataset_module, summarise
from analysis.dataset import DatasetError, SurveyDataset, load_dataset, tally_dataset
from survey_server.pipeline.export import export_round
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.every_question import CODES, FULL, NONE, SOURCE, send, written
from tests.support.field import Field, assign_also, body, prepare_field, row, surveyor_of, variant_of_example
from tests.support.receiving import receive

INVALID = {"staff": "many", "held": "2012-02-31", "share": 2, "documents": [{"pages": "x"}, {"pages": 5}]}
FORMATS = ("zip", "csv", "parquet")


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    made = prepare_field(database, tmp_path)
    field = dataclasses.replace(made, assignment=assign_also(database, made, written(tmp_path, SOURCE)))
    for answers in (FULL, CODES, NONE, INVALID, FULL | {"why": ""}):
        send(database, field, answers)
    return field


def loaded(database: Database, settings: Settings, folder: Path, format_: str) -> SurveyDataset:
    return load_dataset(export_round(database, settings, "r1", format_, folder / format_))


def leaves(dataset: SurveyDataset) -> dict[object, str]:
    return {leaf: tally.to_json() for leaf, tally in tally_dataset(dataset).leaves.items()}


@pytest.mark.slow
def test_every_format_gives_the_same_tally(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    """With answers that wide tables do not hold."""
    packed, folder, parquet = (loaded(database, settings, tmp_path, each) for each in FORMATS)
    assert [bool(each.wide_tables) for each in (packed, folder, parquet)] == [False, False, True]
    assert leaves(packed) == leaves(folder) == leaves(parquet) != {}
    questions = next(iter(tally_dataset(parquet).leaves.values())).questions
    assert (questions["staff"].answered, questions["held"].answered, questions["pages"].number.n) == (2, 3, 5)


@pytest.mark.parametrize("format_", FORMATS)
def test_columns_are_typed(database: Database, settings: Settings, field: Field, tmp_path: Path, format_: str) -> None:
    dataset = loaded(database, settings, tmp_path, format_)
    types = dataset.responses.dtypes.astype("str")
    named = ("questionnaire", "locality", "state", "weight", "weights_version", "late", "simulated")
    assert [types[each] for each in named] == ["category"] * 3 + ["float64", "int64", "bool", "bool"]
    assert types["received_at"].startswith("datetime64")
    assert types["received_at"].endswith("UTC]")
    answers = dataset.answers
    assert [str(answers[each].dtype) for each in ("question", "row", "missing", "flag")] == ["category"] * 4
    staff = answers[answers["question"] == "staff"].sort_values("value")
    assert [(each.missing, each.flag) for each in staff.itertuples()] == [
        ("98", ""), ("", "invalid"), ("", ""), ("", "")
    ]  # fmt: skip
    assert staff["number"].to_list()[2:] == [98.0, 98.0]
    assert staff["number"].isna().to_list()[:2] == [True, True]


def test_a_dataset_is_counted_once(
    database: Database, settings: Settings, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = loaded(database, settings, tmp_path, "zip")
    first = summarise(dataset, "country")
    monkeypatch.setattr(dataset_module, "counted_responses", None)
    pd.testing.assert_frame_equal(summarise(dataset, "country"), first)
    assert tally_dataset(dataset) is tally_dataset(dataset)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_part_of_the_responses_is_counted_anew(
    database: Database, settings: Settings, field: Field, tmp_path: Path, format_: str
) -> None:
    whole = loaded(database, settings, tmp_path, format_)
    assert tally_dataset(whole).at("VN", "everything").n == 5
    part = whole.select(whole.responses.iloc[:2])
    assert tally_dataset(part).at("VN", "everything").n == 2
    assert set(part.answers["response"]) <= set(part.responses["id"])
    none = whole.select(whole.responses.iloc[:0])
    assert (len(none.answers), tally_dataset(none).leaves) == (0, {})


def test_what_only_a_long_table_holds_needs_it(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    folder = export_round(database, settings, "r1", "parquet", tmp_path / "out")
    (folder / "answers.parquet").unlink()
    with pytest.raises(DatasetError, match=r"answers.parquet is missing; export with --tables all"):
        tally_dataset(load_dataset(folder))


@pytest.mark.slow
def test_an_export_of_the_wide_tables_alone_has_the_responses(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    """With the columns of responses.parquet, typed alike; of two questionnaires."""
    other = assign_also(database, field, variant_of_example(tmp_path, "others"))
    sent = body(field, questionnaire="others", assignment=other, answers={"party_change": "some"})
    receive(database, surveyor_of(field), [row(sent)])
    whole = loaded(database, settings, tmp_path, "parquet")
    folder = export_round(database, settings, "r1", "parquet", tmp_path / "wide", chosen="wide")
    assert not (folder / "responses.parquet").exists()
    alone = load_dataset(folder)
    expected = whole.responses.sort_values("id", ignore_index=True)
    found = alone.responses.sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_categorical=False)
    assert len(found) == 6
    part = alone.select(alone.responses.iloc[:1])
    with pytest.raises(DatasetError, match=r"answers.parquet is missing; export with --tables all"):
        tally_dataset(part)
