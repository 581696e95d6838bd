"""The doctor finds what is damaged, missing or changed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from survey_server.pipeline.check_tally import check_tally
from survey_server.pipeline.counting import count_waiting
from survey_server.services.key_pairs import make_pair
from survey_server.services.server_keys import make_key
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import audit, leaf, questionnaire, response_body, server_key
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive
from tests.support.survey_with_photo import DIGEST, PHOTO, errors, prepare_survey, settings_of


@pytest.fixture
def here(settings: Settings, database: Database) -> Settings:
    return settings_of(settings, database)


@pytest.fixture
def field(here: Settings, database: Database, tmp_path: Path) -> Field:
    return prepare_survey(database, here, tmp_path)


def test_the_doctor_finds_a_changed_and_a_shortened_audit_log(database: Database, here: Settings, field: Field) -> None:
    assert errors(database, here) == []
    last = select(func.max(audit.c.id)).scalar_subquery()
    database.write(lambda c: c.execute(delete(audit).where(audit.c.id == last)))
    (cut,) = errors(database, here)
    assert "cut off at its end" in cut
    database.write(lambda c: c.execute(update(audit).values(action="nothing")))
    (changed,) = errors(database, here)
    assert "wrong from entry 1" in changed


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_the_doctor_finds_a_missing_or_changed_attachment(
    database: Database, here: Settings, field: Field, damage: str
) -> None:
    path = here.attachments_dir / DIGEST[:2] / DIGEST
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(PHOTO[::-1])
    (problem,) = errors(database, here)
    assert DIGEST in problem


def test_the_doctor_finds_a_changed_response_and_a_changed_tally(
    database: Database, here: Settings, field: Field
) -> None:
    count_waiting(database)
    assert check_tally(database) == []
    with database.read() as connection:
        tally = connection.execute(select(leaf.c.tally)).scalar_one()
    database.write(lambda connection: connection.execute(update(leaf).values(tally=tally.replace("3", "4"))))
    assert check_tally(database)
    database.write(lambda connection: connection.execute(update(response_body).values(body="{}")))
    assert len(errors(database, here)) == 3


def test_the_doctor_recounts_the_leaves(database: Database, here: Settings, field: Field) -> None:
    count_waiting(database)
    database.write(lambda connection: connection.execute(update(leaf).values(n=leaf.c.n + 1)))
    assert check_tally(database)


def test_the_doctor_finds_a_changed_questionnaire(database: Database, here: Settings, field: Field) -> None:
    assert errors(database, here) == []
    changed = update(questionnaire).values(compiled=questionnaire.c.compiled + " ")
    database.write(lambda connection: connection.execute(changed))
    (problem,) = errors(database, here)
    assert "first_steps 1 does not match" in problem


@pytest.mark.parametrize("damage", ["private_pem", "public_jwk"])
def test_the_doctor_finds_a_damaged_key_pair(database: Database, here: Settings, field: Field, damage: str) -> None:
    make_key(database)
    assert errors(database, here) == []
    other = {"private_pem": "-----BEGIN PRIVATE KEY-----", "public_jwk": json.dumps(make_pair()[1])}[damage]
    database.write(lambda connection: connection.execute(update(server_key).values({damage: other})))
    (problem,) = errors(database, here)
    assert "key" in problem


def test_the_doctor_reports_a_missing_folder_of_questionnaires(
    database: Database, here: Settings, field: Field
) -> None:
    (problem,) = errors(database, dataclasses.replace(here, questionnaires_dir=here.data_dir / "nowhere"))
    assert "SURVEY_QUESTIONNAIRES_DIR" in problem


@pytest.mark.slow
def test_the_doctor_finds_a_damaged_file(sqlite_database: Database, settings: Settings, tmp_path: Path) -> None:
    field = prepare_field(sqlite_database, tmp_path)
    for _ in range(20):
        receive(sqlite_database, surveyor_of(field), [row(body(field)) for _ in range(20)])
    sqlite_database.close()
    path = settings.data_dir / "survey.sqlite3"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = b"\x5a" * 20_000
    path.write_bytes(content)
    damaged = open_database(settings)
    try:
        assert any("damaged" in problem for problem in errors(damaged, settings))
    finally:
        damaged.close()
