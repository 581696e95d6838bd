"""What estimates make of gaps, empty groups, constant columns and designs that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable

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


@pytest.mark.parametrize("rule", [estimate_mean, estimate_median, estimate_proportion, estimate_total])
def test_a_frame_without_rows_has_no_groups(rule: Callable[..., pd.DataFrame]) -> None:
    frame = pd.DataFrame({"y": [1.0], "province": ["a"]}).iloc[:0]
    found = rule(frame, "y", Design(), by="province")
    assert list(found.columns) == ["province", "estimate", "se", "low", "high", "n", "deff"]
    assert len(found) == 0
    assert found.dtypes["n"] == "int64"


def test_a_frame_without_rows_has_no_differences() -> None:
    frame = pd.DataFrame({"y": [1.0], "province": ["a"], "sex": ["f"]}).iloc[:0]
    found = estimate_difference(frame, "y", Design(), "sex", by="province")
    assert list(found.columns) == ["province", "first", "second", "estimate", "se", "low", "high", "n", "deff"]
    assert len(found) == 0


@pytest.mark.parametrize("rule", [estimate_mean, estimate_median, estimate_proportion, estimate_total])
def test_a_variable_that_is_always_missing_is_not_a_number(rule: Callable[..., pd.DataFrame]) -> None:
    for nothing in (None, math.nan, pd.NA):
        row = rule(pd.DataFrame({"y": [nothing] * 4}), "y", Design()).iloc[0]
        assert row["n"] == 0
        assert row.drop("n").isna().all()


@pytest.mark.parametrize("value", [0.1, 1 / 3, 66.7, 1e12])
def test_a_constant_column_has_that_mean_and_no_variance(value: float) -> None:
    """Σwy / Σw differs from it by a rounding error, which must not pass for a variance or a design effect."""
    frame = pd.DataFrame(
        {"y": [value] * 30, "w": [0.1 * (k + 1) for k in range(30)], "unit": [k % 6 for k in range(30)]}
    )
    row = estimate_mean(frame, "y", Design(weight="w", psu="unit")).iloc[0]
    assert (row["estimate"], row["se"], row["low"], row["high"]) == (value, 0.0, value, value)
    assert math.isnan(row["deff"])
    assert estimate_median(frame, "y", Design(weight="w", psu="unit"))["estimate"].item() == value


def test_rows_that_weigh_nothing_count_for_n_but_not_for_the_estimate() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 100.0], "w": [1, 1, 1, 0], "group": ["a", "a", "a", "b"]})
    found = estimate_mean(frame, "y", Design(weight="w"), by="group").set_index("group")
    assert (found.loc["a", "estimate"], found.loc["a", "n"]) == (2.0, 3)
    assert (math.isnan(found.loc["b", "estimate"]), found.loc["b", "n"]) == (True, 1)
    assert estimate_median(frame, "y", Design(weight="w"))["estimate"].item() == 2.0


def test_a_name_that_two_columns_have_is_refused() -> None:
    frame = pd.DataFrame([[1.0, 2.0, "a"]] * 3, columns=["y", "y", "group"])
    with pytest.raises(ValueError, match="2 columns have the name 'y'"):
        estimate_mean(frame, "y", Design())
    frame.columns = ["y", "group", "group"]
    with pytest.raises(ValueError, match="2 columns have the name 'group'"):
        estimate_mean(frame, "y", Design(), by="group")
    with pytest.raises(ValueError, match="2 columns have the name 'group'"):
        estimate_mean(frame, "y", Design(stratum="group"))


def test_a_group_that_would_hide_a_column_of_the_result_is_refused() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0], "n": ["a", "b"], "first": ["a", "b"], "sex": ["f", "m"]})
    with pytest.raises(ValueError, match="a column 'n' of its own"):
        estimate_mean(frame, "y", Design(), by="n")
    with pytest.raises(ValueError, match="a column 'first' of its own"):
        estimate_difference(frame, "y", Design(), "sex", by="first")
    with pytest.raises(ValueError, match="'sex' more than once"):
        estimate_mean(frame, "y", Design(), by=["sex", "sex"])


def test_a_pair_takes_its_order_and_may_lack_in_a_group() -> None:
    frame = pd.DataFrame({
        "y": [1.0, 3.0, 2.0, 6.0, 5.0, 7.0], "round": ["r1", "r1", "r2", "r2", "r1", "r1"], "place": list("aaaabb"),
    })  # fmt: skip
    found = estimate_difference(frame, "y", Design(), "round", by="place", pair=("r2", "r1")).set_index("place")
    assert (found.loc["a", "estimate"], found.loc["a", "n"]) == (2.0, 4)
    assert (math.isnan(found.loc["b", "estimate"]), found.loc["b", "n"]) == (True, 2)
    with pytest.raises(ValueError, match="no row has 'r3' in column 'round'; there are r1, r2"):
        estimate_difference(frame, "y", Design(), "round", pair=("r3", "r1"))


def test_a_group_that_is_the_whole_does_not_differ_from_it() -> None:
    frame = pd.DataFrame({"y": [1.0, 3.0, 2.0], "place": "a"})
    row = estimate_difference(frame, "y", Design(), "place", from_whole=True).iloc[0]
    assert (row["estimate"], row["se"], row["low"], row["high"], row["n"]) == (0.0, 0.0, 0.0, 0.0, 3)


def test_a_difference_from_the_whole_has_the_design_effect_of_single_persons() -> None:
    """In a simple random sample it is 1, but for the groups' own n in place of the sample's."""
    frame = pd.DataFrame({"y": [float(k * k % 17) for k in range(600)], "place": ["a", "b", "c"] * 200})
    found = estimate_difference(frame, "y", Design(), "place", from_whole=True)
    assert found["deff"].to_list() == pytest.approx([1.0] * 3, rel=0.02)


@pytest.mark.parametrize(("rule", "estimate"), [("math", 2.0), ("school", 2.5)])
def test_a_quantile_at_which_a_value_ends_follows_the_rule(rule: str, estimate: float) -> None:
    frame = pd.DataFrame({"y": [4.0, 1.0, 3.0, 2.0], "w": 0.1})
    assert estimate_quantile(frame, "y", Design(weight="w"), 0.5, rule=rule)["estimate"].item() == estimate


@pytest.mark.parametrize("weight", [0.1, 1.0, 1.1])
def test_rounding_errors_of_weights_do_not_move_a_quantile_by_a_value(weight: float) -> None:
    """0.1 added up 24 times is a little more than four times what 0.1 added up six times is."""
    frame = pd.DataFrame({"y": [float(k + 1) for k in range(24)], "w": weight})
    assert estimate_quantile(frame, "y", Design(weight="w"), 0.25)["estimate"].item() == 6.0
    assert estimate_quantile(frame, "y", Design(weight="w"), 0.25, rule="school")["estimate"].item() == 6.5


def test_a_quantile_with_too_few_values_beyond_it_has_one_limit() -> None:
    frame = pd.DataFrame({"y": [float(k) for k in range(10)]})
    row = estimate_quantile(frame, "y", Design(), 0.9).iloc[0]
    assert (math.isnan(row["high"]), math.isnan(row["se"]), row["low"] < row["estimate"] == 8.0) == (True, True, True)


def test_a_share_of_nothing_and_of_all_has_wilsons_interval() -> None:
    """Wilson (1927): of 10 that all say no, at most 27.8 %."""
    frame = pd.DataFrame({"y": [0] * 10})
    row = estimate_proportion(frame, "y", Design()).iloc[0]
    assert (row["low"], row["high"]) == (0.0, pytest.approx(0.277533, abs=1e-6))


@pytest.mark.parametrize("method", ["logit", "beta", "wilson"])
@pytest.mark.parametrize(("answer", "low", "high"), [(1, 0.025 ** (1 / 5), 1.0), (0, 0.0, 1 - 0.025 ** (1 / 5))])
def test_where_all_of_five_clusters_say_the_same_five_answers_are_counted(
    method: str, answer: int, low: float, high: float
) -> None:
    """Clopper and Pearson's interval of five: persons of a cluster may be one observation only."""
    frame = pd.DataFrame({"y": [answer] * 100, "village": [k % 5 for k in range(100)]})
    row = estimate_proportion(frame, "y", Design(psu="village"), method=method).iloc[0]
    assert (row["low"], row["high"]) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    assert (row["estimate"], row["n"]) == (answer, 100)


