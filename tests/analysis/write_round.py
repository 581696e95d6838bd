"""Writes round.csv, the scores of a made-up round, for r_reference.R: `python -m tests.analysis.write_round`."""

from __future__ import annotations

from pathlib import Path

from tests.analysis.test_tally_estimates import frame, reference_responses

COLUMNS = ["country", "province", "district", "commune", "stratum", "cluster", "weight", "task1", "task4"]
ROUND = Path(__file__).parent / "round.csv"

if __name__ == "__main__":
    frame(reference_responses())[COLUMNS].to_csv(ROUND, index=False, float_format="%.17g")
