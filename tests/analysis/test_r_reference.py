"""Against R's survey package (4.5), whose figures `r_reference.R` wrote. The samples are the package's own (apistrat,
apiclus1, apiclus2: the Academic Performance Index of Californian schools, public data) and a made-up round. Every row
of r_reference.json is compared."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    estimate_difference,
    estimate_mean,
    estimate_median,
    estimate_proportion,
    estimate_quantile,
    estimate_total,
)
from tests.analysis.test_tally_estimates import frame as scores_of, reference_responses, tally
from tests.analysis.write_round import COLUMNS as ROUND_COLUMNS, ROUND

HERE = Path(__file__).parent
REFERENCE: dict[str, list[dict[str, float]]] = json.loads((HERE / "r_reference.json").read_text())
DESIGNS = {
    "apistrat": Design(weight="pw", stratum="stype", fpc="fpc"),
    "apistrat_fpc_only": Design(stratum="stype", fpc="fpc"),
    "apistrat_weights_only": Design(weight="pw"),
    "apistrat_psu_in_strata": Design(weight="pw", stratum="stype", psu="dnum"),
    "apistrat_zero_weights": Design(weight="some", stratum="stype"),
    "apiclus1": Design(weight="pw", psu="dnum", fpc=["fpc"]),
    "apiclus1_no_fpc": Design(weight="pw", psu="dnum"),
    "apiclus1_unweighted": Design(psu="dnum"),
    "apiclus1_zero_weights": Design(weight="some", psu="dnum"),
    "apiclus2": Design(psu="dnum", ssu="snum", fpc=("fpc1", "fpc2")),
    "apiclus2_weights": Design(weight="pw", psu="dnum", fpc=["fpc1", "fpc2"]),  # a row is a school: no ssu needed
    "apiclus2_no_fpc": Design(weight="pw", psu="dnum", ssu="snum"),
    **{
        f"{name}_lonely:{rule}": Design(weight="pw", lonely=rule, **columns)
        for rule in ("remove", "certainty", "adjust", "average")
        for name, columns in {
            "apistrat": {"stratum": "alone"},
            "apiclus1": {"stratum": "cluster_alone", "psu": "dnum"},
            "apiclus2": {"psu": "dnum", "ssu": "snum", "fpc": ("fpc1", "larger")},
        }.items()
    },
    "round": Design(weight="weight", stratum="stratum", psu="cluster"),
}
GROUPINGS = {"whole": None, "stype": "stype", "awards": "awards", "stype_awards": ["stype", "awards"]}
Estimator = Callable[[pd.DataFrame, Design, str | list[str] | None], pd.DataFrame]
KINDS: dict[str, Estimator] = {
    "mean": lambda frame, design, by: estimate_mean(frame, "api00", design, by),
    "gaps": lambda frame, design, by: estimate_mean(frame, "gaps", design, by),
    "total": lambda frame, design, by: estimate_total(frame, "enroll", design, by),
    "proportion": lambda frame, design, by: estimate_proportion(frame, "awarded", design, by),
    "beta": lambda frame, design, by: estimate_proportion(frame, "awarded", design, by, method="beta"),
    "gaps_beta": lambda frame, design, by: estimate_proportion(frame, "answered", design, by, method="korn-graubard"),
    "wilson": lambda frame, design, by: estimate_proportion(frame, "awarded", design, by, method="wilson"),
    "median": lambda frame, design, by: estimate_median(frame, "api00", design, by),
    "gaps_median": lambda frame, design, by: estimate_median(frame, "gaps", design, by),
    "median_beta": lambda frame, design, by: estimate_median(frame, "api00", design, by, method="beta"),
    "median_logit": lambda frame, design, by: estimate_median(frame, "api00", design, by, method="logit"),
    "quarter": lambda frame, design, by: estimate_quantile(frame, "enroll", design, 0.25, by),
    "quarter_school": lambda frame, design, by: estimate_quantile(frame, "api00", design, 0.25, by, rule="school"),
    "difference": lambda frame, design, by: estimate_difference(frame, "api00", design, "stype", by),
    "from_whole": lambda frame, design, by: estimate_difference(frame, "api00", design, "stype", by, from_whole=True),
}
SCHOOLS = [case for case in REFERENCE if not case.startswith("round/")]
ROUNDS = [case for case in REFERENCE if case.startswith("round/")]


def sample(name: str) -> pd.DataFrame:
    """The sample of a design, for the caller alone."""
    return _sample(name.partition("_")[0]).copy()


@cache
def _sample(file: str) -> pd.DataFrame:
    """The columns that r_reference.R makes."""
    frame = pd.read_csv(HERE / f"{file}.csv")
    at = np.arange(len(frame)) + 1
    frame["awarded"] = frame["awards"] == "Yes"
    frame["gaps"] = frame["api99"].where(at % 7 != 0)
    frame["answered"] = frame["awarded"].astype(float).where(at % 7 != 0)
    frame["some"] = frame["pw"].where(at % 9 != 0, 0.0)
    frame["alone"] = at == 1
    frame["cluster_alone"] = frame["dnum"] == frame["dnum"][0]
    if "fpc2" in frame:
        frame["larger"] = frame["fpc2"] + 1
    return frame


def label(row: pd.Series) -> str:
    names = [
        row[key] for key in ("stype", "awards", "first", "second", "country", "province", "district") if key in row
    ]
    return "/".join(str(name) for name in names if name is not None and name == name)


def assert_equal_to_r(found: pd.DataFrame, case: str) -> None:
    rows = {label(row): row for _, row in found.iterrows()}
    for expected in REFERENCE[case]:
        mine = rows[str(expected["group"])]
        for column in expected.keys() - {"group"}:
            where = f"{expected['group']} {column}"
            if expected[column] is not None:
                # R's own logit is the result of an iteration that stops at 1e-8.
                near = 2e-9 if case.endswith("/proportion") and column in ("low", "high") else 1e-9
                assert mine[column] == pytest.approx(expected[column], rel=near, abs=1e-12), where
            elif column == "deff":  # R divides by 0 where the sample is as large as the sum of weights
                assert "unweighted" in case, where
            else:
                assert math.isnan(mine[column]), where


@pytest.mark.parametrize("case", SCHOOLS)
def test_estimates_equal_r(case: str) -> None:
    name, grouping, kind = case.split("/")
    frame = sample(name)
    assert_equal_to_r(KINDS[kind](frame, DESIGNS[name], GROUPINGS[grouping]), case)


@pytest.mark.parametrize("case", ["apiclus1/stype/mean", "apiclus2/stype/proportion", "apistrat/stype/total"])
def test_types_and_order_of_columns_do_not_matter(case: str) -> None:
    name, grouping, kind = case.split("/")
    frame = sample(name)
    frame["dnum"] = "district " + frame["dnum"].astype(str)
    frame["stype"] = pd.Categorical(frame["stype"], ["M", "H", "E", "never seen"])
    frame["awarded"] = frame["awarded"].astype("boolean")
    frame["api00"], frame["enroll"] = frame["api00"].astype("Int64"), frame["enroll"].astype("Float64")
    frame = frame.sample(frac=1, random_state=62).set_index(frame["cds"].rename("stype"))
    found = KINDS[kind](frame, DESIGNS[name], GROUPINGS[grouping])
    assert_equal_to_r(found, case)
    assert list(found["stype"]) == ["M", "H", "E"]


@pytest.fixture(scope="module")
def round_scores() -> pd.DataFrame:
    return pd.read_csv(ROUND)


def test_the_round_that_r_read_is_the_one_that_is_tallied(round_scores: pd.DataFrame) -> None:
    tallied = scores_of(reference_responses())[ROUND_COLUMNS]
    pd.testing.assert_frame_equal(round_scores, tallied, check_dtype=False, rtol=1e-15)


@pytest.mark.parametrize("case", ROUNDS)
def test_estimates_of_a_round_equal_r(case: str, round_scores: pd.DataFrame) -> None:
    _, level, kind = case.split("/")
    task, _, compared = kind.partition("_")
    if compared:
        found = estimate_difference(round_scores, task, DESIGNS["round"], level, from_whole=True)
    else:
        found = estimate_mean(round_scores, task, DESIGNS["round"], level)
    assert_equal_to_r(found, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in ROUNDS if not case.endswith("from_whole")])
def test_the_tally_of_a_round_equals_r(case: str) -> None:
    _, _level, task = case.split("/")
    rt = tally(reference_responses())
    for expected in REFERENCE[case]:
        mine = rt.estimate(str(expected["group"]), "residents", task)
        assert mine is not None
        for column, value in {"estimate": mine.mean, "se": mine.se, "low": mine.low, "high": mine.high}.items():
            assert value == pytest.approx(expected[column], rel=1e-9), f"{expected['group']} {column}"
        assert (mine.n, mine.deff) == (expected["n"], pytest.approx(expected["deff"], rel=1e-8))
