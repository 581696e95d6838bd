"""A question of a repeat that no instance was asked counts as not asked: in the running tally and in every export."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from analysis.dataset import load_dataset, tally_dataset
from analysis.tally import LeafTally, QuestionTally
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.stored_answers import complete_calculated
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies
from survey_server.storage.database import Database
from survey_server.storage.tables import response
from tests.pipeline.test_export import exported
from tests.support.every_question import SOURCE, send, written
from tests.support.field import Field, assign_also, prepare_field
from tests.support.receiving import stored_rows

PAGES = "          - {name: pages, type: integer, label: {vi: Số trang, en: Pages}}\n"
ANNEXES = """          - name: annexes
            type: integer
            relevant: "${pages} > 10"
            label: {vi: Số phụ lục, en: Annexes}
"""
ASKED_NOWHERE = [{"pages": 3}, {"pages": 4, "annexes": 7}]  # 7 was given off the route
ASKED_ONCE: list[list[dict[str, Any]]] = [[{"pages": 3}, {"pages": 11}], [{"pages": 12, "annexes": 2}, {"pages": 3}]]


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    made = prepare_field(database, tmp_path)
    source = SOURCE.replace(PAGES, PAGES + ANNEXES)
    return dataclasses.replace(made, assignment=assign_also(database, made, written(tmp_path, source)))


def tallied(database: Database, field: Field) -> QuestionTally:
    count_waiting(database)
    with database.read() as connection:
        (leaf,) = leaf_tallies.of_round(connection, field.round_id)
    return LeafTally.from_json(leaf.tally).questions["annexes"]


def test_it_is_not_asked_in_the_running_tally(database: Database, field: Field) -> None:
    for documents in (ASKED_NOWHERE, *ASKED_ONCE, []):
        send(database, field, {"documents": documents})
    found = tallied(database, field)
    assert (found.answered, found.unanswered, found.not_asked, found.number.n) == (1, 1, 2, 1)


@pytest.mark.parametrize("format_", ["zip", "csv", "parquet"])
def test_it_is_not_asked_in_an_export(
    database: Database, settings: Settings, field: Field, tmp_path: Path, format_: str
) -> None:
    for documents in (ASKED_NOWHERE, *ASKED_ONCE, []):
        send(database, field, {"documents": documents})
    dataset = load_dataset(export_round(database, settings, "r1", format_, tmp_path / "out"))
    (tally,) = tally_dataset(dataset).leaves.values()
    assert tally.questions["annexes"] == tallied(database, field)


def test_the_tables_say_so(database: Database, settings: Settings, field: Field, tmp_path: Path) -> None:
    id_ = send(database, field, {"documents": ASKED_NOWHERE})
    folder = export_round(database, settings, "r1", "csv", tmp_path / "out")
    rows = exported(folder, "everything.documents.csv")
    assert [(each["annexes"], each["annexes.missing"]) for each in rows] == [("", "not asked")] * 2
    lines = [each for each in exported(folder, "answers.csv") if each["question"] == "annexes"]
    columns = ("response", "row", "value", "missing", "flag")
    assert [tuple(each[name] for name in columns) for each in lines] == [(id_, "", "", "", "not_asked")]


def test_responses_of_an_earlier_release_are_completed(database: Database, field: Field) -> None:
    """Release 0.1 stored the names of questions outside repeats only."""
    send(database, field, {"documents": ASKED_NOWHERE})
    with database.read() as connection:
        (stored,) = stored_rows(connection)
    old = {"calculated": None, "not_asked": stored["not_asked"].replace(', "annexes"', "")}
    assert old["not_asked"] != stored["not_asked"]
    database.write(lambda connection: connection.execute(update(response).values(old)))
    complete_calculated(database, QuestionnaireVersions(database))
    with database.read() as connection:
        (completed,) = stored_rows(connection)
    assert (completed["not_asked"], completed["calculated"]) == (stored["not_asked"], stored["calculated"])
    assert tallied(database, field) == QuestionTally(not_asked=1)
