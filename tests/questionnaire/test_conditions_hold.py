"""What the solver calls always or never true is so for every answer, tried out on random questionnaires."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.frameworks import read_framework
from survey_server.questionnaire.language.terms import freeze
from survey_server.questionnaire.load import load_text
from survey_server.questionnaire.model import Questionnaire
from survey_server.questionnaire.route import Route, RouteState
from survey_server.questionnaire.value_domains import ValueDomains
from tests.support.sizes import choose_examples

TODAY = "2012-06-05"
TEXT = {"vi": "Câu", "en": "Text"}
FRAMEWORK_SOURCE = (
    b"id: f\ntitle: {vi: K, en: F}\ntasks: {t: {title: {vi: K, en: F}, indicators: {i: "
    b"{kind: count, aspect: deploy, title: {vi: K, en: F}}}}}"
)
FRAMEWORK = read_framework(FRAMEWORK_SOURCE)
NEVER = ("never_true", "contradiction")
# By type: the answers that are tried, and the constraints.
TRIED: dict[str, tuple[tuple[Any, ...], tuple[str, ...]]] = {
    "integer": ((None, -1, 0, 1, 2, 3, "none"), (". >= 0", ". > 0 and . < 3", ". != 2", ". < 1 or . > 2")),
    "decimal": ((None, -0.5, 0, 0.5, 2, 2.5), (". >= 0", ". < 2.5", ". <= 2")),
    "select_one": ((None, "a", "b", "dk"), (". != 'b'", ". = 'a' or . = 'b'")),
    "select_multiple": ((None, ["a"], ["b"], ["a", "b"], "dk"), ("count-selected(.) < 2", "selected(., 'a')")),
    "text": ((None, "a", "b", "1"), ("string-length(.) > 0", ". != 'b'")),
    "date": ((None, "2012-01-01", TODAY, "2012-12-31"), (". <= today()", ". > '2012-01-01'")),
}
TYPES = tuple(TRIED)
CALCULATIONS = (
    "({one} + {other})", "({one} - {other})", "({one} * {other})", "({one} div {other})", "({one} mod {other})",
    "-({one})", "abs({one})", "round({one})", "int({one})", "min({one}, {other})", "max({one}, {other})",
    "coalesce({one}, {other})", "if({one} > 1, {one}, {other})",
)  # fmt: skip
SIGNS = ("=", "!=", "<", "<=", ">", ">=")


@st.composite
def numbers(draw: st.DrawFn, names: dict[str, str], depth: int) -> str:
    known = [f"${{{name}}}" for name, type_ in names.items() if type_ in ("integer", "decimal")]
    counted = [f"count-selected(${{{name}}})" for name, type_ in names.items() if type_ == "select_multiple"]
    measured = [f"string-length(${{{name}}})" for name, type_ in names.items() if type_ in ("text", "select_one")]
    leaves = [*known, *known, *counted, *measured, "0", "1", "2", "2.5", "-1"]
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(leaves))
    one, other = draw(numbers(names, depth - 1)), draw(numbers(names, depth - 1))
    return draw(st.sampled_from(CALCULATIONS)).format(one=one, other=other)


@st.composite
def atoms(draw: st.DrawFn, names: dict[str, str]) -> str:
    sign = draw(st.sampled_from(SIGNS))
    equal = draw(st.sampled_from(SIGNS[:2]))
    found = [f"{draw(numbers(names, 1))} {sign} {draw(numbers(names, 1))}"] * 2
    for name, type_ in names.items():
        value = f"${{{name}}}"
        if type_ in ("integer", "decimal"):
            found += [f"{value} {sign} 1", f"{value} {sign} 2", value, f"{value} = ''"]
        elif type_ == "select_one":
            found += [f"{value} {equal} 'a'", f"{value} {equal} 'b'", f"selected({value}, 'dk')", f"{value} = ''"]
        elif type_ == "select_multiple":
            found += [f"selected({value}, 'a')", f"selected({value}, 'b')", f"{value} {equal} ''", value]
        elif type_ == "text":
            found += [f"{value} {equal} 'a'", f"contains({value}, 'a')", f"{value} {equal} ''", f"not({value})"]
        elif type_ == "date":
            found += [f"{value} {sign} '{TODAY}'", f"{value} {sign} today()", f"{value} {equal} ''"]
    pairs = [pair for pair in itertools.permutations(names, 2) if names[pair[0]] == names[pair[1]]]
    for one, other in pairs:
        if names[one] in ("integer", "decimal", "date"):
            found += [f"${{{one}}} {sign} ${{{other}}}"] * 2
        elif names[one] == "select_one":
            found += [f"${{{one}}} {equal} ${{{other}}}"]
    return draw(st.sampled_from(found))


@st.composite
def conditions(draw: st.DrawFn, names: dict[str, str], depth: int = 2) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(atoms(names))
    one, other = draw(conditions(names, depth - 1)), draw(conditions(names, depth - 1))
    return draw(
        st.sampled_from(
            [f"({one} and {other})"] * 3
            + [f"({one} or {other})"] * 3
            + [f"not({one})", f"if({one}, {other}, {draw(atoms(names))})"]
        )
    )


@st.composite
def questionnaires(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    """A questionnaire of two to four questions and ten calculated conditions, and the types of its questions."""
    names: dict[str, str] = {}
    questions: list[dict[str, Any]] = []
    for number in range(draw(st.integers(2, 4))):
        type_ = draw(st.sampled_from(TYPES))
        question: dict[str, Any] = {"name": f"q{number}", "type": type_, "label": TEXT}
        if names and draw(st.booleans()):
            question["relevant"] = draw(conditions(names, 1))
        if draw(st.booleans()):
            question["constraint"] = draw(st.sampled_from(TRIED[type_][1]))
        if type_.startswith("select"):
            question["choices"] = "ab"
        elif type_ == "integer":
            question["missing"] = {"none": TEXT}
        if names and draw(st.integers(0, 2)) == 0:
            inside, question = question, {"name": f"g{number}", "type": "group", "label": TEXT}
            question |= {"relevant": draw(conditions(names, 1)), "questions": [inside]}
        questions.append(question)
        names[f"q{number}"] = type_
    if draw(st.booleans()):
        questions.append({"name": "sum", "type": "calculate", "calculation": draw(numbers(names, 2)), "label": TEXT})
        names["sum"] = "integer"
    for number in range(10):
        condition = draw(conditions(names))
        questions.append({"name": f"p{number}", "type": "calculate", "calculation": condition, "label": TEXT})
    whole = {
        "id": "drawn", "version": "1", "title": TEXT, "respondent": "organisation", "evidence": "visit",
        "locality_level": "commune", "framework": "f", "languages": ["vi", "en"],
        "choices": {"ab": {"options": {"a": TEXT, "b": TEXT}, "missing": {"dk": TEXT}}},
        "sections": [{"name": "s", "task": "t", "title": TEXT, "questions": questions}],
    }  # fmt: skip
    return whole, names


def load(whole: dict[str, Any]) -> Questionnaire:
    return load_text(json.dumps(whole, ensure_ascii=False).encode(), FRAMEWORK, published=True)


def valid_answers(questionnaire: Questionnaire, names: dict[str, str]) -> Iterator[RouteState]:
    """The route with every combination of the answers that break no constraint."""
    route = Route(questionnaire)
    asked = [name for name in names if name != "sum"]
    for values in itertools.product(*[TRIED[names[name]][0] for name in asked]):
        given_values = {name: value for name, value in zip(asked, values, strict=True) if value is not None}
        state = route.evaluate(given_values, TODAY)
        if not any(rule == "constraint" for _, rule in state.broken):
            yield state


@pytest.mark.slow
@settings(max_examples=choose_examples(60), deadline=None)
@given(questionnaires())
def test_what_is_decided_holds_for_every_valid_answer(drawn: tuple[dict[str, Any], dict[str, str]]) -> None:
    questionnaire, names = load(drawn[0]), drawn[1]
    domains = ValueDomains(questionnaire.sections, questionnaire.choices)
    observed: dict[str, set[bool]] = {}
    for state in valid_answers(questionnaire, names):
        for name, value in state.values.items():
            if name.startswith("p"):
                observed.setdefault(name, set()).add(bool(value))
    for question in questionnaire.walk():
        if question.name.startswith("p"):
            for truth in observed[question.name]:
                found = domains.solver.assume([{}], freeze(question.calculation), truth)
                assert found, f"{question.name} is sometimes {truth}"


@pytest.mark.slow
@settings(max_examples=choose_examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questionnaires())
def test_a_question_whose_condition_is_never_true_is_never_asked(
    tmp_path: Path, drawn: tuple[dict[str, Any], dict[str, str]]
) -> None:
    """The condition itself, a part of an `and`, or one that contradicts those around it."""
    whole, names = drawn
    (tmp_path / "frameworks").mkdir(exist_ok=True)
    (tmp_path / "frameworks" / "f.yaml").write_bytes(FRAMEWORK_SOURCE)
    (tmp_path / "drawn.yaml").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    questionnaire = load(whole)
    sources = {each.name: each.relevant_source or "" for each in questionnaire.walk()}
    never = set()
    for problem in check_file(tmp_path / "drawn.yaml"):
        name, _, key = str(problem.problem.parts.get("owner", "")).partition(".")
        is_all = not any(word in sources.get(name, "") for word in (" or ", "not(", "if("))
        if key == "relevant" and (problem.code == "never_asked" or (problem.code in NEVER and is_all)):
            never.add(name)
    for state in valid_answers(questionnaire, names):
        assert never.isdisjoint(state.relevant)
