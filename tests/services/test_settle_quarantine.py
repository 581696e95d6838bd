"""Deciding about quarantined and conflicting rows: whatever is decided, one revision of a response counts."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analysis.dataset import load_dataset, tally_dataset
from analysis.tally import add
from survey_server.domain.localities import Area
from survey_server.domain.people import Person, Role
from survey_server.pipeline.export import export_round
from survey_server.problems import ProblemError
from survey_server.problems.receiving import FROM_REVOKED_DEVICE
from survey_server.services.paging import PAGE_SIZE, Turn
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.services.settle_quarantine import accept, list_undecided, put_aside
from survey_server.settings import Settings
from survey_server.storage import responses
from survey_server.storage.database import Database
from survey_server.storage.tables import response
from tests.support.field import EXAMPLE, Field, body, row, surveyor_of
from tests.support.receiving import context_of, receive


@pytest.fixture
def decider(field: Field) -> Person:
    return Person(field.other, "central", "Central", Role.CENTRAL, None)


def rows(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [dict(each) for each in connection.execute(select(response).order_by(response.c.seq)).mappings()]


def states(database: Database) -> list[str]:
    return [each["state"] for each in rows(database)]


def test_of_two_revisions_only_the_accepted_one_counts(database: Database, field: Field, decider: Person) -> None:
    first = body(field)
    two = (body(field, supersedes=first["id"]), body(field, supersedes=first["id"]))
    receive(database, surveyor_of(field), [row(first), *map(row, two)])
    assert states(database) == ["superseded", "submitted", "conflict"]
    accept(context_of(database), decider, rows(database)[2]["seq"])
    assert states(database) == ["superseded", "superseded", "submitted"]


def test_of_two_bodies_under_one_id_only_the_accepted_one_counts(
    database: Database, field: Field, decider: Person
) -> None:
    first = body(field)
    receive(database, surveyor_of(field), [row(first), row(first | {"answers": {}})])
    accept(context_of(database), decider, rows(database)[1]["seq"])
    assert states(database) == ["superseded", "submitted"]


def test_an_accepted_correction_of_a_revoked_device_supersedes(
    database: Database, field: Field, decider: Person
) -> None:
    first = body(field)
    receive(database, surveyor_of(field), [row(first)])
    receive(database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [row(body(field, supersedes=first["id"]))])
    assert states(database) == ["submitted", "quarantined"]
    accept(context_of(database), decider, rows(database)[1]["seq"])
    assert states(database) == ["superseded", "submitted"]


@pytest.mark.parametrize("training", [True, False])
def test_training_and_real_responses_never_supersede_each_other(
    database: Database, field: Field, decider: Person, training: bool
) -> None:
    first = body(field, training=not training)
    others = (body(field, supersedes=first["id"], training=training), first | {"training": training})
    receive(database, surveyor_of(field), [row(first), *map(row, others)])
    assert states(database) == ["submitted", "conflict", "conflict"]
    for each in rows(database)[1:]:
        accept(context_of(database), decider, each["seq"])
    assert states(database) == ["submitted", "superseded", "submitted"]  # one of each kind


def test_a_real_response_is_corrected_though_training_has_its_id(
    database: Database, field: Field, decider: Person
) -> None:
    trained = body(field, training=True)
    real = trained | {"training": False}
    receive(database, surveyor_of(field), [row(trained), row(real)])
    accept(context_of(database), decider, rows(database)[1]["seq"])
    receive(database, surveyor_of(field), [row(body(field, supersedes=real["id"]))])
    assert states(database) == ["submitted", "superseded", "submitted"]


def test_an_accepted_correction_of_another_locality_supersedes_nothing(
    database: Database, field: Field, decider: Person
) -> None:
    first = body(field)
    elsewhere = {"scheme": "test", "level": "commune", "code": "00004"}
    other = body(field, supersedes=first["id"], assignment=None, locality=elsewhere)
    receive(database, surveyor_of(field), [row(first), row(other)])
    assert states(database) == ["submitted", "quarantined"]
    accept(context_of(database), decider, rows(database)[1]["seq"])
    assert states(database) == ["submitted", "submitted"]


def seqs(database: Database, decider: Person) -> list[int]:
    return [each.seq for each in list_undecided(database, decider).rows]


def test_a_decider_with_an_area_decides_about_that_area_only(database: Database, field: Field, decider: Person) -> None:
    elsewhere = {"scheme": "test", "level": "commune", "code": "26734"}
    unknown = {"scheme": "test", "level": "commune", "code": "99999"}
    sent = (body(field), body(field, locality=elsewhere), body(field, locality=unknown))
    receive(database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [row(each) for each in sent])
    own, *others = [each["seq"] for each in rows(database)]
    hanoi = dataclasses.replace(decider, area=Area("test", "VN/01"))
    assert sorted(seqs(database, decider)) == [own, *others]
    assert seqs(database, hanoi) == [own]
    assert seqs(database, dataclasses.replace(hanoi, area=Area("another", "VN/01"))) == []
    for seq in others:
        for decide in (accept, put_aside):
            with pytest.raises(ProblemError):
                decide(context_of(database), hanoi, seq)
    accept(context_of(database), hanoi, own)
    assert states(database) == ["submitted", "quarantined", "quarantined"]


def test_a_decider_supersedes_nothing_in_another_area(database: Database, field: Field, decider: Person) -> None:
    first = body(field)
    elsewhere = {"scheme": "test", "level": "commune", "code": "26734"}
    receive(database, surveyor_of(field), [row(first), row(first | {"locality": elsewhere})])
    saigon = dataclasses.replace(decider, area=Area("test", "VN/79"))
    with pytest.raises(ProblemError):
        accept(context_of(database), saigon, rows(database)[1]["seq"])
    assert [each for each in states(database) if each == "submitted"] == ["submitted"]
    accept(context_of(database), decider, rows(database)[1]["seq"])
    assert states(database) == ["superseded", "submitted"]


def test_every_quarantined_row_is_on_some_page(database: Database, field: Field, decider: Person) -> None:
    receive(
        database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [row(body(field)) for _ in range(PAGE_SIZE + 1)]
    )
    newest = [each["seq"] for each in rows(database)][::-1]
    first = list_undecided(database, decider)
    assert first.next is not None
    last = list_undecided(database, decider, first.next)
    assert [[each.seq for each in page.rows] for page in (first, last)] == [newest[:PAGE_SIZE], newest[PAGE_SIZE:]]
    assert (first.previous, last.next) == (None, None)
    assert last.previous is not None
    assert list_undecided(database, decider, last.previous) == first
    assert [list_undecided(database, decider, Turn(number=number)).rows for number in (1, 2, 3, 10**9)] == [
        first.rows, last.rows, last.rows, last.rows,
    ]  # fmt: skip


def test_a_row_that_is_put_aside_counts_nowhere_and_is_decided_once(
    database: Database, field: Field, decider: Person
) -> None:
    receive(database, surveyor_of(field, quarantine=FROM_REVOKED_DEVICE), [row(body(field))])
    put_aside(context_of(database), decider, rows(database)[0]["seq"])
    assert states(database) == ["withdrawn"]
    with pytest.raises(ProblemError):
        accept(context_of(database), decider, rows(database)[0]["seq"])


def test_a_row_of_an_unknown_version_may_be_accepted_once_that_is_published(
    database: Database, field: Field, decider: Person, tmp_path: Path
) -> None:
    receive(database, surveyor_of(field), [row(body(field, version="2", answers={"unheard_of": 1}))])
    seq = rows(database)[0]["seq"]
    with pytest.raises(ProblemError):
        accept(context_of(database), decider, seq)
    newer = tmp_path / "questionnaires" / "examples" / "first_steps.yaml"
    newer.parent.mkdir(parents=True)
    (newer.parents[1] / "frameworks").mkdir()
    framework = EXAMPLE.parents[1] / "frameworks" / "example.yaml"
    (newer.parents[1] / "frameworks" / "example.yaml").write_bytes(framework.read_bytes())
    source = EXAMPLE.read_text(encoding="utf-8")
    newer.write_text(source.replace('version: "1"', 'version: "2"'), encoding="utf-8")
    publish_questionnaire(database, newer)
    accept(context_of(database), decider, seq)
    (stored,) = rows(database)
    assert (stored["state"], stored["respondent"]) == ("submitted", "organisation")
    assert "unheard_of" in stored["problems"]


def test_a_number_too_large_for_the_database_finds_no_row(database: Database, field: Field, decider: Person) -> None:
    for seq in (0, -1, 2**63, 10**30):
        with pytest.raises(ProblemError):
            accept(context_of(database), dataclasses.replace(decider), seq)


UNUSABLE = [("a\ud83d b\0", "a b"), (1e999, None), (float("nan"), None), ("thường", "thường")]


@pytest.mark.parametrize(("sent", "read"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_an_accepted_row_with_unusable_parts_counts_and_is_exported_without_them(
    database: Database, field: Field, settings: Settings, tmp_path: Path, decider: Person, sent: Any, read: Any
) -> None:
    answers = {"party_change": "little", "why_little": sent, "a\0": 1}
    text = json.dumps(body(field, answers=answers)).replace("Infinity", "1e999")
    receive(database, surveyor_of(field), [row(text)])
    assert states(database) == ["quarantined"]
    (seq,) = seqs(database, decider)
    accept(context_of(database), decider, seq)
    (accepted,) = rows(database)
    assert accepted["state"] == "submitted"
    assert "unusable_parts" in accepted["problems"]
    with database.read() as connection:
        stored = responses.by_seq(connection, seq)
    assert stored is not None
    assert stored.answers == {"party_change": "little", "why_little": read, "a": 1}
    dataset = load_dataset(export_round(database, settings, "r1", "zip", tmp_path / "out"))
    tallied = add(tally_dataset(dataset).leaves.values()).questions
    assert tallied["party_change"].choices == {"little": 1}
