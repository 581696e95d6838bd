"""Simulated answers obey the questionnaire, whoever draws them."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from survey_server.questionnaire.answers import Checker
from survey_server.questionnaire.simulate import Manner, Simulator
from survey_server.services.demo.manner import manner_of
from tests.questionnaires.test_content import EXPECTED, loaded
from tests.support.sizes import choose_examples

DAY = "2012-06-05"
DONE = f"{DAY}T10:00:00+07:00"


@cache
def tools(name: str) -> tuple[Simulator, Checker]:
    return Simulator(loaded(name)), Checker(loaded(name))


@given(st.sampled_from(sorted(EXPECTED)), st.integers(0, 2**32))
@settings(max_examples=choose_examples(120), deadline=None)
def test_simulated_answers_have_no_problem(name: str, seed: int) -> None:
    simulator, checker = tools(name)
    manner = manner_of(name, loaded(name).locality_level, {})
    checked = checker.check(simulator.answers(manner, Random(seed), DAY), DONE)
    assert checked.problems == ()
    assert checked.recomputed == {}


def test_the_same_generator_state_gives_the_same_answers() -> None:
    simulator, _ = tools("commune_visit")
    first, second, other = (simulator.answers(Manner(), Random(seed), DAY) for seed in (7, 7, 8))
    assert first == second != other


def share_of(answers: list[dict[str, object]], name: str, *codes: str) -> float:
    return sum(each.get(name) in codes for each in answers) / len(answers)


@pytest.mark.slow
def test_who_leans_better_answers_better() -> None:
    simulator, _ = tools("commune_visit")
    well, ill = (
        [simulator.answers(Manner({"task2": leaning}), Random(seed), DAY) for seed in range(150)]
        for leaning in (0.6, -0.6)
    )
    assert share_of(well, "campaign_quality", "good", "fair") > share_of(ill, "campaign_quality", "good", "fair") + 0.3
    same = abs(share_of(well, "cadre_policy", "good", "fair") - share_of(ill, "cadre_policy", "good", "fair"))
    assert same < 0.15


@pytest.mark.parametrize(("unknown", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_reasons_stand_in_place_of_answers_as_often_as_told(unknown: float, expected: float) -> None:
    simulator, _ = tools("commune_visit")
    answers = [simulator.answers(Manner(unknown=unknown), Random(seed), DAY) for seed in range(20)]
    assert share_of(answers, "campaign_quality", "dont_know", "not_applicable", "refused") == expected


def test_who_refuses_is_asked_nothing_more() -> None:
    simulator, _ = tools("resident_opinion")
    everyone = [simulator.answers(Manner(), Random(seed), DAY) for seed in range(200)]
    refusals = [answers for answers in everyone if answers["agreed"] == "no"]
    assert refusals
    assert all(answers == {"agreed": "no"} for answers in refusals)


def test_latest_figures_are_marked_as_estimated_when_told() -> None:
    simulator, _ = tools("self_review_commune")
    answers = simulator.answers(Manner(unknown=0.0, estimated=1.0), Random(1), DAY)
    cells = answers["t2_figures"]["poor_fund"]
    assert cells["h2012"]["estimated"] is True
    assert isinstance(cells["y2011"], int)
