"""The Parquet export: typed columns, and what it needs."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from survey_server.pipeline.export import export_round, parquet_file
from survey_server.pipeline.export.columns import Column, ColumnKind
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


@pytest.mark.slow
def test_the_verb_loads_a_pyarrow_without_numpy_and_pandas(tmp_path: Path) -> None:
    """A third of its memory, which writing files does not need. Numbers, texts and lists are written all the same."""
    program = """
import sys
from pathlib import Path
from survey_server.pipeline.export.lean_pyarrow import import_lean_pyarrow
import_lean_pyarrow()
from survey_server.pipeline.export.columns import Column, ColumnKind
from survey_server.pipeline.export.parquet_file import ParquetFile
kinds = (ColumnKind.TEXT, ColumnKind.CODE, ColumnKind.CODES, ColumnKind.NUMBER, ColumnKind.DATE, ColumnKind.INSTANT)
file = ParquetFile(Path(sys.argv[1], "t"), [Column(kind.value, kind) for kind in kinds])
file.add_row(["a", "b", ["c"], 1.5, "2012-06-05", "2012-06-05T08:00:00+07:00"])
file.add_row([None] * len(kinds))
file.close()
assert not {"numpy", "pandas"} & sys.modules.keys()
import numpy
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    written_rows = pq.read_table(tmp_path / "t.parquet").to_pylist()
    assert list(written_rows[0].values()) == [
        "a", "b", ["c"], 1.5, date(2012, 6, 5), datetime(2012, 6, 5, 1, tzinfo=UTC)
    ]  # fmt: skip
    assert set(written_rows[1].values()) == {None}


def test_groups_of_rows_are_filled_across_the_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With codes that differ from array to array."""
    monkeypatch.setattr(parquet_file, "ROWS_OF_ARRAY", 3)
    file = parquet_file.ParquetFile(
        tmp_path / "t", [Column("code", ColumnKind.CODE), Column("number", ColumnKind.INTEGER)]
    )
    file._group = 7
    for number in range(20):
        file.add_row([f"c{number % 5}" if number % 4 else None, number])
    file.close()
    stored = pq.ParquetFile(tmp_path / "t.parquet")
    assert [stored.metadata.row_group(group).num_rows for group in range(stored.num_row_groups)] == [9, 9, 2]
    table = stored.read()
    assert table.column("number").to_pylist() == list(range(20))
    assert table.column("code").to_pylist() == [f"c{k % 5}" if k % 4 else None for k in range(20)]
