"""Texts in exported CSV files: no cell is a formula, and each text can be read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings as rules, strategies as st

from analysis.dataset import load_dataset
from survey_server.pipeline.export import export_round
from survey_server.pipeline.export.answer_lines import ANSWER_COLUMNS, compile_answers
from survey_server.pipeline.export.columns import CSV_CELLS
from survey_server.pipeline.export.table_files import CsvFile
from survey_server.questionnaire.load import load_questionnaire
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.every_question import SOURCE, prepare_every_question, send, written
from tests.support.field import Field, assign_also, prepare_field


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_every_question(database, tmp_path)


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
