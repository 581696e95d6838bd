"""The table under a chart, read from the JSON file that the publisher wrote beside the picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """`figures`: the positions of the columns that hold numbers; `note` explains the signs in cells."""

    heads: list[str]
    figures: list[int]
    rows: list[list[str]]
    note: str = ""


def read_table(csv: Path) -> ReadableTable | None:
    """The table beside a chart's CSV; None where an earlier release wrote none, or where it has no rows."""
    try:
        table = ReadableTable(**json.loads(csv.with_suffix(".json").read_bytes()))
    except FileNotFoundError:
        return None
    return table if table.rows else None
