from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from survey_server.problems.answers import TYPES as ANSWER_TYPES
from survey_server.questionnaire.answers import Checker
from survey_server.questionnaire.client import client_json
from survey_server.questionnaire.load import load_questionnaire
from survey_server.questionnaire.questions import TYPES
from tests.questionnaire.marked import loaded, with_question

EXAMPLES = Path(__file__).parents[2] / "questionnaires" / "examples"
FIRST_STEPS = EXAMPLES / "first_steps.yaml"
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
    return Checker(load_questionnaire(FIRST_STEPS))


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
        ({"documents": [{"number": "\u200b \u3164"}], "documents_total": 1}, ("documents-0-number", "required")),
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


@pytest.mark.slow
@given(json_values, st.none() | st.text(max_size=12))
def test_nothing_makes_it_raise(checker: Checker, answers: Any, completed_at: str | None) -> None:
    checker.check(answers, completed_at)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(GOOD, json_values)))
def test_no_answer_of_any_shape_makes_it_raise(checker: Checker, answers: Any) -> None:
    checked = checker.check(answers, DONE)
    assert set(checked.not_asked) <= {*GOOD, "why_little"}


LINES = """\
- name: lines
  type: repeat
  label: {vi: A, en: B}
  questions:
    - {name: price, type: integer, label: {vi: A, en: B}}
    - {name: half, type: calculate, calculation: "${price} div 2", label: {vi: A, en: B}}
- {name: halves, type: calculate, calculation: "sum(${half})", label: {vi: A, en: B}}
"""


@pytest.mark.parametrize(
    ("lines", "mended", "noted"),
    [
        ([{"price": 4, "half": 2}], None, []),
        ([{"price": 4, "half": 2.0000000000000001}], None, []),
        ([{"price": 4, "half": 9}], [{"price": 4, "half": 2}], ["lines-0-half"]),
        ([{"price": 4}, {"price": 2, "half": 1}], [{"price": 4, "half": 2}, {"price": 2, "half": 1}], []),
        ([{"half": 3}], [{}], ["lines-0-half"]),
        ([{"price": "x", "half": 3}], [{"price": "x"}], ["lines-0-half"]),
    ],
)
def test_the_server_calculates_again_inside_a_repeat(
    lines: list[dict[str, Any]], mended: list[dict[str, Any]] | None, noted: list[str]
) -> None:
    checked = Checker(loaded(with_question(LINES))).check({"lines": lines}, DONE)
    assert checked.recomputed.get("lines") == mended
    assert [each.path for each in checked.problems if each.code == "recomputed"] == noted


@pytest.mark.parametrize(
    ("lines", "not_asked"),
    [
        ([{"price": 1}, {"price": 2}], ("discount",)),
        ([{"price": 1}, {"price": 9}], ()),
        ([{"price": 1, "discount": 3}], ("discount",)),
        ([], ()),
        (None, ()),
        ([{"price": 1}, "x"], ()),
    ],
)
def test_a_question_that_no_instance_is_asked_is_not_asked(lines: Any, not_asked: tuple[str, ...]) -> None:
    """Of instances that are not shaped as such nothing is known."""
    source = with_question(
        """- name: lines
  type: repeat
  label: {vi: A, en: B}
  questions:
    - {name: price, type: integer, label: {vi: A, en: B}}
    - {name: discount, type: integer, relevant: "${price} > 5", label: {vi: A, en: B}}"""
    )
    assert Checker(loaded(source)).check({"lines": lines}, DONE).not_asked == not_asked


@pytest.mark.parametrize("lines", ["x", [1], {}, [{"half": 1}] * 501])
def test_a_repeat_of_the_wrong_shape_is_left_as_it_came(lines: Any) -> None:
    checked = Checker(loaded(with_question(LINES))).check({"lines": lines}, DONE)
    assert "lines" not in checked.recomputed


@pytest.mark.parametrize(
    "cell", [{"value": {"value": 1}}, {"value": "none_arose"}, {}, {"value": True}, [1], {"value": []}]
)
def test_a_figure_of_the_wrong_shape_is_told(checker: Checker, cell: Any) -> None:
    assert ("figures", "wrong_kind") in codes(checker, figures={"meetings": {"y2011": cell, "h2012": 0}})


def test_a_figure_nested_without_end_does_not_raise(checker: Checker) -> None:
    cell: Any = 1
    for _ in range(100_000):
        cell = {"value": cell}
    assert ("figures", "wrong_kind") in codes(checker, figures={"meetings": {"y2011": cell, "h2012": 0}})


