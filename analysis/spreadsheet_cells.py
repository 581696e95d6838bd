"""Cells of tables that a spreadsheet will open: what people typed must never be calculated there."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")
# Spreadsheets skip blanks before a formula, and take the wide signs of East Asian keyboards for the plain ones.
# A text that begins with our own mark before such a sign is marked once more, so that each can be taken back.
_MARKED = r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"
_FORMULA = re.compile(_MARKED)
MARK = f"^'(?={_MARKED})"
"""What `neutral` set before a text, as a pattern: without it the text is as it was typed."""


def neutral(cell: Cell) -> Cell | str:
    """A text that a spreadsheet would take for a formula, made a text; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
