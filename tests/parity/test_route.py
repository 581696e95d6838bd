"""The tablet and the server find the same route on random questionnaires with random answers."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from survey_server.questionnaire.answers import Checker
from survey_server.questionnaire.client import client_json
from survey_server.questionnaire.draft_answers import finished
from survey_server.questionnaire.model import Questionnaire
from survey_server.questionnaire.route import Route, RouteState
from tests.parity.drawn import draw_answers, draw_questionnaire
from tests.parity.test_expressions import TODAY, plain
from tests.questionnaire.marked import loaded, with_question
from tests.support.sizes import choose_size

if TYPE_CHECKING:
    from tests.parity.conftest import Engine

QUESTIONNAIRES = choose_size(150, 3000)
_WALK = """async ([client, everyone, today]) => {
  const { compileRoute } = await import("http://modules.test/route.js");
  await (await import("http://modules.test/question_types.js")).loadTypes(JSON.parse(client));
  const route = compileRoute(JSON.parse(client));
  return JSON.stringify(JSON.parse(everyone).map((answers) => {
    const { relevant, required, calculated, problems } = route.evaluate(answers, { today });
    const broken = problems.map(({ path, code }) => [path, code]);
    return [[...relevant].sort(), [...required].sort(), calculated, broken.sort()];
  }));
}"""


def in_javascript(engine: Engine, questionnaire: Questionnaire, everyone: list[dict[str, Any]]) -> list[Any]:
    found = json.loads(engine.evaluate(_WALK, [client_json(questionnaire), json.dumps(everyone), TODAY]))
    return [[relevant, required, _values(calculated), broken] for relevant, required, calculated, broken in found]


def in_python(questionnaire: Questionnaire, everyone: list[dict[str, Any]]) -> list[Any]:
    route = Route(questionnaire)
    return [_outcome(route.evaluate(answers, TODAY)) for answers in everyone]


def _outcome(state: RouteState) -> list[Any]:
    broken = sorted([path, code] for path, code in state.broken)
    return [sorted(state.relevant), sorted(state.required), _values(state.calculated), broken]


def _values(calculated: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in sorted(calculated.items())}


@pytest.mark.long
def test_routes_of_random_questionnaires_are_equal(engine: Engine) -> None:
    for seed in range(QUESTIONNAIRES):
        random = Random(seed)
        questionnaire = draw_questionnaire(random)
        everyone = [draw_answers(questionnaire, random) for _ in range(12)]
        ours, theirs = in_python(questionnaire, everyone), in_javascript(engine, questionnaire, everyone)
        for answers, one, other in zip(everyone, ours, theirs, strict=True):
            assert one == other, (seed, answers)


def test_random_answers_have_every_outcome_often() -> None:
    """Otherwise the comparison would mean little."""
    counts = [0, 0, 0, 0]
    off_the_route = instances = 0
    for seed in range(60):
        random = Random(seed)
        questionnaire = draw_questionnaire(random)
        everyone = [draw_answers(questionnaire, random) for _ in range(12)]
        for found in in_python(questionnaire, everyone):
            counts = [count + len(part) for count, part in zip(counts, found, strict=True)]
            instances += sum("-" in path for path in found[0])
        off_the_route += sum(each.relevant is not None for each in questionnaire.walk())
    assert min(counts) > 200, counts
    assert min(off_the_route, instances) > 100


def test_the_checker_never_raises_on_random_answers() -> None:
    for seed in range(60):
        random = Random(seed)
        questionnaire = draw_questionnaire(random)
        checker = Checker(questionnaire)
        for _ in range(12):
            checker.check(draw_answers(questionnaire, random), f"{TODAY}T09:00:00+07:00")


_FINISH = """async ([client, everyone, today]) => {
  const { compileRoute } = await import("http://modules.test/route.js");
  const { finalAnswers } = await import("http://modules.test/final_answers.js");
  await (await import("http://modules.test/question_types.js")).loadTypes(JSON.parse(client));
  const route = compileRoute(JSON.parse(client));
  return JSON.stringify(JSON.parse(everyone).map((answers) => finalAnswers(route, answers, today)));
}"""


def filled_in(questionnaire: Questionnaire, answers: dict[str, Any], random: Random) -> dict[str, Any]:
    """As a page holds answers: nothing calculated, repeats as lists of instances, some of them empty."""
    types = {each.name: each.type.name for each in questionnaire.walk()}
    filled: dict[str, Any] = {}
    for name, given in answers.items():
        if types.get(name) == "repeat" and isinstance(given, list):
            instances = [each for each in given if isinstance(each, dict)]
            remaining = [
                {n: v for n, v in each.items() if types.get(n) != "calculate" and is_enterable(v)} for each in instances
            ]
            filled[name] = [{} if random.random() < 0.3 else each for each in remaining]
        elif types.get(name) not in ("repeat", "calculate", None) and is_enterable(given):
            filled[name] = given if not isinstance(given, list) else [each for each in given if isinstance(each, str)]
    return filled


def is_enterable(given: Any) -> bool:
    """Not null, and not a number with more digits than an input accepts."""
    return given is not None and not (isinstance(given, int | float) and abs(given) > 1e15)


@pytest.mark.long
def test_final_answers_are_equal(engine: Engine) -> None:
    dropped = off_route = off_route_inside = inside = 0
    for seed in range(QUESTIONNAIRES):
        random = Random(seed)
        questionnaire = draw_questionnaire(random)
        drawn = [draw_answers(questionnaire, random) for _ in range(12)]
        everyone = [filled_in(questionnaire, answers, random) for answers in drawn]
        theirs = json.loads(engine.evaluate(_FINISH, [client_json(questionnaire), json.dumps(everyone), TODAY]))
        route = Route(questionnaire)
        for answers, other in zip(everyone, theirs, strict=True):
            ours = finished(questionnaire, route, answers, TODAY)
            assert _normalised(ours) == _normalised(other), (seed, answers)
            dropped += sum(answer != [] and {} in answer for answer in answers.values() if isinstance(answer, list))
            off_route += len(answers.keys() - ours.keys())
            for name, kept in ours.items():
                if is_list_of_instances(kept):
                    full = [each for each in answers.get(name, []) if each]
                    off_route_inside += sum(
                        len(each.keys() - rest.keys()) for each, rest in zip(full, kept, strict=True)
                    )
            inside += sum(path.count("-") for path in route.evaluate(ours, TODAY).calculated)
    assert min(dropped, off_route, off_route_inside, inside) > 50


def is_list_of_instances(answer: Any) -> bool:
    return isinstance(answer, list) and any(isinstance(each, dict) for each in answer)


def _normalised(answers: dict[str, Any]) -> dict[str, Any]:
    """Numbers as JSON has them in either language; an empty list is not an answer."""
    as_json = json.loads(json.dumps(answers), parse_int=float)
    return {name: answer for name, answer in sorted(as_json.items()) if answer != []}


LARGE = """\
- {name: product, type: calculate, calculation: "${amount} * ${amount} * ${amount}", label: {vi: A, en: B}}
- {name: half, type: calculate, calculation: "${product} div 2", label: {vi: A, en: B}}
- {name: as_text, type: calculate, calculation: "concat('9', '999999999999999999')", label: {vi: A, en: B}}
"""


@pytest.mark.parametrize(("amount", "calculated"), [(100, {"product": 1_000_000, "half": 500_000}), (999_999, {})])
def test_a_calculated_number_beyond_the_limit_is_null(engine: Engine, amount: int, calculated: dict[str, int]) -> None:
    questionnaire = loaded(with_question(LARGE))
    (ours,) = in_python(questionnaire, [{"amount": amount}])
    assert in_javascript(engine, questionnaire, [{"amount": amount}]) == [ours]
    assert {name: value for name, value in ours[2].items() if name != "as_text"} == calculated
    assert ours[2]["as_text"] == "9999999999999999999"


FEW = """\
- {name: zero, type: calculate, calculation: 0, label: {vi: A, en: B}}
- {name: empty, type: calculate, calculation: "''", label: {vi: A, en: B}}
- {name: never, type: text, relevant: 0, label: {vi: A, en: B}}
- {name: not_blank, type: text, relevant: "''", label: {vi: A, en: B}}
- {name: broken, type: integer, constraint: 0, label: {vi: A, en: B}}
- {name: asked, type: text, required: 0, label: {vi: A, en: B}}
- {name: always, type: text, required: 1, label: {vi: A, en: B}}
"""


LITERALS = [{}, {"never": "x", "broken": 3, "always": "", "amount": 1}, {"always": "\u200b \u00a0"}]


@pytest.mark.parametrize("answers", LITERALS)
def test_an_expression_may_be_a_literal(engine: Engine, answers: dict[str, Any]) -> None:
    questionnaire = loaded(with_question(FEW))
    (ours,) = in_python(questionnaire, [answers])
    assert in_javascript(engine, questionnaire, [answers]) == [ours]
    assert "never" not in ours[0]
    assert ours[1] == ["always"]
    assert ours[2]["zero"] == 0


NESTED = """\
- name: outer
  type: group
  relevant: ${amount} > 1
  questions:
    - name: middle
      type: group
      relevant: ${word} = 'đi'
      questions:
        - {name: inner, type: integer, relevant: "${rated} != 'none'", label: {vi: A, en: B}}
        - name: lines
          type: repeat
          label: {vi: A, en: B}
          questions:
            - {name: line, type: integer, label: {vi: A, en: B}}
            - {name: is_last, type: calculate, calculation: "position() = count(${lines})", label: {vi: A, en: B}}
            - {name: why, type: text, relevant: "${line} > ${inner}", required: true, label: {vi: A, en: B}}
