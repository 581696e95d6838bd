"""A cohort holds responses to comparable versions of a questionnaire, each read by its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.dataset import load_dataset
from analysis.published import tally_published
from analysis.round_tally import RoundTally
from analysis.tally import LeafTally, QuestionTally
from survey_server.pipeline.cohorts.checking import check_cohorts
from survey_server.pipeline.cohorts.items import find_withheld
from survey_server.pipeline.export import export_round
from survey_server.pipeline.round_tally import read_round_tally
from survey_server.settings import Settings
from survey_server.storage.cohort_journal import CohortJournal
from survey_server.storage.database import Database
from tests.support.interviews import HERE, NEAR, PLACES, Interviews, prepare_interviews
from tests.support.versions import publish_version, send

RECODED = ("some: {vi: Có chuyển biến", "slight: {vi: Có chuyển biến")
WITHOUT_REASON = ("      dont_know: {vi: Không biết, en: Don't know}\n", "      refused: {vi: Từ chối, en: Refused}\n")
OTHER_STEPS = ("      clear: {vi: Chuyển biến rõ nét, en: Clear change}\n", "")
ADDED = (
    "      - name: why_little",
    "      - {name: added, type: select_one, choices: change4, indicator: party_awareness, label: {vi: A, en: A}}\n"
    "      - name: why_little",
)
OLDER = {"agreed": "yes", "party_change": "some"}
NEWER = {"agreed": "yes", "party_change": "slight"}


@pytest.fixture
def interviews(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    return prepare_interviews(sqlite_database, settings, tmp_path)


def read_charts(interviews: Interviews, folder: Path) -> RoundTally:
    """What charts show, which is what a dataset gives."""
    found = read_round_tally(interviews.database, interviews.context)
    out = export_round(interviews.database, interviews.settings, "r1", "zip", folder / "out")
    published = tally_published(load_dataset(out))
    for path in found.localities:
        assert published.at(path, "residents").to_json() == found.at(path, "residents").to_json(), path
    assert check_cohorts(interviews.database, CohortJournal(interviews.settings.data_dir)) == []
    return found


@pytest.mark.slow
def test_two_versions_form_one_cohort_whose_codes_are_united(interviews: Interviews, tmp_path: Path) -> None:
    publish_version(interviews, tmp_path, "2", RECODED)
    send(interviews, HERE, 6, OLDER)
    send(interviews, HERE, 6, NEWER, "2")
    interviews.publish()
    assert interviews.sizes() == {PLACES[HERE]: 12}
    tally = read_charts(interviews, tmp_path).at(PLACES[HERE], "residents")
    assert tally.questions["party_change"].choices == {"slight": 12}
    assert tally.people["ratings/task1/change4/slight"] == 12
    assert tally.moments["task1"].n == 12


@pytest.mark.slow
def test_what_only_some_of_a_cohort_were_asked_waits_for_a_group(interviews: Interviews, tmp_path: Path) -> None:
    """The task too: with the question that both have, it would be the added question's answers of six people."""
    publish_version(interviews, tmp_path, "2", ADDED)
    newer = {"agreed": "yes", "party_change": "some", "added": "none"}
    send(interviews, HERE, 6, OLDER)
    send(interviews, HERE, 6, newer, "2")
    interviews.publish()
    tally = read_charts(interviews, tmp_path).at(PLACES[HERE], "residents")
    assert tally.questions["party_change"].choices == {"some": 12}
    assert "added" not in tally.questions
    assert "task1" not in tally.moments
    send(interviews, NEAR, 6, OLDER)
    send(interviews, NEAR, 6, newer, "2")
    interviews.publish()
    tally = read_charts(interviews, tmp_path).at("VN/01/001", "residents")
    assert tally.questions["added"].choices == {"none": 12}
    assert tally.moments["task1"].n == 24


@pytest.mark.slow
def test_a_question_with_a_reason_that_only_one_version_offers_waits(interviews: Interviews, tmp_path: Path) -> None:
    publish_version(interviews, tmp_path, "2", WITHOUT_REASON)
    for version in ("1", "2"):
        send(interviews, HERE, 6, OLDER, version)
    interviews.publish()
    tally = read_charts(interviews, tmp_path).at(PLACES[HERE], "residents")
    assert tally.n == 12
    assert "party_change" not in tally.questions
    for version in ("1", "2"):
        send(interviews, HERE, 6, OLDER, version)
    interviews.publish()
    tally = read_charts(interviews, tmp_path).at(PLACES[HERE], "residents")
    assert tally.questions["party_change"].choices == {"some": 24}


@pytest.mark.slow
def test_a_version_that_joins_later_changes_no_cohort(interviews: Interviews, tmp_path: Path) -> None:
    send(interviews, HERE, 12, OLDER)
    interviews.publish()
    (before,) = interviews.parts()
    send(interviews, HERE, 7, OLDER)
    interviews.publish()
    publish_version(interviews, tmp_path, "2", RECODED)
    send(interviews, HERE, 5, NEWER, "2")
    interviews.publish()
    assert before in interviews.parts()
    assert [each.n for each in interviews.parts()] == [12, 12]
    tally = read_charts(interviews, tmp_path).at(PLACES[HERE], "residents")
    assert tally.questions["party_change"].choices == {"slight": 24}
    assert tally.questions["party_change"].answered == tally.n
    publish_version(interviews, tmp_path, "3")  # a third version does not change how the earlier cohorts are read
    tally = read_charts(interviews, tmp_path).at(PLACES[HERE], "residents")
    assert tally.questions["party_change"].choices == {"some": 24}


def test_versions_whose_answers_do_not_add_up_form_cohorts_of_their_own(interviews: Interviews, tmp_path: Path) -> None:
    publish_version(interviews, tmp_path, "2", OTHER_STEPS)
    send(interviews, HERE, 9, OLDER)
    send(interviews, HERE, 9, OLDER, "2")
    interviews.publish()
    assert interviews.parts() == []


def test_the_journal_restores_a_cohort_of_two_versions(interviews: Interviews, tmp_path: Path) -> None:
    publish_version(interviews, tmp_path, "2", RECODED)
    send(interviews, HERE, 6, OLDER)
    send(interviews, HERE, 6, NEWER, "2")
    interviews.publish()
    (entry,) = CohortJournal(interviews.settings.data_dir).entries()
    assert entry["version"] == "1+2"
    assert len(entry["members"]) == 12


def test_those_who_answered_another_definition_are_counted_apart() -> None:
    def tally(n: int) -> LeafTally:
        return LeafTally(n=n, questions={"q": QuestionTally(answered=n, choices={"a": n})})

    items, classes = {"question/q": ("q",)}, {"question/q": {"1": "1", "2": "2", "3": "2"}}
    versions = {"1": tally(6), "2": tally(3), "3": tally(3)}
    assert find_withheld(tally(12), items, 6, versions, classes) == {}
    assert find_withheld(tally(12), items, 7, versions, classes) == {"question/q": {"q@1": 6, "q@2": 6}}
    assert find_withheld(tally(12), items, 7, versions, {}) == {}
