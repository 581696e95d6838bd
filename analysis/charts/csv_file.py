"""The CSV of a chart, in the reader's language. It is passed on without its page: every row states its base, its date,
and whether it is simulated, provisional and weighted. Codes have columns of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from analysis.charts.cells import Cells, Row, is_missing
from analysis.charts.subject import Subject
from analysis.charts.texts import TEXTS, format_instant
from analysis.rounding import rounded
from analysis.spreadsheet_cells import neutral

MAX_DECIMALS = 4
_CONTEXT_COLUMNS = ("base", "weighted", "as_of", "revision", "provisional", "simulated")


def write_csv(table: pd.DataFrame, subject: Subject, columns: tuple[str, ...]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets expect; numbers with a decimal point, integers as integers."""
    cells = Cells(subject)
    context = _context(subject, shows_scores="estimate" in table)
    names = {column: name for column, name in _names(cells).items() if column in columns}
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_head(cells, column) for column in (*columns, *_CONTEXT_COLUMNS)])
    for row in table.to_dict("records"):
        named = row | {column: name(row) for column, name in names.items()}
        writer.writerow([*(_cell(cells, named, column) for column in columns), *context])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _names(cells: Cells) -> Mapping[str, Callable[[Row], str]]:
    """The columns that hold the names of codes."""
    return {
        "name": cells.subject.locality_name,
        "task_name": lambda row: cells.subject.numbered_task(row["task"]),
        "category_name": lambda row: cells.choice(row["category"]),
        "questionnaire_name": cells.questionnaire,
    }


def _head(cells: Cells, column: str) -> str:
    key = "column_answers" if column == "n" and cells.subject.choices is not None else f"column_{column}"
    return cells.subject.say(key) if key in TEXTS else cells.reason(column)


def _cell(cells: Cells, row: Row, column: str) -> Any:
    value = row[column]
    if is_missing(value):
        return cells.sign(row, column)
    if isinstance(value, bool):
        return cells.subject.say("yes" if value else "no")
    if isinstance(value, str):
        return neutral(value)
    return _number(100 * value if column == "share" else value)


def _number(value: float) -> str:
    """As spreadsheets read it: 15, 12.5, 60.6793."""
    written = f"{rounded(value, MAX_DECIMALS):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _context(subject: Subject, *, shows_scores: bool) -> list[str]:
    """The cells of _CONTEXT_COLUMNS, the same in every row."""
    cut = subject.cut
    is_weighted = shows_scores and subject.is_weighted()
    weighted, provisional, simulated = (
        subject.say("yes" if each else "no") for each in (is_weighted, cut.provisional, cut.simulated)
    )
    as_of = format_instant(cut.time, subject.language)
    return [subject.base(is_weighted=is_weighted), weighted, as_of, str(cut.revision), provisional, simulated]
