"""Texts in CSV files that spreadsheets open: none may be computed as a formula, and each can be restored.

A spreadsheet computes a cell that begins with a sign such as `=`; blanks, invisible characters and quotation marks
before it are skipped. Which cells there are depends on the separator, which the reader's settings or the import dialog
decide and not the file: with `;` the text "a;=1+1" ends a cell and begins another. So a mark, `'`, is set at the
beginning of a text and after each character within it that may separate cells, wherever a formula would follow.
"""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")
MARK = "'"
_SEPARATORS = r",;|\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
# Blanks, control and zero-width characters, signs of direction, quotation marks; and marks, so that marking a marked
# text can be undone.
_SKIPPED = (
    r"\s\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\"“”„«»'"
)
# With the full-width and small signs of East Asian keyboards, which some programs read as the plain ones.
_SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫−"
# Older programs compute what follows a break at the very beginning, whatever it is.
_BEGINS_WITH_BREAK = re.compile(r"'*[\t\r\n]")
_HAS_SIGN = re.compile(f"[{_SIGNS}]")
_SEPARATOR = re.compile(rf"\r\n|[{_SEPARATORS}]")
_MARKED_SEPARATOR = re.compile(rf"(\r\n|[{_SEPARATORS}])'")
# A beginning and all that is skipped there, with the sign that follows. It matches without the sign, too: a search that
# tried the next beginning in the same run of separators would take a time that grows with the square of its length.
_BEGINNING = re.compile(f"(?:^|[{_SEPARATORS}])[{_SKIPPED}{_SEPARATORS}]*+(?P<sign>[{_SIGNS}])?")


def neutral(cell: Cell) -> Cell | str:
    """The cell with marks where a spreadsheet could compute it or a part of it; numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    if not _HAS_SIGN.search(cell):
        return MARK + cell if _BEGINS_WITH_BREAK.match(cell) else cell
    return _BEGINNING.sub(_add_marks, cell)


def restore(text: str) -> str:
    """The text of which `neutral` made this one."""
    if MARK not in text:
        return text
    return _BEGINNING.sub(_remove_marks, text)


def _add_marks(found: re.Match[str]) -> str:
    run: str = found[0]
    is_at_beginning = found.start() == 0
    if found["sign"] is None:
        return MARK + run if is_at_beginning and _BEGINS_WITH_BREAK.match(run) else run
    marked = _SEPARATOR.sub(lambda separator: separator[0] + MARK, run)
    return MARK + marked if is_at_beginning else marked


def _remove_marks(found: re.Match[str]) -> str:
    run: str = found[0]
    is_at_beginning = found.start() == 0
    if found["sign"] is None:
        return run[1:] if is_at_beginning and run[:1] == MARK and _BEGINS_WITH_BREAK.match(run) else run
    restored = _MARKED_SEPARATOR.sub(r"\1", run)
    return restored[1:] if is_at_beginning else restored


def quoted(text: str) -> str:
    """A text as a cell of a CSV file: neutral, and between quotation marks."""
    return '"' + str(neutral(text)).replace('"', '""') + '"'
