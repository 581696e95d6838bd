"""Cells of tables that a spreadsheet will open: what people typed must never be calculated there."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")
# Spreadsheets skip blanks before a formula, and take the wide signs of East Asian keyboards for the plain ones.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


def neutral(cell: Cell) -> Cell | str:
    """A text that a spreadsheet would take for a formula, made a text; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
