"""`python -m analysis round.zip --out DIR`: the charts of an exported round, without any server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from analysis.dataset import DatasetError, load_dataset, tally_dataset
from analysis.folder import write_folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Draw the charts of an exported round.")
    parser.add_argument("dataset", type=Path, help="the zip or folder that survey-server export wrote")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    arguments = parser.parse_args()
    try:
        index = write_folder(tally_dataset(load_dataset(arguments.dataset)), arguments.out, workers=os.cpu_count() or 1)
    except (DatasetError, FileNotFoundError) as error:
        parser.exit(1, f"{error}\n")
    print(index)


if __name__ == "__main__":
    main()
