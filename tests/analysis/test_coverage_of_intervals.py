"""How often the interval of a share contains the true share, in random clustered samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Design, estimate_proportion
from analysis.intervals import wilson_interval
from tests.support.sizes import choose_size

VILLAGES, PERSONS = 8, 20
DESIGN = Design(psu="village")


def draw(rng: np.random.Generator, share: float, agreement: float) -> pd.DataFrame:
    """Villages of which each person says the village's opinion with probability `agreement`, else the own one."""
    village = np.repeat(np.arange(VILLAGES), PERSONS)
    opinion = (rng.random(VILLAGES) < share)[village]
    own = rng.random(len(village)) < share
    return pd.DataFrame({"village": village, "yes": np.where(rng.random(len(village)) < agreement, opinion, own)})


def contains(frame: pd.DataFrame, share: float, method: str = "logit") -> bool:
    row = estimate_proportion(frame, "yes", DESIGN, method=method).iloc[0]
    return bool(row["low"] <= share <= row["high"])


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("share", [0.85, 0.9, 0.95])
def test_among_samples_that_all_say_yes_the_true_share_is_inside(share: float) -> None:
    rng = np.random.default_rng(2012)
    samples = [draw(rng, share, agreement=0.98) for _ in range(choose_size(300, 4_000))]
    unanimous = [each for each in samples if each["yes"].all()]
    assert len(unanimous) > len(samples) / 40
    assert np.mean([contains(each, share) for each in unanimous]) >= 0.95
    # Counting persons instead of villages, the interval of such a sample begins above the true share.
    assert wilson_interval(1.0, VILLAGES * PERSONS, 1.96)[0] > share


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("method", ["logit", "beta", "wilson"])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.9])
def test_nine_of_ten_intervals_at_least_contain_the_true_share(share: float, method: str) -> None:
    rng = np.random.default_rng(62)
    size = choose_size(200, 1_500)
    inside = np.mean([contains(draw(rng, share, agreement=0.3), share, method) for _ in range(size)])
    assert inside >= 0.9 - 3 * (0.9 * 0.1 / size) ** 0.5
