"""The publisher forms cohorts, stores what is published of them, and never changes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from analysis.tally import LeafTally
from survey_server.domain import DatabaseError
from survey_server.pipeline.counting import count_waiting
from survey_server.settings import Settings
from survey_server.storage import cohorts, leaf_tallies, waiting_responses
from survey_server.storage.database import Database
from survey_server.storage.tables import assignment
from tests.support.interviews import (
    CLOSED,
    COUNTRY,
    DISTRICT,
    FAR,
    HERE,
    LAST_DAY,
    NEAR,
    PLACES,
    PROVINCE,
    Interviews,
    prepare_interviews,
)


@pytest.fixture
def interviews(database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    return prepare_interviews(database, settings, tmp_path)


@pytest.mark.slow
def test_approved_responses_of_a_finished_place_are_published_there(interviews: Interviews) -> None:
    ids = interviews.send(HERE, 20)
    assert interviews.publish(LAST_DAY) is None  # none is approved
    interviews.approve(*ids[:9])
    assert interviews.publish(LAST_DAY) is None
    interviews.approve(*ids[9:13])
    assert interviews.publish(LAST_DAY) is not None
    assert interviews.sizes() == {PLACES[HERE]: 13}
    tally = interviews.tally_at(PLACES[HERE])
    assert (tally.n, tally.late) == (13, 0)
    assert tally.questions["party_change"].choices == {"some": 13}
    assert tally.moments["task1"].n == 13


@pytest.mark.slow
def test_an_unfinished_place_waits_for_two_cohorts(interviews: Interviews) -> None:
    ids = interviews.send(HERE, 19)
    interviews.approve(*ids)
    assert interviews.publish(LAST_DAY) is None
    interviews.approve(*interviews.send(HERE, 1))
    interviews.publish(LAST_DAY)
    assert interviews.sizes() == {PLACES[HERE]: 20}


@pytest.mark.slow
def test_a_closed_round_publishes_all_that_counts_and_pools_the_rest(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    interviews.send(NEAR, 6)
    interviews.send(FAR, 3)
    interviews.publish()
    assert interviews.sizes() == {PLACES[HERE]: 12}
    interviews.send(NEAR, 3)
    interviews.publish()
    assert interviews.sizes() == {PLACES[HERE]: 12, COUNTRY: 12}  # nine and three, which nobody sees apart
    pooled = next(each for each in interviews.parts() if each.path == COUNTRY)
    assert pooled.unit == pooled.owner
    assert next(each for each in interviews.parts() if each.path == PLACES[HERE]).unit == PLACES[HERE]


def test_what_is_left_at_places_of_a_district_is_published_for_the_district(interviews: Interviews) -> None:
    interviews.send(HERE, 4)
    interviews.send(NEAR, 6)
    interviews.send(FAR, 9)
    interviews.publish()
    assert interviews.sizes() == {DISTRICT: 10}


def test_what_waits_when_the_round_closes_is_looked_at_without_a_change(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    assert interviews.publish(LAST_DAY) is None
    assert interviews.publisher.publish(interviews.context, CLOSED).revision is not None
    assert interviews.sizes() == {PLACES[HERE]: 12}


def test_officials_are_published_for_the_province(database: Database, settings: Settings, tmp_path: Path) -> None:
    officials = prepare_interviews(database, settings, tmp_path, "official")
    officials.send(HERE, 15)
    officials.send(FAR, 4)
    officials.publish()
    assert officials.sizes() == {PROVINCE: 15}


def test_published_parts_never_change(interviews: Interviews) -> None:
    ids = interviews.send(HERE, 12)
    interviews.publish()
    (before,) = interviews.parts()
    interviews.send_back(*ids[:5])
    interviews.send(HERE, 1, supersedes=ids[5], answers={"agreed": "yes", "party_change": "none"})
    assert interviews.publish() is None
    assert interviews.parts() == [before]


@pytest.mark.slow
def test_corrections_of_published_responses_enter_no_other_cohort(interviews: Interviews) -> None:
    ids = interviews.send(HERE, 12)
    interviews.publish()
    for id_ in ids:
        (corrected,) = interviews.send(HERE, 1, supersedes=id_)
        interviews.send(HERE, 1, supersedes=corrected)
    interviews.send(HERE, 1)
    assert interviews.publish() is None
    interviews.send(HERE, 9)
    interviews.publish()
    assert [each.n for each in interviews.parts()].count(10) == 1
    assert interviews.sizes() == {PLACES[HERE]: 22}
    assert interviews.tally_at(PLACES[HERE]).n == 22


def test_a_returned_response_does_not_wait(interviews: Interviews) -> None:
    ids = interviews.send(HERE, 10)
    interviews.send_back(ids[0])
    assert interviews.publish() is None
    interviews.send(HERE, 1, supersedes=ids[0])  # the correction takes its place
    interviews.publish()
    assert interviews.sizes() == {PLACES[HERE]: 10}


def test_people_who_declined_do_not_make_a_cohort_large_enough(interviews: Interviews) -> None:
    interviews.send(HERE, 9)
    interviews.send(HERE, 3, answers={"agreed": "no"})
    assert interviews.publish() is None
    interviews.send(HERE, 1)
    interviews.publish()
    assert interviews.sizes() == {PLACES[HERE]: 13}
    tally = interviews.tally_at(PLACES[HERE])
    assert tally.questions["party_change"].not_asked == 3


def test_a_question_that_few_were_asked_is_published_with_other_cohorts(
    interviews: Interviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight of each place agreed: whatever comes after the consent is published for the district only."""
    monkeypatch.setattr("survey_server.pipeline.cohorts.waiting.is_declined", lambda *_: False)
    for commune in (HERE, NEAR):
        interviews.send(commune, 8)
        interviews.send(commune, 4, answers={"agreed": "no"})
    interviews.publish()
    assert interviews.sizes() == {PLACES[HERE]: 12, PLACES[NEAR]: 12}
    alone = interviews.tally_at(PLACES[HERE])
    assert alone.questions["agreed"].choices == {"no": 4, "yes": 8}
    assert "party_change" not in alone.questions
    assert alone.moments == {}
    together = [LeafTally.from_json(each.tally) for each in interviews.leaves() if each.path == DISTRICT]
    assert {each.n for each in together} == {0}
    (question,) = (each.questions["party_change"] for each in together if "party_change" in each.questions)
    assert (question.choices, question.not_asked) == ({"some": 16}, 8)
    assert [each.moments["task1"].n for each in together if "task1" in each.moments] == [16]


