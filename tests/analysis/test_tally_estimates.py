"""What the tally estimates from moments is what `estimate_mean` estimates from the responses."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from analysis import Design, estimate_mean
from analysis.codebook import Codebook, Framework
from analysis.counter import tally_leaf
from analysis.round_tally import Cut, Estimate, LeafId, RoundTally
from analysis.scores import score_response
from analysis.tally import CountedResponse
from tests.analysis.samples import answers, framework_json, localities, questionnaire_json, small_round
from tests.support.sizes import choose_examples

FRAMEWORK = Framework.from_json(framework_json())
CODEBOOK = Codebook.from_json({"questionnaires": [questionnaire_json("residents", "resident")]}, FRAMEWORK)
DESIGN = Design(weight="weight", stratum="stratum", psu="cluster")
TASKS = ("task1", "task4")
Row = dict[str, object]


def responses(
    seed: int, strata: int, clusters: int, n: int, weights: list[float]
) -> list[tuple[LeafId, CountedResponse]]:
    """Two clusters at least in each stratum; a cluster lies in up to three communes of the tree."""
    rng = random.Random(seed)
    communes = [path for path in localities() if path.count("/") == 3]
    found = []
    for stratum in range(strata):
        for cluster in range(clusters):
            for path in rng.sample(communes, rng.randint(1, 3)):
                leaf = LeafId(path, "residents", "1", "visit", "submitted", f"h{stratum}", f"c{cluster}")
                found += [(leaf, _one(rng, f"{len(found) + k:05}", weights)) for k in range(rng.randint(1, n))]
    return found


def reference_responses() -> list[tuple[LeafId, CountedResponse]]:
    """Those of round.csv."""
    return responses(2012, strata=3, clusters=6, n=8, weights=[0.5, 1.0, 2.25, 7.0])


def _one(rng: random.Random, id_: str, weights: list[float]) -> CountedResponse:
    given_answers = answers(rng, rng.uniform(-0.3, 0.3)) if rng.random() > 0.1 else {}
    return CountedResponse(id_, given_answers, weight=rng.choice(weights))


def tally(rows: list[tuple[LeafId, CountedResponse]]) -> RoundTally:
    leaves: dict[LeafId, list[CountedResponse]] = {}
    for leaf, each in rows:
        leaves.setdefault(leaf, []).append(each)
    book = CODEBOOK.newest("residents")
    counted = {leaf: tally_leaf(each, book, FRAMEWORK) for leaf, each in leaves.items()}
    cut = Cut(1, "2012-06-05T07:05:00.000Z", provisional=True, simulated=True)
    return RoundTally(small_round().round, FRAMEWORK, CODEBOOK, localities(), counted, [], cut)


def frame(rows: list[tuple[LeafId, CountedResponse]]) -> pd.DataFrame:
    book = CODEBOOK.newest("residents")
    return pd.DataFrame([
        {
            "country": "VN", "province": "/".join(leaf.path.split("/")[:2]), "commune": leaf.path,
            "district": leaf.path.rpartition("/")[0], "stratum": leaf.stratum, "cluster": leaf.cluster or leaf.path,
            "weight": each.weight,
        } | dict.fromkeys(TASKS) | score_response(each.answers, each.not_asked, book, FRAMEWORK)
        for leaf, each in rows
    ]).astype(dict.fromkeys(TASKS, float))  # fmt: skip


def is_same(mine: Estimate | None, theirs: pd.Series) -> None:
    assert mine is not None
    assert (mine.mean, mine.n) == (pytest.approx(theirs["estimate"], rel=1e-12), theirs["n"])
    for key in ("se", "low", "high"):
        found, wanted = getattr(mine, key), theirs[key]
        # Where all units have one mean, both are rounding errors around zero.
        assert found is None if pd.isna(wanted) else found == pytest.approx(wanted, rel=1e-12, abs=1e-11), key
    if mine.deff is not None:  # Σwy² − mean·Σwy of scores that hardly differ loses digits
        assert mine.deff == pytest.approx(theirs["deff"], rel=1e-8, abs=1e-12)


@pytest.mark.slow
@settings(max_examples=choose_examples(25), deadline=None)
@given(
    st.integers(0, 10**6), st.integers(1, 3), st.integers(2, 5), st.integers(1, 8),
    st.lists(st.floats(0.01, 50), min_size=1, max_size=4),
)  # fmt: skip
def test_the_tally_estimates_as_from_the_responses(
    seed: int, strata: int, clusters: int, n: int, weights: list[float]
) -> None:
    rows = responses(seed, strata, clusters, n, weights)
    rt, scores = tally(rows), frame(rows)
    for level in ("country", "province", "district"):
        for task in TASKS:
            expected = estimate_mean(scores, task, DESIGN, by=level)
            for _, theirs in expected[expected["n"] > 0].iterrows():
                is_same(rt.estimate(theirs[level], "residents", task), theirs)


def test_without_a_recorded_design_the_place_of_collection_is_the_cluster() -> None:
    rows = [(leaf._replace(stratum="", cluster=""), each) for leaf, each in responses(62, 2, 4, 5, [1.0])]
    expected = estimate_mean(frame(rows), "task1", Design(psu="commune"), by="province")
    for _, theirs in expected.iterrows():
        is_same(tally(rows).estimate(theirs["province"], "residents", "task1"), theirs)


def at(path: str, *given_answers: str, stratum: str = "", cluster: str = "") -> list[tuple[LeafId, CountedResponse]]:
    leaf = LeafId(path, "residents", "1", "visit", "submitted", stratum, cluster)
    return [
        (leaf, CountedResponse(f"{path}-{k}", {"t1_first": each, "t1_second": each}))
        for k, each in enumerate(given_answers)
    ]


HERE, THERE = "VN/00/000/00000", "VN/01/100/10000"


def test_a_place_of_collection_is_given_and_its_persons_are_the_units() -> None:
    """By hand: 100, 0, 100, 100: mean 75, s² = 2500, se = √(2500/4)."""
    rt = tally([*at(HERE, "clear", "none", "clear", "clear"), *at(THERE, "clear", "none")])
    estimate = rt.estimate(HERE, "residents", "task1")
    assert estimate is not None
    assert (estimate.mean, estimate.se, estimate.deff) == (75.0, pytest.approx(25.0), pytest.approx(1.0))
    assert estimate.high == pytest.approx(75 + 3.182446305284263 * 25)


def test_what_lies_above_one_place_of_collection_has_no_error() -> None:
    """One commune of a province says nothing of how communes differ; zero it is not."""
    rt = tally([*at(HERE, "clear", "none", "clear", "clear"), *at(THERE, "clear", "none")])
    estimate = rt.estimate("VN/00", "residents", "task1", whole="VN")
    assert estimate is not None
    assert (estimate.mean, estimate.se, estimate.low, estimate.differs) == (75.0, None, None, None)


def test_a_stratum_of_one_cluster_gives_no_error_where_it_counts() -> None:
    others = ["VN/00/000/00000", "VN/00/001/01000", "VN/00/002/02000"]
    rows = [each for path in others for each in at(path, "clear", "none", "some", stratum="h1")]
    rt = tally([*rows, *at(THERE, "clear", "none", stratum="h2"), *at("VN/01/101/11000", "none", stratum="h1")])
    whole, untouched = rt.estimate("VN", "residents", "task1"), rt.estimate("VN/00", "residents", "task1")
    assert whole is not None
    assert whole.se is None
    assert untouched is not None
    assert untouched.se is not None


def test_committees_are_a_complete_count() -> None:
    estimate = small_round().estimate("VN", "visit", "task1")
    assert estimate is not None
    assert (estimate.se, estimate.low, estimate.deff) == (None, None, None)


def province(number: int, *given_answers: str) -> list[tuple[LeafId, CountedResponse]]:
    """A stratum of three communes; one answer more in each that follows."""
    return [
        each
        for d in range(3)
        for each in at(f"VN/0{number}/{number}0{d}/{number}{d}000", *given_answers[: d + 2], stratum=f"h{number}")
    ]


def test_a_part_is_compared_with_the_whole_that_it_is_in() -> None:
    """Provinces as strata: far apart they differ from the whole, alike they do not."""
    apart = tally([*province(0, "clear", "clear", "some", "clear"), *province(1, "none", "none", "little", "none")])
    alike = tally([*province(0, "clear", "none", "some", "clear"), *province(1, "clear", "none", "some", "clear")])
    for rt, expected in ((apart, True), (alike, False)):
        estimate = rt.estimate("VN/00", "residents", "task1", whole="VN")
        assert estimate is not None
        assert estimate.differs is expected
