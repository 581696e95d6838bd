from __future__ import annotations

import random

from hypothesis import given, settings, strategies as st

from analysis.codebook import Codebook, Framework
from analysis.scores import score_response
from analysis.tally import CountedResponse, LeafTally, add, tally_leaf
from tests.analysis.samples import answers, framework_json, questionnaire_json
from tests.support.sizes import choose_examples

FRAMEWORK = Framework.from_json(framework_json())
BOOK = Codebook.from_json({"questionnaires": [questionnaire_json("visit", "organisation")]}, FRAMEWORK).newest("visit")


def respondents(seed: int, n: int) -> list[CountedResponse]:
    rng = random.Random(seed)
    return [
        CountedResponse(f"{k:03}", answers(rng, rng.uniform(-0.3, 0.3)), weight=rng.choice([1.0, 0.1, 2.5]))
        for k in range(n)
    ]


def test_an_answer_scores_by_its_choice() -> None:
    scores = score_response({"t1_first": "clear", "t1_second": "some"}, frozenset(), BOOK, FRAMEWORK)
    assert scores == {"task1/first": 100.0, "task1/second": 67.0, "task1": 83.5}


def test_dont_know_enters_no_mean() -> None:
    assert score_response({"t1_first": "none", "t1_second": "dont_know"}, frozenset(), BOOK, FRAMEWORK)["task1"] == 0.0


def test_a_task_with_less_than_half_answered_is_missing() -> None:
    assert score_response({}, frozenset(), BOOK, FRAMEWORK) == {}
    assert "task1" in score_response({"t1_first": "clear"}, frozenset({"t1_second"}), BOOK, FRAMEWORK)


def test_counts_tell_four_kinds_of_silence_apart() -> None:
    leaf = tally_leaf(
        [
            CountedResponse("1", {"t1_first": "dont_know"}),
            CountedResponse("2", {}),
            CountedResponse("3", {}, frozenset({"t1_first"})),
            CountedResponse("4", {"t1_first": "clear"}),
        ],
        BOOK,
        FRAMEWORK,
    )
    question = leaf.questions["t1_first"]
    assert (question.choices, question.missing, question.unanswered, question.not_asked) == (
        {"clear": 1},
        {"dont_know": 1},
        1,
        1,
    )


def test_the_moments_of_weighted_scores() -> None:
    """n, Σw, Σwy, Σwy², Σw², Σw²y, Σw²y² of the scores 67 and 100 with the weights 2 and 0.5."""
    weighted = [
        CountedResponse("1", {"t1_first": "some"}, weight=2.0),
        CountedResponse("2", {"t1_first": "clear"}, weight=0.5),
    ]
    moments = tally_leaf(weighted, BOOK, FRAMEWORK).moments["task1/first"]
    assert tuple(moments) == (2, 2.5, 184.0, 13978.0, 4.25, 293.0, 20456.0)


def test_a_tally_survives_its_text() -> None:
    leaf = tally_leaf(respondents(3, 20), BOOK, FRAMEWORK)
    assert LeafTally.from_json(leaf.to_json()) == leaf


@settings(max_examples=choose_examples(60), deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_order_of_responses_does_not_matter(seed: int, n: int, rng: random.Random) -> None:
    rows = respondents(seed, n)
    shuffled = rng.sample(rows, len(rows))
    assert tally_leaf(rows, BOOK, FRAMEWORK).to_json() == tally_leaf(shuffled, BOOK, FRAMEWORK).to_json()


@settings(max_examples=choose_examples(60), deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 12), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_leaves_does_not_matter(seed: int, sizes: list[int], rng: random.Random) -> None:
    leaves = [tally_leaf(respondents(seed + k, n), BOOK, FRAMEWORK) for k, n in enumerate(sizes)]
    assert add(leaves).to_json() == add(rng.sample(leaves, len(leaves))).to_json()
    assert add(leaves).n == sum(sizes)