def test_fewer_degrees_of_freedom_widen_the_interval_of_a_sample_that_all_says_yes() -> None:
    frame = pd.DataFrame({"y": [1] * 60, "village": [k % 6 for k in range(60)]})
    frame["region"] = frame["village"] % 3
    whole = estimate_proportion(frame, "y", Design(psu="village"))["low"].item()
    divided = estimate_proportion(frame, "y", Design(psu="village", stratum="region"))["low"].item()
    assert divided < whole


def test_all_of_one_cluster_say_hardly_anything() -> None:
    frame = pd.DataFrame({"y": [1] * 40 + [0, 1] * 20, "village": [0] * 40 + [1, 2] * 20})
    found = estimate_proportion(frame, "y", Design(psu="village"), by="village").set_index("village")
    assert found.loc[0, "low"] == pytest.approx(0.025)


def test_a_share_that_is_the_same_in_every_cluster_is_its_own_interval() -> None:
    frame = pd.DataFrame({"y": [1, 0] * 10, "village": [k // 2 for k in range(20)]})
    for method in ("logit", "beta", "wilson"):
        row = estimate_proportion(frame, "y", Design(psu="village"), method=method).iloc[0]
        assert (row["se"], row["low"], row["high"]) == (0.0, 0.5, 0.5)


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
    "digits as weights": (Design(weight="digits"), ValueError, "must hold numbers"),
    "texts as weights": (Design(weight="lonely"), ValueError, "must hold numbers"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_design_that_cannot_be_is_refused(case: str) -> None:
    design, error, message = BROKEN[case]
    frame = pd.DataFrame({
        "y": [1.0, 2.0, 3.0, 4.0], "negative": [1, 1, 1, -1], "zero": 0, "gap": [1, None, 1, 1], "two": 2, "half": 0.5,
        "row": [5, 6, 7, 8], "five": 5, "lonely": ["a", "a", "a", "b"],
        "digits": ["1", "2", "98", "1"],
    })  # fmt: skip
    with pytest.raises(error, match=message):
        estimate_mean(frame, "y", design)


@pytest.mark.parametrize(("variable", "error"), [("nothing", KeyError), ("text", ValueError), ("infinite", ValueError)])
def test_a_variable_that_cannot_be_averaged_is_refused(variable: str, error: type[Exception]) -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "infinite": [1.0, math.inf]})
    with pytest.raises(error, match=variable):
        estimate_mean(frame, variable, Design())


@pytest.mark.parametrize("asked", [{"method": "wald"}, {"level": 95}, {"level": 0}])
def test_an_interval_that_does_not_exist_is_refused(asked: dict[str, object]) -> None:
    frame = pd.DataFrame({"y": [0, 1, 1]})
    with pytest.raises(ValueError, match=next(iter(asked))):
        estimate_proportion(frame, "y", Design(), **asked)
    with pytest.raises(ValueError, match=next(iter(asked))):
        estimate_median(frame, "y", Design(), **asked)


def test_a_quantile_that_does_not_exist_is_refused() -> None:
    for p, rule, message in ((50, "math", "p must lie between 0 and 1"), (0.5, "hf7", "rule must be one of")):
        with pytest.raises(ValueError, match=message):
            estimate_quantile(pd.DataFrame({"y": [0, 1]}), "y", Design(), p, rule=rule)


def test_a_rule_for_lonely_units_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="lonely must be one of fail, remove, certainty, adjust, average"):
        Design(lonely="ignore")


def test_a_share_wants_truths() -> None:
    with pytest.raises(ValueError, match="0 and 1"):
        estimate_proportion(pd.DataFrame({"y": [0, 1, 2]}), "y", Design())
