"""People who gave a rating, where a chart of the united versions adds up other questions than a version's own did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.codebook import Codebook, Framework
from analysis.counter import tally_leaf
from analysis.round_tally import LeafId
from analysis.tally import CountedResponse, LeafTally
from analysis.version_ratings import RatingsReading, count_people
from analysis.versions import unite_versions
from tests.analysis.samples import framework_json, questionnaire_json

FRAMEWORK = Framework.from_json(framework_json())
LEAF = LeafId("VN/00/000/00000", "visit", "1", "visit", "submitted")
KEY = "ratings/task1/change"


def united_tally(*answers: Mapping[str, str], **moved: str) -> LeafTally:
    """Of responses to version 1, read with version 2, in which these questions have another task."""
    newest = questionnaire_json("visit", "organisation") | {"version": "2"}
    for question in newest["questions"]:
        question["task"] = moved.get(question["name"], question["task"])
    names = [each["name"] for each in newest["questions"]]
    compared: dict[str, Any] = {"newest": "2", "questions": dict.fromkeys(names, "same")}
    older = questionnaire_json("visit", "organisation") | {"comparison": compared}
    codebook = Codebook.from_json({"questionnaires": [older, newest]}, FRAMEWORK)
    rows = [CountedResponse(str(number), each) for number, each in enumerate(answers)]
    tally = tally_leaf(rows, codebook.questionnaires["visit", "1"], FRAMEWORK)
    return unite_versions(codebook, FRAMEWORK).read(LEAF, tally)


ANSWERS = (
    {"t1_first": "clear", "t1_second": "clear"},
    {"t1_first": "clear", "t1_second": "none"},
    {"t1_second": "clear"},
    {"t1_first": "dont_know"},
)


def test_people_are_counted_once_for_a_chart_with_the_same_questions() -> None:
    people = united_tally(*ANSWERS).people
    assert people == {KEY: 3, f"{KEY}/clear": 3, f"{KEY}/none": 1, f"{KEY}/dont_know": 1}


def test_a_question_that_went_to_another_chart_takes_its_people_along() -> None:
    """Of the chart that lost it, and of the one that has it now, no more are named than gave the code there."""
    people = united_tally(*ANSWERS, t1_second="task2").people
    assert people[KEY] == 2
    assert people[f"{KEY}/clear"] == 2
    assert people[f"{KEY}/dont_know"] == 1
    assert f"{KEY}/none" not in people
    assert people["ratings/task2/change/clear"] == 2
    assert people["ratings/task2/change/none"] == 1


def test_two_reasons_that_become_one_name_the_people_of_the_larger() -> None:
    """Of one response it is exact; of a sum it is not known how many people gave both."""
    merged = RatingsReading({KEY: [KEY], f"{KEY}/x": [f"{KEY}/old", f"{KEY}/other"]}, {}, is_whole=True)
    assert not merged.is_unchanged
    people = {KEY: 5, f"{KEY}/old": 1, f"{KEY}/other": 3}
    assert count_people([merged], people, {}) == {KEY: 5, f"{KEY}/x": 3}


def test_reasons_with_one_label_are_one_reason_in_the_united_book() -> None:
    """The older list says "Không biết" twice; the newer one says it no more."""
    newest = questionnaire_json("visit", "organisation") | {"version": "2"}
    older = questionnaire_json("visit", "organisation")
    label = {"vi": "Không rõ", "en": "Unclear"}
    older["choices"]["change"]["missing"] = [{"code": code, "label": label} for code in ("old", "other")]
    names = [each["name"] for each in newest["questions"]]
    older["comparison"] = {"newest": "2", "questions": dict.fromkeys(names, "same")}
    codebook = Codebook.from_json({"questionnaires": [older, newest]}, FRAMEWORK)
    rows = [CountedResponse(str(number), {"t1_first": code}) for number, code in enumerate(["old", "other", "other"])]
    tally = tally_leaf(rows, codebook.questionnaires["visit", "1"], FRAMEWORK)
    read = unite_versions(codebook, FRAMEWORK).read(LEAF, tally)
    assert read.questions["t1_first"].missing == {"old": 3}
    assert read.people[f"{KEY}/old"] == 2
