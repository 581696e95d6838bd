"""What estimates make of gaps, empty groups, constant columns and designs that cannot be."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis import Design, estimate_mean, estimate_proportion, estimate_total
from tests.analysis.test_r_reference import DESIGNS, sample


def test_missing_values_of_every_type_are_outside() -> None:
    frame = sample("apiclus1")
    frame["awarded"] = frame["awarded"].astype("boolean").where(frame["gaps"].notna())
    masked = estimate_proportion(frame, "awarded", DESIGNS["apiclus1"])
    frame["awarded"] = frame["awarded"].astype("object").where(frame["gaps"].notna(), None)
    assert masked.equals(estimate_proportion(frame, "awarded", DESIGNS["apiclus1"]))
    assert masked["n"].item() == frame["gaps"].notna().sum()


def test_a_group_where_nobody_answered_is_not_a_number() -> None:
    frame = sample("apiclus1")
    frame["api00"] = frame["api00"].astype(float).where(frame["stype"] != "H")
    for rule in (estimate_mean, estimate_total):
        row = rule(frame, "api00", DESIGNS["apiclus1"], by="stype").set_index("stype").loc["H"]
        assert row["n"] == 0
        assert row.drop("n").isna().all()


def test_a_group_within_one_psu_has_a_mean_but_no_error() -> None:
    """Its linearised values add up to 0 in its only PSU whatever they are: R prints that as its standard error."""
    found = estimate_mean(sample("apiclus1"), "api00", DESIGNS["apiclus1"], by="dnum")
    assert found["estimate"].notna().all()
    assert found[["se", "low", "high", "deff"]].isna().all().all()


def test_rows_without_a_group_are_left_out_but_stay_in_the_sample() -> None:
    frame = sample("apiclus1")
    whole = estimate_mean(frame, "api00", DESIGNS["apiclus1"], by="stype").set_index("stype")
    frame["stype"] = frame["stype"].where(frame["stype"] != "E")
    part = estimate_mean(frame, "api00", DESIGNS["apiclus1"], by="stype").set_index("stype")
    assert part.equals(whole.loc[["H", "M"]])


def test_a_frame_without_rows_has_no_mean() -> None:
    found = estimate_mean(sample("apiclus1").iloc[:0], "api00", DESIGNS["apiclus1"])
    assert (found["n"].item(), math.isnan(found["estimate"].item())) == (0, True)


def test_a_share_of_nothing_and_of_all_has_wilsons_interval() -> None:
    """Wilson (1927): of 10 that all say no, at most 27.8 %."""
    frame = pd.DataFrame({"y": [0] * 10})
    row = estimate_proportion(frame, "y", Design()).iloc[0]
    assert (row["low"], row["high"]) == (0.0, pytest.approx(0.277533, abs=1e-6))


def test_a_stratum_that_was_taken_whole_adds_nothing() -> None:
    frame = pd.DataFrame({"y": [1.0, 4.0, 9.0], "s": ["a", "a", "b"], "N": [2, 2, 1]})
    assert estimate_total(frame, "y", Design(stratum="s", fpc="N"))["se"].item() == 0.0


BROKEN = {
    "no such column": (Design(psu="nothing"), KeyError, "no column 'nothing'"),
    "negative weight": (Design(weight="negative"), ValueError, "'negative' is negative in 1 rows"),
    "no weight": (Design(weight="zero"), ValueError, "0 in every row"),
    "gaps in the weight": (Design(weight="gap"), ValueError, "'gap' of the design has gaps"),
    "gaps in the psu": (Design(psu="gap"), ValueError, "'gap' of the design has gaps"),
    "fpc below the sample": (Design(fpc="two"), ValueError, "smaller than the sample: 2 in the population, 4 sampled"),
    "fpc that varies": (Design(fpc="row"), ValueError, "not the same throughout"),
    "a fraction for an fpc": (Design(fpc="half"), ValueError, "not a fraction"),
    "a lonely PSU": (Design(stratum="lonely"), ValueError, "stratum 'lonely' with a single PSU"),
    "a sample of one PSU": (Design(psu="two"), ValueError, "a single PSU"),
    "two stages without a psu": (Design(fpc=("five", "five")), ValueError, "with a psu"),
    "texts as weights": (Design(weight="lonely"), ValueError, "must hold numbers"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_design_that_cannot_be_is_refused(case: str) -> None:
    design, error, message = BROKEN[case]
    frame = pd.DataFrame({
        "y": [1.0, 2.0, 3.0, 4.0], "negative": [1, 1, 1, -1], "zero": 0, "gap": [1, None, 1, 1], "two": 2, "half": 0.5,
        "row": [5, 6, 7, 8], "five": 5, "lonely": ["a", "a", "a", "b"],
    })  # fmt: skip
    with pytest.raises(error, match=message):
        estimate_mean(frame, "y", design)


@pytest.mark.parametrize(("variable", "error"), [("nothing", KeyError), ("text", ValueError), ("infinite", ValueError)])
def test_a_variable_that_cannot_be_averaged_is_refused(variable: str, error: type[Exception]) -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "infinite": [1.0, math.inf]})
    with pytest.raises(error, match=variable):
        estimate_mean(frame, variable, Design())


def test_a_share_wants_truths() -> None:
    with pytest.raises(ValueError, match="0 and 1"):
        estimate_proportion(pd.DataFrame({"y": [0, 1, 2]}), "y", Design())
