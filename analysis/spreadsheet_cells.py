"""Cells of tables for spreadsheets, in which typed texts must not be evaluated as formulas."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")
# Spreadsheets skip blanks before a formula, and read the full-width signs of East Asian keyboards as the plain ones.
# A text that begins with the mark itself before such a sign is marked once more, so that marking can be undone.
_MARKED = r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"
_FORMULA = re.compile(_MARKED)
MARK = f"^'(?={_MARKED})"
"""Pattern of the mark that `neutral` sets before a text; removing it restores the text."""


def neutral(cell: Cell) -> Cell | str:
    """The cell, marked as text where a spreadsheet would evaluate it as a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
