"""An export is of one moment, holds nothing back, and is whole or not there."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from analysis.dataset import load_dataset, tally_dataset
from survey_server.domain import State
from survey_server.domain.people import Role
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round, round_export, snapshot
from survey_server.services.doctor import diagnose
from survey_server.settings import Settings
from survey_server.storage import leaf_tallies, response_changes, responses
from survey_server.storage.column_types import compress
from survey_server.storage.database import Database
from survey_server.storage.tables import response_body
from tests.pipeline.test_export import account, exported
from tests.support.every_question import CODES, FULL, prepare_every_question, send, wide_rows
from tests.support.field import Field, assign_also, body, prepare_field, row, surveyor_of, variant_of_example
from tests.support.interviews import HERE, PLACES, prepare_interviews
from tests.support.receiving import receive


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_every_question(database, tmp_path)


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
    rows = wide_rows(database, settings, tmp_path / "out")
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


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"no zlib", compress("{"), compress("[1]"), compress('{"answers": [1]}')])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_a_damaged_response_is_listed_and_the_others_are_exported(
    database: Database, settings: Settings, field: Field, tmp_path: Path, damage: bytes, format_: str
) -> None:
    """In cut.json and by doctor."""
    sound, hurt = send(database, field, FULL), send(database, field, FULL)
    with database.read() as connection:
        (stored,) = responses.find(connection, hurt)
    put = update(response_body).where(response_body.c.response_seq == stored.seq).values(body=damage)
    database.write(lambda connection: connection.execute(put))
    reported: list[str] = []
    folder = export_round(
        database, settings, "r1", format_, tmp_path / "out", report_unreadable=reported.extend
    )  # fmt: skip
    assert reported == json.loads((folder / "cut.json").read_text())["unreadable"] == [hurt]
    dataset = load_dataset(folder)
    assert list(dataset.responses["id"]) == [sound]
    assert set(dataset.answers["response"]) == {sound}
    assert tally_dataset(dataset).at("VN", "everything").n == 1
    errors = [each.message.text("vi") for each in diagnose(database, settings) if each.level == "error"]
    assert f"Phiếu {hurt} không khớp mã SHA-256." in errors
