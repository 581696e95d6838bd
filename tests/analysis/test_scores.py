"""Scores, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.counter import tally_leaf
from analysis.scores import score_response
from analysis.tally import CountedResponse, add

SCORES = {"good": 100, "fair": 75, "medium": 50, "weak": 25, "poor": 0}  # (v − 1) / (k − 1) × 100, k = 5
TRUTHS = {"yes": 100, "no": 0}


def both(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def indicator(code: str, kind: str = "rating", weight: float = 1.0, direction: str = "higher") -> dict[str, Any]:
    return {
        "code": code, "title": both(code), "kind": kind, "aspect": "carry_out", "weight": weight, "unit": {},
        "period": None, "aggregate": "none", "direction": direction,
    }  # fmt: skip


def framework() -> Framework:
    tasks = {
        "task1": [indicator("quality", weight=2.0), indicator("plan", "yes_no"), indicator("documents", "count")],
        "task2": [indicator("complaints", direction="lower")],
    }
    return Framework.from_json({
        "id": "f", "title": both("f"),
        "tasks": [
            {"code": code, "title": both(code), "short": both(code), "weight": 1.0, "indicators": each}
            for code, each in tasks.items()
        ],
    })  # fmt: skip


def question(name: str, task: str, of: str, choices: str, type_: str = "select_one") -> dict[str, Any]:
    return {
        "name": name, "section": "s", "repeat": None, "type": type_, "label": both(name), "task": task,
        "indicator": of, "choices": choices, "universe": None, "rows": [], "periods": [], "missing": [],
    }  # fmt: skip


def book() -> QuestionnaireBook:
    questions = [
        question("q1", "task1", "quality", "rating5"), question("q2", "task1", "quality", "rating5"),
        question("q3", "task1", "plan", "yes_no"), question("q4", "task1", "quality", "rating5", "select_multiple"),
        question("n1", "task1", "documents", "rating5"),
        question("r1", "task2", "complaints", "rating5"),
        question("elsewhere", "task2", "plan", "yes_no"),  # task2 has no such indicator: task1's is not meant
    ]  # fmt: skip
    silences = [{"code": code, "label": both(code)} for code in ("dont_know", "not_applicable", "refused")]
    choices = {
        name: {
            "scale": "ordinal", "options": [{"code": code, "label": both(code)} for code in scores],
            "missing": silences, "scores": scores,
        }
        for name, scores in (("rating5", SCORES), ("yes_no", TRUTHS))
    }  # fmt: skip
    given = {
        "id": "q", "version": "1", "title": both("q"), "respondent": "organisation", "evidence": "visit",
        "locality_level": "commune", "questions": questions, "choices": choices,
    }  # fmt: skip
    return Codebook.from_json({"questionnaires": [given]}, framework()).newest("q")


def score(answers: dict[str, Any], *not_asked: str) -> dict[str, float]:
    return score_response(answers, frozenset(not_asked), book(), framework())


def test_an_indicator_is_the_mean_of_its_questions_and_a_task_the_weighted_mean_of_its_indicators() -> None:
    """quality = (75 + 50) / 2 = 62.5 with weight 2, plan = 100 with weight 1: (2 × 62.5 + 100) / 3 = 75."""
    found = score({"q1": "fair", "q2": "medium", "q3": "yes"})
    assert found == {"task1/quality": 62.5, "task1/plan": 100.0, "task1": 75.0}


def test_where_lower_is_better_the_score_is_turned() -> None:
    assert score({"r1": "weak"})["task2"] == 75.0


@pytest.mark.parametrize("silence", ["dont_know", "not_applicable", "refused", "", None, "unheard of"])
def test_no_silence_is_a_score(silence: str | None) -> None:
    """One of three asked is answered: less than half."""
    found = score({"q1": "good", "q2": silence, "q3": silence})
    assert found == {"task1/quality": 100.0}


def test_half_of_what_was_asked_is_enough() -> None:
    """q3 was not asked: one of two."""
    assert score({"q1": "good", "q2": "refused"}, "q3")["task1"] == 100.0
    assert "task1" not in score({"q1": "good"})


def test_an_answer_to_what_was_not_asked_does_not_count() -> None:
    assert score({"q1": "good", "q2": "good", "q3": "no"}, "q3") == {"task1/quality": 100.0, "task1": 100.0}


def test_what_is_not_rated_is_not_scored() -> None:
    """Counts, several choices at once, and a question that names another task's indicator."""
    scored = {task: [each.question for each in found] for task, found in book().scored.items()}
    assert scored == {"task1": ["q1", "q2", "q3"], "task2": ["r1"]}
    assert score({"n1": "good", "q4": ["good"], "elsewhere": "yes"}) == {}
    assert score({"q1": ["good"], "q2": {"a": 1}, "q3": 1}) == {}


def test_leaves_may_be_merged_in_any_grouping_without_losing_a_bit() -> None:
    rows = [
        CountedResponse(f"{k:03}", {"q1": list(SCORES)[k % 5], "q2": "fair", "q3": "yes"}, weight=10.0 ** (k % 30 - 15))
        for k in range(90)
    ]
    leaves = [tally_leaf(rows[at : at + 9], book(), framework()) for at in range(0, 90, 9)]
    whole = tally_leaf(rows, book(), framework())
    assert add(leaves) == add([add(leaves[:3]), add(leaves[3:])]) == whole
