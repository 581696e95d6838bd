"""The numbers under a chart, as the publisher wrote them beside the picture: one place puts them into words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """`figures`: the positions of the columns that hold numbers; `note` explains the signs that stand in cells."""

    heads: list[str]
    figures: list[int]
    rows: list[list[str]]
    note: str = ""


def read_table(csv: Path) -> ReadableTable | None:
    """The table that stands beside a chart's CSV; None where an earlier program wrote none, or where it is empty."""
    try:
        table = ReadableTable(**json.loads(csv.with_suffix(".json").read_bytes()))
    except FileNotFoundError:
        return None
    return table if table.rows else None