def test_each_response_is_in_one_cohort_which_exports_can_read(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    interviews.send(NEAR, 3)
    interviews.publish()
    with interviews.database.read() as connection:
        found = cohorts.cohort_of(connection, interviews.field.round_id)
        waiting = waiting_responses.pool_of(connection, 1)
    (cohort,) = {id_ for id_, _ in found.values()}
    assert len(found) == 12
    assert {path for _, path in found.values()} == {PLACES[HERE]}
    assert interviews.parts()[0].owner == cohort
    assert len(waiting) == 3


def test_two_cohorts_of_a_place_are_one_sampling_unit(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    first = interviews.publish()
    interviews.send(HERE, 10, answers={"agreed": "yes", "party_change": "none"})
    second = interviews.publish()
    (leaf,) = interviews.leaves()
    assert (leaf.n, leaf.unit_revision, leaf.revision) == (22, first, second)
    assert LeafTally.from_json(leaf.tally).questions["party_change"].choices == {"none": 10, "some": 12}


def test_only_a_formed_cohort_gives_a_revision(interviews: Interviews) -> None:
    interviews.send(HERE, 12)
    assert interviews.publish() is not None
    interviews.send(HERE, 9)
    assert interviews.publish() is None


def test_people_who_wait_do_not_move_the_revision_of_the_round(interviews: Interviews) -> None:
    def newest() -> int:
        with interviews.database.read() as connection:
            return leaf_tallies.newest_revisions(connection).get("r1", 0)

    before = newest()
    interviews.send(HERE, 9)
    interviews.publish()
    interviews.send(NEAR, 5)
    count_waiting(interviews.database)
    assert newest() == before
    interviews.send(HERE, 1)
    interviews.publish()
    assert newest() == before + 1  # the cohort that was formed, and nothing between


@pytest.mark.slow
def test_question_groups_wait_until_every_place_is_checked(
    interviews: Interviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a step that ends within a province would group its first places with those of other provinces."""
    monkeypatch.setattr("survey_server.pipeline.cohorts.waiting.is_declined", lambda *_: False)
    monkeypatch.setattr("survey_server.pipeline.cohorts.publishing.MAX_PLACES", 1)

    def send_some_asked(commune: str) -> None:
        interviews.send(commune, 6)
        interviews.send(commune, 5, answers={"agreed": "no"})

    send_some_asked(HERE)
    interviews.publish()
    assert len(interviews.parts()) == 1  # six were asked more, and wait for others
    for commune in (HERE, NEAR):
        send_some_asked(commune)
    count_waiting(interviews.database)
    cohorts_alone = []
    while interviews.publisher.publish(interviews.context, CLOSED).may_continue:
        cohorts_alone.append(all(LeafTally.from_json(each.tally).n for each in interviews.parts()))
    assert cohorts_alone[0]
    assert not cohorts_alone[-1]
    groups = [each for each in interviews.parts() if not LeafTally.from_json(each.tally).n]
    assert {each.path for each in groups} == {PLACES[HERE]}


def test_a_place_without_an_assignment_is_not_finished_before_the_round_is_closed(interviews: Interviews) -> None:
    """There is no assignment of nothing: the database refuses a target of 0."""
    interviews.send(HERE, 20)
    interviews.publish(LAST_DAY)
    with interviews.database.read() as connection:
        (series,) = waiting_responses.series_of(connection, interviews.field.round_id).values()
        places = interviews.context.ids
        finished = waiting_responses.finished_places(connection, series, places.values())
    assert finished == {places[PLACES[HERE]]}
    with pytest.raises(DatabaseError):
        interviews.database.write(lambda each: each.execute(update(assignment).values(quantity=0)))
