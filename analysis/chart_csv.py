"""The CSV of a chart, which travels without its page: in the reader's language, with what the picture says around it.

Codes stand in columns of their own. Every row says on what it is based, as of when, and whether it is simulated,
provisional, weighted: rows are copied into other sheets.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.cells import Cells, Row, is_missing
from analysis.charts.texts import TEXTS, format_instant, say
from analysis.plots.frame import base, is_weighted
from analysis.ratings import reasons
from analysis.rounding import rounded
from analysis.spreadsheet_cells import neutral
from analysis.tables import RATING_COLUMNS

if TYPE_CHECKING:
    from analysis.report import Chart

PLACES = 4
_SCORES = ("locality", "name", "task", "task_name", "estimate", "se", "low", "high", "n", "deff", "differs", "flagged")
_COMPLETENESS = (
    "locality", "name", "questionnaire", "questionnaire_name", "expected", "received", "surplus", "late",
)  # fmt: skip
_AROUND = ("base", "weighted", "as_of", "revision", "provisional", "simulated")


def chart_csv(chart: Chart) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets want it; numbers with a decimal point, integers as integers."""
    cells = Cells(chart.subject, chart.listed)
    columns = _columns(chart)
    around = _around(chart)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_head(chart, cells, column) for column in (*columns, *_AROUND)])
    for row in chart.table.to_dict("records"):
        named = row | {name: of(row) for name, of in _namers(cells).items() if name in columns}
        writer.writerow([*(_written(cells, named, column) for column in columns), *around])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _columns(chart: Chart) -> tuple[str, ...]:
    if chart.listed is not None:
        task, category, *numbers = RATING_COLUMNS
        named = (task, "task_name", category, "category_name", *numbers)
        return (*named, *reasons(chart.listed), "responses", "flagged")
    return _COMPLETENESS if chart.kind == "completeness" else _SCORES


def _namers(cells: Cells) -> Mapping[str, Callable[[Row], str]]:
    return {
        "name": cells.subject.place_of,
        "task_name": cells.task,
        "category_name": lambda row: cells.choice(row["category"]),
        "questionnaire_name": cells.questionnaire,
    }


def _head(chart: Chart, cells: Cells, column: str) -> str:
    key = "column_answers" if column == "n" and chart.listed is not None else f"column_{column}"
    return say(key, chart.language) if key in TEXTS else cells.reason(column)


def _written(cells: Cells, row: Row, column: str) -> Any:
    value = row[column]
    if is_missing(value):
        return cells.hidden(row, column)
    if isinstance(value, bool):
        return cells.subject.say("yes" if value else "no")
    if isinstance(value, str):
        return neutral(value)
    return plain(100 * value if column == "share" else value)


def plain(value: float) -> str:
    """A number as spreadsheets read it: 15, 12.5, 60.6793."""
    written = f"{rounded(value, PLACES):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _around(chart: Chart) -> list[str]:
    """What the picture says at its head and foot."""
    subject = chart.subject
    cut = subject.rt.cut_at(subject.path, subject.questionnaire)
    weighted = chart.shows_scores and is_weighted(subject)
    yes_no = [subject.say("yes" if each else "no") for each in (weighted, cut.provisional, cut.simulated)]
    as_of = format_instant(cut.time, subject.language)
    return [base(subject, weighted=weighted), yes_no[0], as_of, str(cut.revision), *yes_no[1:]]
