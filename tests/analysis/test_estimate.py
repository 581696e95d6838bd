"""Against R's survey package (4.x), whose figures `r_reference.R` wrote. The samples are the package's own (apistrat,
apiclus1, apiclus2: the Academic Performance Index of Californian schools, public data)."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis import Design, estimate_mean, estimate_proportion, estimate_total

HERE = Path(__file__).parent
REFERENCE: dict[str, list[float]] = json.loads((HERE / "r_reference.json").read_text())
DESIGNS = {
    "apistrat": Design(weight="pw", stratum="stype", fpc="fpc"),
    "apiclus1": Design(weight="pw", psu="dnum", fpc="fpc"),
    "apiclus2": Design(psu="dnum", ssu="snum", fpc=("fpc1", "fpc2")),
}


def sample(name: str) -> pd.DataFrame:
    frame = pd.read_csv(HERE / f"{name}.csv")
    frame["awarded"] = (frame["awards"] == "Yes").astype(float)
    return frame


@pytest.mark.parametrize("name", DESIGNS)
def test_means_equal_r(name: str) -> None:
    mean = estimate_mean(sample(name), "api00", DESIGNS[name]).iloc[0]
    found = [mean["estimate"], mean["se"], mean["low"], mean["high"], mean["deff"]]
    assert found == pytest.approx(REFERENCE[name][:5], rel=1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_totals_equal_r(name: str) -> None:
    total = estimate_total(sample(name), "enroll", DESIGNS[name]).iloc[0]
    assert [total["estimate"], total["se"]] == pytest.approx(REFERENCE[name][5:7], rel=1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_proportions_equal_r(name: str) -> None:
    share = estimate_proportion(sample(name), "awarded", DESIGNS[name]).iloc[0]
    assert [share["estimate"], share["low"], share["high"]] == pytest.approx(REFERENCE[name][7:10], rel=1e-9)


@pytest.mark.parametrize("name", DESIGNS)
def test_domains_equal_r(name: str) -> None:
    by = estimate_mean(sample(name), "api00", DESIGNS[name], by="stype").sort_values("stype")
    assert [*by["estimate"], *by["se"]] == pytest.approx(REFERENCE[name][10:], rel=1e-9)


def test_a_stratum_of_one_is_refused() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0], "s": ["a", "a", "b"]})
    with pytest.raises(ValueError, match="single PSU"):
        estimate_mean(frame, "y", Design(stratum="s"))
