"""The Parquet export: typed columns, and what it needs."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from survey_server.pipeline.export import export_round
from survey_server.problems import ProblemError
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.every_question import CODES, FULL, NONE, prepare_every_question, send
from tests.support.field import Field


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_every_question(database, tmp_path)


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


def test_without_pyarrow_the_export_says_what_to_install(
    database: Database, settings: Settings, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "survey_server.pipeline.export.parquet_file", raising=False)
    with pytest.raises(ProblemError) as refused:
        export_round(database, settings, "r1", "parquet", tmp_path / "out")
    assert refused.value.problem.code == "format_not_installed"
    assert list((tmp_path / "out").iterdir()) == []