- {name: seen, type: calculate, calculation: "concat(${inner}, '/', sum(${line}), '/', count(${lines}))", label: {vi: A, en: B}}
"""  # noqa: E501
ALL = {"amount": 2, "word": "đi", "rated": "clear", "inner": 3, "lines": [{"line": 2}, {"line": 5}]}
NESTINGS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({}, "3/7/2", ["lines-1-why"]),
    ({"amount": 1}, "/0/0", []),
    ({"word": "đứng"}, "/0/0", []),
    ({"word": "d\u0323i"}, "/0/0", []),
    ({"rated": "none"}, "/7/2", []),
    ({"rated": ""}, "3/7/2", ["lines-1-why"]),
    ({"lines": [{"line": 4}] * 500}, "3/2000/500", [f"lines-{index}-why" for index in range(500)]),
    ({"lines": [{"line": 4}] * 501}, "3/0/0", []),
    ({"lines": [{"line": 4}, 5]}, "3/0/0", []),
    ({"lines": {"0": {"line": 4}}}, "3/0/0", []),
]


@pytest.mark.parametrize(("changed", "seen", "required"), NESTINGS, ids=range(len(NESTINGS)))
def test_questions_inside_what_is_not_asked_are_null(
    engine: Engine, changed: dict[str, Any], seen: str, required: list[str]
) -> None:
    questionnaire, answers = loaded(with_question(NESTED)), ALL | changed
    (ours,) = in_python(questionnaire, [answers])
    assert in_javascript(engine, questionnaire, [answers]) == [ours]
    last = {path: value for path, value in ours[2].items() if value is True}
    assert list(last) == [f"lines-{int(seen.split('/')[2]) - 1}-is_last"] * (seen[-2:] != "/0")
    assert ours[2]["seen"] == seen
    assert ours[1] == sorted(required)


LONG = '- {name: chain, type: text, relevant: "RULE", label: {vi: A, en: B}}\n'


RULES = [
    (" or ".join(["${amount} > 1"] * 60), [False, True, False]),
    ("((" * 48 + "${amount}" + " + 1) > 3)" * 48, [False, False, False]),
    ("((" * 48 + "${amount}" + " + 1) > 1)" * 48, [False, True, True]),
]
DEEP_ANSWERS: list[dict[str, Any]] = [{}, {"amount": 2}, {"amount": 1, "chain": "x"}]


@pytest.mark.parametrize(("rule", "asked"), RULES, ids=["long", "deep", "deep and true"])
def test_an_expression_of_any_depth_is_evaluated(rule: str, asked: list[bool]) -> None:
    questionnaire = loaded(with_question(LONG.replace("RULE", rule)))
    assert ["chain" in found[0] for found in in_python(questionnaire, DEEP_ANSWERS)] == asked


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=["long", "deep", "deep and true"])
def test_an_expression_of_any_depth_is_evaluated_alike(engine: Engine, rule: str) -> None:
    questionnaire = loaded(with_question(LONG.replace("RULE", rule)))
    assert in_javascript(engine, questionnaire, DEEP_ANSWERS) == in_python(questionnaire, DEEP_ANSWERS)
