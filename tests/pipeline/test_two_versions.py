"""Two versions of a questionnaire in one round: nobody falls out of the charts, on the server and from a dataset."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from analysis.charts.ratings import rating_table
from analysis.dataset import load_dataset, tally_dataset
from analysis.rating_groups import rating_lists
from analysis.ratings import NOT_ASKED, UNANSWERED, reasons
from analysis.round_tally import RoundTally
from survey_server.domain.rounds import NewAssignment
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round
from survey_server.pipeline.round_tally import read_round_tally
from survey_server.services import receiving
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.services.receiving import ReceivingContext
from survey_server.settings import Settings
from survey_server.storage import rounds
from survey_server.storage.database import Database
from tests.support.field import EXAMPLE, Field, body, prepare_field, row, surveyor_of

SOURCE = """\
id: graded
version: "1"
title: {vi: Xếp loại, en: Grades}
respondent: organisation
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
choices:
  grades:
    scale: ordinal
    options:
      good: {vi: Tốt, en: Good}
      fair: {vi: Khá, en: Fair}
      poor: {vi: Kém, en: Poor}
    missing:
      dont_know: {vi: Không biết, en: Don't know}
  forms:
    options:
      meeting: {vi: Họp, en: Meeting}
      speaker: {vi: Loa, en: Loudspeaker}
sections:
  - name: main
    task: task1
    title: {vi: Nội dung, en: Content}
    questions:
      - {name: grade, type: select_one, choices: grades, indicator: party_awareness, label: {vi: Xếp loại, en: Grade}}
      - {name: used, type: select_multiple, choices: forms, label: {vi: Hình thức, en: Forms}}
"""
ADDED = (
    "      - {name: used,",
    "      - {name: second, type: select_one, choices: grades, indicator: party_awareness, "
    "label: {vi: Hai, en: Two}}\n      - {name: used,",
)
RECODED = ("poor: {vi: Kém", "weak: {vi: Kém")
FEWER = ("      poor: {vi: Kém, en: Poor}\n", "")
OTHER_REASON = ("dont_know: {vi: Không biết", "unsure: {vi: Chưa rõ")
OLDER = ["good"] * 2 + ["poor"] * 4 + ["dont_know"] * 2 + [None]


class Round:
    """A round with versions of the questionnaire `graded`, all assigned to the surveyor."""

    def __init__(self, database: Database, settings: Settings, folder: Path) -> None:
        self.database, self.settings, self.folder = database, settings, folder
        self.field: Field = prepare_field(database, folder)
        shutil.copytree(EXAMPLE.parents[1] / "frameworks", folder / "frameworks")

    def publish(self, version: str, *changes: tuple[str, str], is_offered: bool = True) -> None:
        source = SOURCE.replace('version: "1"', f'version: "{version}"')
        for before, after in changes:
            assert before in source
            source = source.replace(before, after)
        path = self.folder / "graded.yaml"
        path.write_text(source, encoding="utf-8")
        publish_questionnaire(self.database, path)
        assigned = NewAssignment(
            id=self.assignment(version), round_id=self.field.round_id, questionnaire="graded", version=version,
            locality_id=self.field.commune, person_id=self.field.surveyor, due_on="2012-06-30",
        )  # fmt: skip

        def assign(connection: Any) -> None:
            if is_offered:
                rounds.add_questionnaires(connection, self.field.round_id, [("graded", version)])
            rounds.add_assignments(connection, [assigned])

        self.database.write(assign)

    def assignment(self, version: str) -> str:
        return f"00000000-0000-4000-8000-{int(version):012}"

    def send(self, version: str, *sent: dict[str, Any]) -> None:
        named = {"questionnaire": "graded", "version": version, "assignment": self.assignment(version)}
        rows = [row(body(self.field, **named, answers=answers)) for answers in sent]
        receipts = receiving.receive(ReceivingContext.of(self.database), surveyor_of(self.field), rows)
        assert {each.status.value for each in receipts} == {"stored"}

    def tallies(self) -> list[RoundTally]:
        """On the server, and from the exported dataset."""
        context = read_round_context(self.database, self.settings, "r1")
        assert context is not None
        count_waiting(self.database)
        out = export_round(self.database, self.settings, "r1", "zip", self.folder / "out")
        return [read_round_tally(self.database, context), tally_dataset(load_dataset(out))]


@pytest.fixture
def graded(database: Database, settings: Settings, tmp_path: Path) -> Round:
    made = Round(database, settings, tmp_path)
    made.publish("1")
    made.send("1", *({"grade": code} if code else {} for code in OLDER))
    return made


def ratings(rt: RoundTally) -> dict[str, dict[str, float]]:
    """By list: the numbers of answers by choice and reason. All of them add up to responses × questions."""
    found = {}
    for listed in rating_lists(rt.book("graded")):
        table = rating_table(rt, "VN", "graded", listed)
        counts = {row["category"]: row["count"] for _, row in table.iterrows()}
        counts |= {reason: table[reason].iloc[0] for reason in reasons(listed)}
        found[listed.name] = {code: count for code, count in counts.items() if count}
        book = rt.book("graded")
        own = [each for each in book.scored["task1"] if book.questions[each.question].choices == listed.name]
        assert sum(counts.values()) == rt.at("VN", "graded").n * len(own)
    return found


@pytest.mark.slow
def test_another_wording_changes_nothing(graded: Round) -> None:
    graded.publish("2", ("{vi: Kém, en: Poor}", "{vi: Còn kém, en: Poor}"))
    graded.send("2", *[{"grade": "poor"}] * 12)
    for rt in graded.tallies():
        assert ratings(rt) == {"grades": {"good": 2, "poor": 16, "dont_know": 2, UNANSWERED: 1}}


def test_recoded_answers_are_counted_with_the_newest_codes(graded: Round) -> None:
    graded.publish("2", RECODED)
    graded.send("2", *[{"grade": "weak"}] * 12)
    for rt in graded.tallies():
        assert ratings(rt) == {"grades": {"good": 2, "weak": 16, "dont_know": 2, UNANSWERED: 1}}
        assert rt.at("VN", "graded").moments["task1"].n == 18
        assert rt.at("VN", "graded").people == {
            "ratings/task1/grades": 18, "ratings/task1/grades/good": 2, "ratings/task1/grades/weak": 16,
            "ratings/task1/grades/dont_know": 2,
        }  # fmt: skip


def test_a_reason_that_only_one_version_has_is_still_a_reason(graded: Round) -> None:
    graded.publish("2", OTHER_REASON)
    graded.send("2", {"grade": "unsure"}, {"grade": "good"})
    for rt in graded.tallies():
        assert ratings(rt) == {"grades": {"good": 3, "poor": 4, "unsure": 1, "dont_know": 2, UNANSWERED: 1}}


def test_a_scale_that_lost_a_step_is_shown_beside_the_newer_one(graded: Round) -> None:
    """Each answer is in one of the two charts; for the other version's question it was not asked."""
    graded.publish("2", FEWER, ("good: {vi: Tốt", "very: {vi: Rất tốt, en: Very good}\n      good: {vi: Tốt"))
    graded.send("2", {"grade": "very"}, {"grade": "fair"})
    for rt in graded.tallies():
        assert ratings(rt) == {
            "grades": {"very": 1, "fair": 1, NOT_ASKED: 9},
            "grades-v1": {"good": 2, "poor": 4, "dont_know": 2, UNANSWERED: 1, NOT_ASKED: 2},
        }
        assert rt.at("VN", "graded").moments["task1"].n == 8


@pytest.mark.slow
def test_a_question_that_only_one_version_has_was_not_asked_in_the_other(graded: Round) -> None:
    graded.publish("2", ADDED)
    graded.send("2", {"grade": "good", "second": "fair"})
    graded.publish("3")
    graded.send("3", {"grade": "fair"})
    for rt in graded.tallies():
        assert ratings(rt) == {
            "grades": {"good": 3, "fair": 2, "poor": 4, "dont_know": 2, UNANSWERED: 1, NOT_ASKED: 10}
        }


@pytest.mark.slow
def test_a_question_that_two_older_versions_have_is_one(graded: Round) -> None:
    graded.publish("2", ADDED)
    graded.send("2", {"grade": "good", "second": "fair"})
    graded.publish("3", ADDED)
    graded.send("3", {"grade": "good", "second": "dont_know"})
    graded.publish("4", OTHER_REASON)
    graded.send("4", {"grade": "unsure"})
    for rt in graded.tallies():
        assert ratings(rt) == {
            "grades": {
                "good": 4, "fair": 1, "poor": 4, "unsure": 1, "dont_know": 3, UNANSWERED: 1, NOT_ASKED: 10,
            },
        }  # fmt: skip


def test_a_version_that_is_assigned_but_not_offered_is_counted(graded: Round) -> None:
    graded.publish("0", ("poor: {vi: Kém", "bad: {vi: Kém"), is_offered=False)
    graded.send("0", {"grade": "bad"})
    for rt in graded.tallies():
        assert ratings(rt) == {"grades": {"good": 2, "poor": 5, "dont_know": 2, UNANSWERED: 1}}


def test_several_choices_of_two_versions_are_united(graded: Round) -> None:
    """The newer list lost the meeting and has the press; the loudspeaker has another code."""
    graded.send("1", {"used": ["meeting", "speaker"]}, {"used": ["meeting"]})
    graded.publish(
        "2", ("      meeting: {vi: Họp, en: Meeting}\n", "      press: {vi: Báo, en: Press}\n"), ("speaker:", "loud:")
    )
    graded.send("2", {"used": ["press", "loud"]})
    for rt in graded.tallies():
        assert rt.at("VN", "graded").questions["used"].choices == {"loud": 2, "meeting": 2, "press": 1}
        assert {*rt.book("graded").choices["forms"].options} == {"press", "loud", "meeting"}