def test_a_calculation_that_is_a_plain_number_is_one() -> None:
    questionnaire = loaded(with_question("- {name: q, type: calculate, calculation: 0, label: {vi: A, en: B}}"))
    assert Checker(questionnaire).check({}, DONE).state.calculated == {"q": 0}
    assert '"calculation":0' in client_json(questionnaire).replace("0.0", "0")


@pytest.mark.slow
def test_the_compiled_questionnaire_has_the_same_bytes_in_every_process() -> None:
    script = (
        "import sys; from pathlib import Path; from survey_server.questionnaire.client import client_json\n"
        "from survey_server.questionnaire.load import load_questionnaire\n"
        "sys.stdout.write(client_json(load_questionnaire(Path(sys.argv[1]))))"
    )
    compiled = {
        subprocess.run(
            [sys.executable, "-c", script, str(EXAMPLES.parent / "self_review_district.yaml")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}, capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(compiled) == 1


def test_a_day_that_is_none_is_told_once(checker: Checker) -> None:
    """That it also lies after today would send people looking for another mistake."""
    assert codes(checker, held_on="2012-06-31") == [("held_on", "not_a_day")]
    assert codes(checker, documents=[{"number": "1", "pages": 0.5}]) == [("documents-0-pages", "not_whole")]


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("party_change", "cần một phương án trả lời.", "one of the choices is needed."),
        ("held_on", "cần một ngày.", "a date is needed."),
        ("documents", "cần danh sách các lần ghi.", "a list of entries is needed."),
        ("figures", "cần một bảng số liệu.", "a table of figures is needed."),
    ],
)
def test_an_answer_of_the_wrong_kind_is_told_in_words(checker: Checker, name: str, vi: str, en: str) -> None:
    """Those who read it have never seen a questionnaire's file."""
    (problem,) = [each for each in checker.check(GOOD | {name: 5}, DONE).problems if each.code == "wrong_kind"]
    assert problem.text("vi") == f"Câu trả lời không đúng kiểu: {vi}"
    assert problem.text("en") == f"The answer is of the wrong kind: {en}"


def test_each_type_that_is_answered_has_words() -> None:
    assert set(ANSWER_TYPES) == {each for each in TYPES if each not in ("note", "group")}


KINDS = """\
- {name: n, type: integer, missing: {not_tracked: {vi: A, en: B}}, label: {vi: A, en: B}}
"""


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("several", ["clear", "some"], None),
        ("several", "dont_know", None),
        ("several", [], None),
        ("several", ["clear", "clear"], "repeated_choice"),
        ("several", ["dont_know"], None),
        ("several", ["clear", "dont_know"], "reason_beside_choices"),
        ("several", ["clear", "nothing"], "unknown_choice"),
        ("several", "clear", "wrong_kind"),
        ("several", ["clear", 1], "wrong_kind"),
        ("several", {"clear": True}, "wrong_kind"),
        ("rated", "dont_know", None),
        ("rated", ["clear"], "wrong_kind"),
        ("n", "not_tracked", None),
        ("n", "none_arose", "wrong_kind"),
        ("n", 2.0, None),
        ("n", -3, None),
        ("n", 2.5, "not_whole"),
        ("n", "2", "wrong_kind"),
        ("n", True, "wrong_kind"),
        ("n", 10**16, "too_large"),
        ("n", float("nan"), "too_large"),
        ("n", float("inf"), "too_large"),
        ("word", "", None),
        ("word", "x" * 20_000, None),
        ("word", "x" * 20_001, "too_large"),
        ("word", 5, "wrong_kind"),
        ("held", "2012-02-29", None),
        ("held", "2011-02-29", "not_a_day"),
        ("held", "29/02/2012", "not_a_day"),
        ("held", "2012-02-29T10:00", "not_a_day"),
        ("held", 20120229, "wrong_kind"),
        ("figures", {}, None),
        ("figures", {"meetings": {"y2011": 1}}, None),
        ("figures", {"meeting": {"y2011": 1}}, "wrong_kind"),
        ("figures", {"meetings": {"y2012": 1}}, "wrong_kind"),
        ("figures", {"meetings": {"y2011": "not_tracked"}}, None),
        ("figures", {"meetings": {"y2011": {"value": 1, "estimated": "yes"}}}, "wrong_kind"),
        ("figures", {"meetings": {"y2011": {"value": 1, "remark": "x"}}}, "wrong_kind"),
        ("papers", [{"pages": 3}], None),
        ("papers", {"pages": 3}, "wrong_kind"),
    ],
)
def test_an_answer_is_of_its_type_or_told(name: str, given: Any, code: str | None) -> None:
    problems = Checker(loaded(with_question(KINDS))).check({name: given}, DONE).problems
    assert [each.code for each in problems] == ([] if code is None else [code])
