"""`python -m analysis round.zip --out DIR`: the charts of an exported round, without any server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from analysis.dataset import DatasetError, load_dataset
from analysis.folder import write_folder
from analysis.published import tally_published
from analysis.round_tally import RoundTally


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Draw the charts of an exported round.")
    parser.add_argument("dataset", type=Path, help="the zip or folder that survey-server export wrote")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    parser.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="tally a Parquet export on the Dask cluster of this scheduler"
    )
    arguments = parser.parse_args()
    try:
        rt = _tally_published(arguments.dataset, arguments.scheduler)
    except (DatasetError, OSError) as error:
        parser.exit(1, f"{error}\n")
    print(write_folder(rt, arguments.out, workers=os.cpu_count() or 1))


def _tally_published(path: Path, scheduler: str | None) -> RoundTally:
    """Tally organisations by response and people by published cohort, as the server does."""
    dataset = load_dataset(path)
    if scheduler is None:
        return tally_published(dataset)
    try:
        from analysis.cluster import tally_on_cluster
    except ImportError as error:
        raise DatasetError("--scheduler needs Dask; install survey-server[scale]") from error
    return tally_published(dataset, tally_on_cluster(dataset, scheduler))


if __name__ == "__main__":
    main()
