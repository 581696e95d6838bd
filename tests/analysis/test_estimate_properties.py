"""What holds for estimates of any frame: random gaps, weights of 0, constant columns, groups, clusters."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings, strategies as st

from analysis import (
    Design,
    estimate_difference,
    estimate_mean,
    estimate_median,
    estimate_proportion,
    estimate_quantile,
    estimate_total,
)
from tests.support.sizes import choose_examples

WEIGHTS = st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.25, 33.847])
VALUES = st.one_of(st.none(), st.sampled_from([0.0, 0.1, 1.0, 66.7, 100.0]), st.floats(-1e6, 1e6))
ROWS = st.lists(
    st.tuples(
        VALUES, st.sampled_from([None, 0, 1]), WEIGHTS, st.sampled_from("abc"), st.sampled_from("hi"), st.integers(0, 4)
    ),
    max_size=30,
)
DESIGNS = st.builds(
    Design,
    weight=st.sampled_from([None, "w"]),
    stratum=st.sampled_from([None, "stratum"]),
    psu=st.sampled_from([None, "unit"]),
    lonely=st.sampled_from(["fail", "remove", "adjust", "average"]),
)
MANY = settings(max_examples=choose_examples(60), deadline=None)


def frame_of(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["y", "yes", "w", "group", "stratum", "unit"])
    return frame.astype({"y": float, "yes": float, "w": float})


def is_refused(frame: pd.DataFrame, design: Design) -> bool:
    """Whether such a sample has no variance, or weighs nothing; any other error is a fault."""
    try:
        estimate_mean(frame, "y", design)
    except ValueError as error:
        if "single PSU" in str(error) or "0 in every row" in str(error):
            return True
        raise
    return False


LONELY_UNITS = [(0.0, None, 0.0, "a", "h", 0), (0.1, None, 0.0, "a", "i", 0)]


@pytest.mark.slow
@MANY
@given(ROWS, DESIGNS)
@example(LONELY_UNITS, Design(stratum="stratum", psu="unit", lonely="remove"))
def test_an_estimate_is_a_number_within_its_limits(rows: list[tuple[object, ...]], design: Design) -> None:
    frame = frame_of(rows)
    if is_refused(frame, design):
        return
    calls = [
        lambda by: estimate_mean(frame, "y", design, by),
        lambda by: estimate_total(frame, "y", design, by),
        lambda by: estimate_median(frame, "y", design, by),
        lambda by: estimate_quantile(frame, "y", design, 0.2, by, method="beta", rule="school"),
        *(
            lambda by, method=method: estimate_proportion(frame, "yes", design, by, method=method)
            for method in ("logit", "beta", "wilson")
        ),
        lambda by: estimate_difference(frame, "y", design, "stratum", by),
        lambda by: estimate_difference(frame, "y", design, "stratum", by, from_whole=True),
    ]
    for call in calls:
        for by in (None, "group"):
            found = call(by)
            assert not np.isinf(found[["estimate", "se", "low", "high", "deff"]].to_numpy(dtype=float)).any()
            limited = found.dropna(subset=["low", "high"])
            slack = 1e-9 * limited["estimate"].abs()
            assert (limited["low"] <= limited["estimate"] + slack).all()
            assert (limited["high"] >= limited["estimate"] - slack).all()
            assert not (found["se"] < 0).any()


@pytest.mark.slow
@MANY
@given(ROWS, DESIGNS)
def test_a_share_stays_between_0_and_1(rows: list[tuple[object, ...]], design: Design) -> None:
    frame = frame_of(rows)
    if is_refused(frame, design):
        return
    methods = ("logit", "beta", "wilson")
    found = pd.concat([estimate_proportion(frame, "yes", design, by="group", method=method) for method in methods])
    limits = found[["estimate", "low", "high"]].stack().dropna()
    assert limits.between(0, 1).all()


@pytest.mark.slow
@MANY
@given(ROWS, st.sampled_from([estimate_mean, estimate_total]))
def test_a_group_is_the_sample_in_which_all_others_gave_no_answer(rows: list[tuple[object, ...]], rule: object) -> None:
    frame, design = frame_of(rows), Design(weight="w", stratum="stratum", psu="unit", lonely="remove")
    if not frame["w"].any():
        return
    for _, row in rule(frame, "y", design, by="group").iterrows():
        others = frame.assign(y=frame["y"].where(frame["group"] == row["group"]))
        alone = rule(others, "y", design).iloc[0]
        for column in ("estimate", "se", "n", "deff"):
            assert row[column] == pytest.approx(alone[column], rel=1e-9, abs=1e-9, nan_ok=True), column


@MANY
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 4)), min_size=1, max_size=25), st.floats(0.01, 0.99))
def test_a_quantile_is_that_of_the_rows_repeated_as_often_as_they_weigh(rows: list[tuple[int, int]], p: float) -> None:
    frame = pd.DataFrame(rows, columns=["y", "w"])
    if len(frame) < 2 or not frame["w"].any():
        return
    repeated = np.repeat(frame["y"].to_numpy(), frame["w"])
    expected = np.quantile(repeated, p, method="inverted_cdf")
    assert estimate_quantile(frame, "y", Design(weight="w"), p)["estimate"].item() == expected


@pytest.mark.slow
@MANY
@given(ROWS)
def test_groups_that_are_strata_are_independent_and_a_swapped_pair_changes_the_sign(
    rows: list[tuple[object, ...]],
) -> None:
    frame, design = frame_of(rows), Design(weight="w", stratum="stratum", psu="unit", lonely="remove")
    if not {"h", "i"} <= set(frame.loc[frame["w"] > 0, "stratum"]):
        return
    mean = estimate_mean(frame, "y", design, by="stratum").set_index("stratum")
    found = estimate_difference(frame, "y", design, "stratum").iloc[0]
    swapped = estimate_difference(frame, "y", design, "stratum", pair=("i", "h")).iloc[0]
    expected = mean.loc["h", "estimate"] - mean.loc["i", "estimate"]
    assert found["estimate"] == pytest.approx(expected, rel=1e-12, nan_ok=True)
    together = math.hypot(mean.loc["h", "se"], mean.loc["i", "se"])
    assert found["se"] == pytest.approx(together, rel=1e-7, abs=1e-9, nan_ok=True)
    assert swapped["estimate"] == pytest.approx(-found["estimate"], nan_ok=True)
    assert swapped["se"] == pytest.approx(found["se"], rel=1e-9, abs=1e-12, nan_ok=True)
