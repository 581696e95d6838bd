"""The exact test of `test_no_person_stands_out` once more through the database: responses are received, reviewed and
corrected as in a survey, the publisher forms cohorts, and the figures are those that charts are made of.

Each response gives a choice that no other gives, so that the counts of a published figure say whose answers it holds.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import update

from analysis.tally import LeafTally, add
from survey_server.domain import ancestor_paths
from survey_server.pipeline.cohorts.leaves import read_published_people
from survey_server.pipeline.round_tally import read_round_tally
from survey_server.settings import Settings
from survey_server.storage import waiting_responses
from survey_server.storage.database import Database
from survey_server.storage.tables import survey_round
from tests.pipeline.cohorts.exact_algebra import Row, find_few
from tests.support.interviews import (
    CLOSED,
    FAR,
    HERE,
    LAST_DAY,
    NEAR,
    PROVINCE,
    Interviews,
    prepare_interviews,
)
from tests.support.sizes import choose_size
from tests.support.versions import publish_version, send

SIZE = 4
MOMENTS = 30
MAX_RESPONSES = 60
ITEMS = ("always", "rarely", "people")
CHOICES = "".join(f"      u{number}: {{vi: Chọn {number}, en: Choice {number}}}\n" for number in range(MAX_RESPONSES))
QUESTIONS = """
      - {name: always, type: select_one, choices: own, indicator: party_awareness, label: {vi: Một, en: One}}
      - {name: is_asked, type: select_one, choices: agree, label: {vi: Hai, en: Two}}
      - name: rarely
        type: select_one
        choices: own
        indicator: party_awareness
        relevant: ${is_asked} = 'yes'
        label: {vi: Ba, en: Three}
