"""Standard errors depend on the units of the whole round: a change of their number gives a new revision."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.round_tally import RoundTally
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.round_tally import read_round_tally, release_leaves
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import (
    Field,
    assign_also,
    assign_at,
    body,
    prepare_field,
    row,
    surveyor_of,
    variant_of_example,
)
from tests.support.receiving import receive

HANOI, SAIGON = "VN/01", "VN/79"
HERE, NEAR, FAR = "00001", "00004", "26734"
ANSWERS = ("clear", "some", "none")


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)


@pytest.fixture
def assigned(database: Database, field: Field, tmp_path: Path) -> dict[str, str]:
    """Residents are interviewed in two communes of one province and in one of another; commune → assignment."""
    first = assign_also(database, field, variant_of_example(tmp_path, "residents", respondent="resident"))
    return {HERE: first, **assign_at(database, field, "residents", NEAR, FAR)}


@pytest.fixture
def context(database: Database, settings: Settings, assigned: dict[str, str]) -> RoundContext:
    found = read_round_context(database, settings, "r1")
    assert found is not None
    return found


def interview(database: Database, field: Field, assigned: dict[str, str], commune: str, n: int = 12) -> None:
    sent = [
        body(
            field, questionnaire="residents", assignment=assigned[commune],
            locality={"scheme": "test", "level": "commune", "code": commune},
            answers={"agreed": "yes", "party_change": ANSWERS[(k + int(commune)) % 3]},
        )
        for k in range(n)
    ]  # fmt: skip
    receipts = receive(database, surveyor_of(field), [row(each) for each in sent])
    assert {each.status.value for each in receipts} == {"stored"}


def published(database: Database, context: RoundContext) -> RoundTally:
    count_waiting(database)
    release_leaves(database, context)
    return read_round_tally(database, context)


def error_and_revision(tally: RoundTally, path: str) -> tuple[float | None, int]:
    estimate = tally.estimate(path, "residents", "task1")
    assert estimate is not None
    return estimate.se, tally.cut_at(path, "residents").revision


def test_first_responses_of_another_province_give_this_one_a_new_revision(
    database: Database, context: RoundContext, field: Field, assigned: dict[str, str]
) -> None:
    for commune, n in ((HERE, 12), (NEAR, 13)):
        interview(database, field, assigned, commune, n)
    alone = error_and_revision(published(database, context), HANOI)
    interview(database, field, assigned, FAR)
    tally = published(database, context)
    joined = error_and_revision(tally, HANOI)
    assert joined[0] != alone[0]
    assert alone[1] < joined[1] == tally.cut.revision
    interview(database, field, assigned, FAR)  # more of the same unit: nothing changes here
    tally = published(database, context)
    assert error_and_revision(tally, HANOI) == joined
    assert error_and_revision(tally, SAIGON)[1] == tally.cut.revision > joined[1]


def test_organisations_are_not_a_sample_and_keep_their_revision(
    database: Database, context: RoundContext, field: Field, assigned: dict[str, str]
) -> None:
    receive(database, surveyor_of(field), [row(body(field))])
    first = published(database, context).cut_at(HANOI, "first_steps")
    interview(database, field, assigned, FAR)
    assert published(database, context).cut_at(HANOI, "first_steps") == first


def test_a_second_release_changes_nothing(
    database: Database, context: RoundContext, field: Field, assigned: dict[str, str]
) -> None:
    interview(database, field, assigned, HERE)
    interview(database, field, assigned, FAR)
    first = error_and_revision(published(database, context), HANOI)
    receive(database, surveyor_of(field), [row(body(field))])
    assert error_and_revision(published(database, context), HANOI) == first
