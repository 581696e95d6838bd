from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_server.questionnaire.answers import Checker, compile_checker
from survey_server.questionnaire.load import load_questionnaire

FIRST_STEPS = Path(__file__).parents[2] / "questionnaires" / "examples" / "first_steps.yaml"
DONE = "2012-06-05T09:00:00+07:00"
GOOD: dict[str, Any] = {
    "party_change": "clear",
    "held_on": "2012-06-01",
    "documents": [{"number": "62-KL/TW", "pages": 3}],
    "documents_total": 1,
    "figures": {"meetings": {"y2011": 4, "h2012": {"value": 2, "estimated": True}}},
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return compile_checker(load_questionnaire(FIRST_STEPS))


def codes(checker: Checker, **changed: Any) -> list[tuple[str | None, str]]:
    answers = {name: value for name, value in (GOOD | changed).items() if value is not None}
    return [(finding.path, finding.code) for finding in checker.check(answers, DONE).problems]


def test_good_answers_have_no_problem(checker: Checker) -> None:
    checked = checker.check(GOOD, DONE)
    assert checked.problems == ()
    assert checked.not_asked == ("why_little",)
    assert checked.recomputed == {}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"party_change": None}, ("party_change", "required")),
        ({"party_change": "clearly"}, ("party_change", "unknown_choice")),
        ({"party_change": 3}, ("party_change", "wrong_kind")),
        ({"why_little": "vì sao"}, ("why_little", "not_relevant")),
        ({"held_on": "2012-06-06"}, ("held_on", "constraint")),
        ({"held_on": "2012-02-30"}, ("held_on", "not_a_day")),
        ({"documents": [{"number": "1", "pages": 0}]}, ("documents-0-pages", "constraint")),
        ({"documents": [{"number": "1"}, {"pages": 2}], "documents_total": 2}, ("documents-1-number", "required")),
        ({"documents": [{"number": "1", "pages": 1.5}]}, ("documents-0-pages", "not_whole")),
        ({"documents": [{"number": "1", "colour": "x"}]}, ("documents-0-colour", "unknown_question")),
        ({"documents": ["x"], "documents_total": None}, ("documents", "wrong_kind")),
        ({"documents_total": 5}, ("documents_total", "recomputed")),
        ({"figures": {"meetings": {"y2011": "none"}}}, ("figures", "wrong_kind")),
        ({"unheard_of": 1}, ("unheard_of", "unknown_question")),
    ],
)
def test_a_problem_is_named_with_its_path(
    checker: Checker, changed: dict[str, Any], found: tuple[str | None, str]
) -> None:
    assert found in codes(checker, **changed)


def test_the_questionnaire_s_own_message_is_used(checker: Checker) -> None:
    (finding,) = checker.check(GOOD | {"held_on": "2012-07-01"}, DONE).problems
    assert finding.text("vi") == "Ngày họp không thể ở tương lai"
    assert finding.text("en") == "The meeting cannot lie in the future"


def test_a_figure_may_be_missing_for_a_reason(checker: Checker) -> None:
    assert codes(checker, figures={"meetings": {"y2011": "none_arose", "h2012": 0}}) == []


def test_the_server_calculates_again(checker: Checker) -> None:
    assert checker.check(GOOD | {"documents_total": 9}, DONE).recomputed == {"documents_total": 1}


@given(json_values, st.none() | st.text(max_size=12))
def test_nothing_makes_it_raise(checker: Checker, answers: Any, completed_at: str | None) -> None:
    checker.check(answers, completed_at)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(GOOD, json_values)))
def test_no_answer_of_any_shape_makes_it_raise(checker: Checker, answers: Any) -> None:
    checked = checker.check(answers, DONE)
    assert set(checked.not_asked) <= {*GOOD, "why_little"}