"""


def ask_more(source: str) -> str:
    """Adds a question that everybody is asked and one that few are, whose choices are one a response."""
    first = "    questions:\n      - name: party_change"
    assert first in source
    with_choices = source.replace("choices:\n", f"choices:\n  own:\n    scale: ordinal\n    options:\n{CHOICES}", 1)
    return with_choices.replace(first, first.replace("\n", QUESTIONS, 1))


@pytest.fixture
def interviews(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    prepared = prepare_interviews(sqlite_database, settings, tmp_path, quantity=6, edit=ask_more)
    sqlite_database.write(lambda each: each.execute(update(survey_round).values(cohort_size=SIZE, simulated=True)))
    return prepared


class Surveying:
    """Random field work with `interviews`. `waiting`, `approved`, `returned`: ids of responses by state."""

    def __init__(self, interviews: Interviews, random: Random, versions: tuple[str, ...] = ("1",)) -> None:
        self.interviews = interviews
        self.versions = versions
        self.random = random
        self.number = 0
        self.people: list[int] = []  # who gave which choice
        self.places: dict[str, str] = {}
        self.states: dict[str, list[str]] = {"waiting": [], "approved": [], "returned": []}
        self.of: dict[str, int] = {}

    def run_step(self) -> None:
        for step in self.random.choices((self.arrive, self.arrive, self.approve, self.correct, self.send_back), k=3):
            step()

    def arrive(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.send(self.random.choice((HERE, NEAR, FAR)), len(self.people) + 1000, None)

    def approve(self) -> None:
        chosen = self.take("waiting", 8)
        self.interviews.approve(*chosen)
        self.states["approved"] += chosen

    def send_back(self) -> None:
        chosen = self.take("approved", 2)
        self.interviews.send_back(*chosen)
        self.states["returned"] += chosen

    def correct(self) -> None:
        for state in ("approved", "returned", "waiting"):
            for id_ in self.take(state, 1):
                if not self.send(self.places[id_], self.people[self.of[id_]], id_):
                    self.states[state].append(id_)

    def take(self, state: str, most: int) -> list[str]:
        there = self.states[state]
        chosen = self.random.sample(there, min(len(there), self.random.randint(0, most)))
        self.states[state] = [each for each in there if each not in chosen]
        return chosen

    def send(self, commune: str, person: int, supersedes: str | None) -> bool:
        if len(self.people) == MAX_RESPONSES:
            return False
        own = f"u{len(self.people)}"
        answers = {"agreed": "yes", "always": own, "is_asked": "no", "party_change": "some"}
        if self.random.random() < 0.4:
            answers |= {"is_asked": "yes", "rarely": own}
        version = self.random.choice(self.versions)
        if version == RECODING:
            answers |= {name: code.replace("u", "w") for name, code in answers.items() if code == own}
        if version == RENAMING and "rarely" in answers:
            answers["seldom"] = answers.pop("rarely")
        (id_,) = send(self.interviews, commune, 1, answers, version, supersedes)
        self.of[id_], self.places[id_] = len(self.people), commune
        self.people.append(person)
        self.states["waiting"].append(id_)
        return True


def figures(interviews: Interviews) -> dict[str, list[Row]]:
    """What is published now, of each locality and of each sampling unit."""
    with interviews.database.read() as connection:
        found = read_published_people(connection, interviews.field.round_id).leaves
    united = interviews.context.united
    leaves = {leaf: united.read(leaf, tally) for leaf, tally in found.items()}
    areas: dict[str, list[LeafTally]] = {}
    for leaf, tally in leaves.items():
        for path in (*ancestor_paths(leaf.path), f"unit {leaf.cluster}"):
            areas.setdefault(path, []).append(tally)
    rows: dict[str, list[Row]] = {item: [] for item in ITEMS}
    for total in map(add, areas.values()):
        for question in ("always", "rarely"):
            if question in total.questions:
                rows[question].append(dict(total.questions[question].choices))
        people = {
            code: n
            for name, n in total.people.items()
            if (code := name.rpartition("/")[2])[1:].isdigit() and name.startswith("ratings/task1/own/")
        }
        rows["people"].append(people)
    return rows


def survey(
    interviews: Interviews, seed: int, versions: tuple[str, ...] = ("1",)
) -> tuple[Surveying, dict[str, list[Row]]]:
    random = Random(seed)
    surveying = Surveying(interviews, random, versions)
    closing = random.randrange(MOMENTS // 2, MOMENTS)
    rows: dict[str, list[Row]] = {item: [] for item in ITEMS}
    for moment in range(MOMENTS):
        surveying.run_step()
        interviews.publish(CLOSED if moment >= closing else LAST_DAY)
        for item, found in figures(interviews).items():
            rows[item] += found
    return surveying, rows


def assert_nobody_stands_out(interviews: Interviews, seed: int, versions: tuple[str, ...] = ("1",)) -> None:
    surveying, rows = survey(interviews, seed, versions)
    assert len(interviews.sizes()) > 1
    for item, own in rows.items():
        assert any(own), item
        assert find_few(own, SIZE) is None, (seed, item)
        assert find_few([by_person(surveying, row) for row in own], SIZE) is None, (seed, item)


def by_person(surveying: Surveying, row: Row) -> Row:
    people = Counter[object]()
    for code, number in row.items():
        people[surveying.people[int(str(code)[1:])]] += number
    return people


@pytest.mark.slow
def test_no_number_changes_without_a_new_revision(interviews: Interviews) -> None:
    """A standard error depends on all units of the round that published the score, wherever they are."""
    surveying = Surveying(interviews, Random(5))
    before: dict[str, tuple[int, list[object]]] = {}
    changed = 0
    for moment in range(MOMENTS):
        surveying.run_step()
        interviews.publish(CLOSED if moment > MOMENTS // 2 else LAST_DAY)
        found = numbers_by_place(interviews)
        for path, (revision, numbers) in found.items():
            if path in before and before[path][0] == revision:
                assert numbers == before[path][1], (moment, path)
            changed += before.get(path, (0, []))[1] != numbers
        before = found
    assert changed > 10


def numbers_by_place(interviews: Interviews) -> dict[str, tuple[int, list[object]]]:
    """Path → the revision that its charts name, and what they show of scores and people."""
    rt, questionnaire = read_round_tally(interviews.database, interviews.context), interviews.questionnaire
    return {
        path: (
            rt.cut_at(path, questionnaire).revision,
            [
                rt.at(path, questionnaire).n,
                *(rt.estimate(path, questionnaire, score) for score in rt.book(questionnaire).scored),
                rt.has_joined_strata(questionnaire),
            ],
        )
        for path in rt.localities
    }


@pytest.mark.slow
def test_a_unit_that_begins_to_publish_a_score_gives_all_places_a_revision(interviews: Interviews) -> None:
    all_asked = {"agreed": "yes", "always": "u1", "is_asked": "yes", "rarely": "u2"}
    interviews.send(HERE, 6, answers=all_asked)
    interviews.send(NEAR, 6, answers=all_asked | {"always": "u5"})
    interviews.send(FAR, 6, answers={"agreed": "yes", "always": "u1", "is_asked": "no"})
    interviews.send(FAR, 2, answers=all_asked)
    interviews.publish(CLOSED)
    before = numbers_by_place(interviews)
    interviews.send(FAR, 6, answers=all_asked)
    interviews.publish(CLOSED)
    after = numbers_by_place(interviews)
    assert before[PROVINCE][1] != after[PROVINCE][1]
    assert before[PROVINCE][0] < after[PROVINCE][0]


@pytest.mark.slow
def test_nobody_stands_out_of_what_the_publisher_published(interviews: Interviews) -> None:
    assert_nobody_stands_out(interviews, 62)


RECODING, RENAMING = "2", "3"  # versions with other codes, and with another question instead of one
RECODED = [(f"      u{number}: ", f"      w{number}: ") for number in range(MAX_RESPONSES)]
NOT_ASKED = ("      - name: rarely", "      - name: seldom")


@pytest.mark.slow
@pytest.mark.parametrize(("version", "changes"), [(RECODING, RECODED), (RENAMING, [NOT_ASKED])])
def test_nobody_stands_out_of_two_versions(
    interviews: Interviews, tmp_path: Path, version: str, changes: list[tuple[str, str]]
) -> None:
    publish_version(interviews, tmp_path, version, *changes)
    assert_nobody_stands_out(interviews, 62, ("1", version))
    with interviews.database.read() as connection:
        assert {each.version for each in waiting_responses.series_of(connection, 1).values()} == {f"1+{version}"}


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("seed", range(choose_size(2, 40)))
def test_nobody_stands_out_in_many_surveys(interviews: Interviews, seed: int) -> None:
    assert_nobody_stands_out(interviews, seed)


@pytest.mark.slow
def test_a_question_that_few_were_asked_would_give_them_away(
    interviews: Interviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_server.pipeline.cohorts.parts.find_withheld", lambda *_: {})
    _, rows = survey(interviews, 62)
    assert find_few(rows["rarely"], SIZE) is not None
