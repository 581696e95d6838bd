"""Codes that are numbers stay apart from numbers and from each other: server, export, dataset and tally agree."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from analysis.dataset import load_dataset, tally_dataset
from analysis.round_tally import LeafId
from analysis.tally import LeafTally
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round
from survey_server.pipeline.round_tally import leaf_id
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies
from survey_server.storage.database import Database
from tests.analysis.test_flat_answers import ANSWERS, NONE_TICKED, REASONS, SOURCE
from tests.support.field import EXAMPLE, Field, assign_also, body, prepare_field, row
from tests.support.receiving import send

WRONG: dict[str, Any] = {
    "grade": 10, "grades_seen": "1", "meetings": "7", "budget": True, "figures": {"1": {"1": "7"}, "9": {"1": 3}},
    "remark": 98, "documents": [{"pages": "7", "kinds": "98"}, 5],
}  # fmt: skip


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    made = prepare_field(database, tmp_path)
    folder = tmp_path / "numeric"
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", folder / "frameworks")
    assigned = assign_also(database, made, Path(shutil.copy(SOURCE, folder)))
    every = (ANSWERS, REASONS, NONE_TICKED, {}, WRONG)
    rows = [row(body(made, questionnaire="numeric_codes", assignment=assigned, answers=each)) for each in every]
    assert send(database, made, *rows) == ["stored"] * len(every)
    return made


def on_the_server(database: Database, settings: Settings) -> dict[LeafId, LeafTally]:
    context = read_round_context(database, settings, "r1")
    assert context is not None
    count_waiting(database)
    with database.read() as connection:
        leaves = leaf_tallies.of_round(connection, context.round.id)
    return {leaf_id(context, each.key): LeafTally.from_json(each.tally) for each in leaves}


def test_the_dataset_gives_the_server_s_tally(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    tallied = on_the_server(database, settings)
    dataset = load_dataset(export_round(database, settings, "r1", "zip", tmp_path / "out"))
    assert tally_dataset(dataset).leaves == tallied
    (tally,) = tallied.values()
    assert tally.questions["meetings"].missing == {"98": 1}
    assert tally.questions["meetings"].number.n == 1
    assert tally.questions["figures/2/1"].missing == {"98": 1}
    assert tally.questions["grade"].choices == {"10": 1}
    assert tally.questions["grade"].missing == {"98": 1}


@pytest.mark.slow
def test_a_label_is_that_of_the_code_s_own_list_or_axis(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    with (folder / "labelled.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    columns = ("question", "row", "row_label", "value", "value_label", "missing")
    found = {tuple(each[name] for name in columns) for each in lines}
    assert {
        ("grade", "", "", "10", "Khá", ""),
        ("grade", "", "", "", "Không biết", "98"),
        ("grades_seen", "10", "Khá", "1", "", ""),
        ("meetings", "", "", "98", "", ""),
        ("meetings", "", "", "", "Không nhớ", "98"),
        ("figures", "1/1", "Dòng một / Kỳ một", "98", "", ""),
        ("figures", "1/10", "Dòng một / Kỳ mười", "1", "", ""),
        ("figures", "2/1", "Dòng hai / Kỳ một", "", "Không theo dõi", "98"),
        ("figures", "2/10", "Dòng hai / Kỳ mười", "10", "", ""),
        ("kinds", "1/1", "Tốt", "1", "", ""),
        ("kind", "1", "", "2", "Kém", ""),
    } <= found


def test_a_dataset_without_the_column_of_missing_codes_loads(
    database: Database, settings: Settings, field: Field, tmp_path: Path
) -> None:
    """As release 0.1 wrote it: the code stands in place of the value."""
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    path = folder / "answers.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("response", "question", "row", "value", "flag"))
        for each in lines:
            writer.writerow(
                (
                    *(each[name] for name in ("response", "question", "row")),
                    each["value"] or each["missing"],
                    each["flag"],
                )
            )
    (tally,) = tally_dataset(load_dataset(folder)).leaves.values()
    assert tally.questions["grade"].missing == {"98": 1}
    assert tally.questions["grade"].choices == {"10": 1}
