"""How long estimates of a million rows take, whole and by group.

    python benchmarks/estimates.py [--rows 1000000] [--provinces 63] [--communes 60]

A stratified sample of clusters: each province a stratum, each commune a cluster. Prints seconds, and exits 1 where an
estimate by province takes longer than MAX_SECONDS.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from analysis import (
    Design,
    estimate_difference,
    estimate_mean,
    estimate_median,
    estimate_proportion,
    estimate_total,
)

MAX_SECONDS = 5.0
CLUSTERED = Design(weight="weight", stratum="province", psu="commune")
SINGLE = Design(weight="weight")


def make_sample(rows: int, provinces: int, communes: int) -> pd.DataFrame:
    rng = np.random.default_rng(2012)
    province = rng.integers(0, provinces, rows)
    return pd.DataFrame(
        {
            "province": [f"VN/{code:02}" for code in province],
            "commune": province * communes + rng.integers(0, communes, rows),
            "weight": rng.uniform(0.5, 3, rows),
            "score": rng.normal(60, 20, rows),
            "is_satisfied": rng.random(rows) < 0.3,
        }
    )


def calls(frame: pd.DataFrame) -> dict[str, Callable[[], pd.DataFrame]]:
    by = "province"
    return {
        "mean, whole": lambda: estimate_mean(frame, "score", CLUSTERED),
        "mean, by province": lambda: estimate_mean(frame, "score", CLUSTERED, by),
        "mean, by province, persons as units": lambda: estimate_mean(frame, "score", SINGLE, by),
        "total, by province": lambda: estimate_total(frame, "score", CLUSTERED, by),
        "share, by province, logit": lambda: estimate_proportion(frame, "is_satisfied", CLUSTERED, by),
        "share, by province, beta": lambda: estimate_proportion(frame, "is_satisfied", CLUSTERED, by, method="beta"),
        "median, by province": lambda: estimate_median(frame, "score", CLUSTERED, by),
        "each province less the whole": lambda: estimate_difference(frame, "score", CLUSTERED, by, from_whole=True),
        "mean, by commune": lambda: estimate_mean(frame, "score", CLUSTERED, [by, "commune"]),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--provinces", type=int, default=63)
    parser.add_argument("--communes", type=int, default=60)
    asked = parser.parse_args()
    frame = make_sample(asked.rows, asked.provinces, asked.communes)
    slow = []
    for name, call in calls(frame).items():
        started = time.perf_counter()
        groups = len(call())
        seconds = time.perf_counter() - started
        print(f"{name:40} {groups:6} rows {seconds:8.2f} s", flush=True)
        if seconds > MAX_SECONDS:
            slow.append(name)
    if slow:
        print(f"longer than {MAX_SECONDS:g} s: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
