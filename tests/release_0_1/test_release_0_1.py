"""A database and an export of release 0.1 open: today's program shows and counts in them what that release did."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analysis import load_dataset, score_tasks, summarise
from analysis.dataset import SurveyDataset
from analysis.exact import to_float
from analysis.tally import LeafTally
from survey_server.pipeline.check_tally import check_tally
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round
from survey_server.settings import Settings
from survey_server.storage import drafts, leaf_tallies
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import migrate
from survey_server.storage.tables import response
from tests.support.field import body, field_of, row
from tests.support.receiving import send, states, stored_rows

HERE = Path(__file__).parent
FIGURES: dict[str, Any] = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
PASSWORD = "mot mat khau dai"
PROBLEMS = re.compile(r'<div class="summary">.*?<ul>(.*?)</ul>', re.DOTALL)
LEVELS = ("country", "province", "district", "commune")
IN_REPEATS = frozenset({"number", "pages"})
NUMBERED = "00000000-0000-4000-8000-{:012}"


@pytest.fixture
def sqlite_database(settings: Settings) -> Iterator[Database]:
    """The database of release 0.1, migrated: the application of these tests stands on it."""
    connection = sqlite3.connect(settings.data_dir / "survey.sqlite3")
    connection.executescript((HERE / "survey.sql").read_text(encoding="utf-8"))
    connection.close()
    database = open_database(settings)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def signed_in(app: Flask) -> FlaskClient:
    """The account `lan`, of the centre, with the password that release 0.1 hashed."""
    client = app.test_client()
    token = client.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/login", data={"account": "lan", "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302
    return client


def summaries(dataset: SurveyDataset) -> dict[str, list[dict[str, Any]]]:
    return {
        level: json.loads(summarise(dataset, level).to_json(orient="records", double_precision=15)) for level in LEVELS
    }


def assert_same(found: Any, recorded: Any) -> None:
    """Equal but for the last digits of numbers, which a library may round in another way."""
    if isinstance(recorded, dict):
        assert found.keys() >= recorded.keys()
        for name, value in recorded.items():
            assert_same(found[name], value)
    elif isinstance(recorded, list):
        assert len(found) == len(recorded)
        for one, other in zip(found, recorded, strict=True):
            assert_same(one, other)
    elif isinstance(recorded, float):
        assert found == pytest.approx(recorded, rel=1e-9)
    else:
        assert found == recorded


def as_release_0_1_wrote(tally: LeafTally) -> dict[str, Any]:
    """Its numbers with the names of that time; sums as doubles; without the questions of repeats, all of whose answers
    that release took for none."""
    questions = {
        name: {
            key: value
            for key, value in (
                ("c", dict(each.choices)), ("m", dict(each.missing)), ("x", each.not_asked), ("u", each.unanswered),
                ("e", each.estimated), ("s", [each.number.n, *map(to_float, each.number[1:])] if each.number.n else 0),
            )
            if value
        }
        for name, each in tally.questions.items()
        if name not in IN_REPEATS
    }  # fmt: skip
    moments = {name: list(each.to_floats()) for name, each in tally.moments.items()}
    return {
        "n": tally.n, "late": tally.late, "simulated": tally.simulated, "questions": questions, "moments": moments,
    }  # fmt: skip


def test_every_response_is_there_in_its_state(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        rows = connection.execute(response.select().order_by(response.c.seq)).mappings().all()
    assert [[each["id"], each["sha256"], each["state"]] for each in rows] == FIGURES["responses"]


@pytest.mark.slow
def test_responses_are_listed_and_opened_with_their_problems_in_words(signed_in: FlaskClient) -> None:
    pages = "".join(signed_in.get(f"/responses?page={page}").get_data(as_text=True) for page in (1, 2))
    for id_, problems in FIGURES["opened"].items():
        assert id_ in pages
        page = signed_in.get(f"/responses/{id_}").get_data(as_text=True)
        found = re.findall("<li>(.*?)</li>", "".join(PROBLEMS.findall(page)), re.DOTALL)
        assert [html.unescape(re.sub("<.*?>", "", each)) for each in found] == problems


@pytest.mark.parametrize("path", ["/monitor", "/quarantine", "/charts", "/questionnaires", "/visits"])
def test_pages_open(signed_in: FlaskClient, path: str) -> None:
    assert signed_in.get(path, follow_redirects=True).status_code == 200


def test_the_counted_leaves_are_counted_the_same_again(sqlite_database: Database, settings: Settings) -> None:
    context = read_round_context(sqlite_database, settings, "r1")
    assert context is not None
    count_waiting(sqlite_database)
    with sqlite_database.read() as connection:
        leaves = leaf_tallies.of_round(connection, context.round.id)
    counted = {(each.key.questionnaire, each.key.locality_id, each.key.state): each.tally for each in leaves}
    recorded = {(questionnaire, locality, state): tally for questionnaire, locality, state, tally in FIGURES["leaves"]}
    assert counted.keys() == recorded.keys()
    for key, tally in recorded.items():
        then = json.loads(tally)
        then["questions"] = {name: each for name, each in then["questions"].items() if name not in IN_REPEATS}
        assert_same(as_release_0_1_wrote(LeafTally.from_json(counted[key])), then)
    assert check_tally(sqlite_database) == []


def test_the_export_gives_the_figures_of_its_time() -> None:
    dataset = load_dataset(HERE / "r1.zip")
    assert_same(summaries(dataset), FIGURES["summarise"])
    assert_same(json.loads(score_tasks(dataset).to_json(orient="records", double_precision=15)), FIGURES["scores"])


def test_an_export_of_the_migrated_database_gives_the_same_figures(
    sqlite_database: Database, settings: Settings, tmp_path: Path
) -> None:
    dataset = load_dataset(export_round(sqlite_database, settings, "r1", "zip", tmp_path / "out"))
    assert_same(summaries(dataset), FIGURES["summarise"])


def test_work_goes_on(sqlite_database: Database) -> None:
    """A returned response is corrected, sent bytes are known again, a draft is open with its answers."""
    field = field_of(sqlite_database)
    returned = NUMBERED.format(3)
    assert send(sqlite_database, field, row(body(field, supersedes=returned))) == ["stored"]
    with sqlite_database.read() as connection:
        (kept,) = stored_rows(connection, response.c.id == NUMBERED.format(5))
        draft = drafts.open_one(connection, field.surveyor, field.assignment)
    assert send(sqlite_database, field, row(kept["body"])) == ["duplicate"]
    assert "returned" not in states(sqlite_database)
    assert draft is not None
    assert draft.answers == {"party_change": "some", "documents": [{"number": "15-KH/MT"}]}
