"""The numbers under a chart, as they are read: names for codes, numbers as the language writes and the picture rounds
them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from analysis.cells import Cells, Row, is_missing
from analysis.charts.texts import format_number, format_percent
from analysis.ratings import NOT_ASKED, reasons

if TYPE_CHECKING:
    from analysis.report import Chart

NONE = "–"


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """`figures`: the positions of the columns that hold numbers; `note` explains the signs that stand in cells."""

    heads: list[str]
    figures: list[int]
    rows: list[list[str]]
    note: str = ""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the cells of one chart's rows."""

    chart: Chart
    cells: Cells

    def say(self, key: str) -> str:
        return self.chart.subject.say(key)

    @property
    def rows(self) -> list[Row]:
        return list(self.chart.table.to_dict("records"))

    def grouped(self, column: str) -> list[list[Row]]:
        return [list(group) for _, group in groupby(self.rows, lambda row: row[column])]

    def number(self, row: Row, column: str, places: int = 0) -> str:
        return self.cells.hidden(row, column) or self.figure(row[column], places) + self.star(row)

    def figure(self, value: float | None, places: int = 0) -> str:
        return NONE if value is None or is_missing(value) else format_number(value, self.chart.language, places)

    def percent(self, share: float) -> str:
        """Of people whole per cents, as they are published; of a complete count a decimal."""
        book = self.chart.subject.rt.book(self.chart.questionnaire) if self.chart.questionnaire else None
        places = 0 if book is not None and book.respondent != "organisation" else 1
        return format_percent(share, self.chart.language, places)

    def star(self, row: Row) -> str:
        return "*" if row.get("flagged") else ""


def readable_table(chart: Chart) -> ReadableTable:
    writer = _Writer(chart, Cells(chart.subject, chart.listed))
    table = _TABLES[chart.kind](writer)
    said = {cell for row in table.rows for cell in row}
    limit = chart.subject.rt.suppress_below
    sign = writer.cells.sign
    notes = [chart.subject.say("hidden_sign_note", sign=sign, limit=limit)] if sign in said else []
    if chart.kind == "completeness" and writer.say("not_published") in said:
        notes.append(writer.say("never_told_note"))
    if any(cell.endswith("*") for cell in said):
        notes.append(writer.say("flagged_note"))
    return ReadableTable(table.heads, table.figures, table.rows, " ".join(notes))


def _ratings(writer: _Writer) -> ReadableTable:
    """A row a task: how many chose each answer, and the share of those who rated; then those without a rating, and why,
    with their share of all questions."""
    listed = writer.chart.listed
    assert listed is not None
    why = reasons(listed)
    heads = [
        writer.say("task_head"), *map(writer.cells.choice, listed.options), writer.say("answers"),
        writer.say("not_rated"), *map(writer.cells.reason, why),
    ]  # fmt: skip
    written = []
    for group in writer.grouped("task"):
        first = group[0]
        rated = [_rating(writer, row) for row in group]
        silent = [_part(writer, first, column) for column in ("missing", *why)]
        written.append([writer.cells.task(first), *rated, writer.number(first, "n"), *silent])
    return ReadableTable(heads, list(range(1, len(heads))), written)


def _rating(writer: _Writer, row: Row) -> str:
    """The count only where it may be told, the share alone where that may."""
    if is_missing(row["share"]):
        return writer.cells.hidden(row, "share") or NONE
    share = writer.percent(row["share"])
    told = f"{writer.figure(row['count'])} ({share})" if not is_missing(row["count"]) else share
    return told + writer.star(row)


def _part(writer: _Writer, row: Row, column: str) -> str:
    hidden = writer.cells.hidden(row, column)
    if hidden:
        return hidden
    whole = row["n"] + row["missing"] + row[NOT_ASKED]
    return f"{writer.figure(row[column])} ({writer.percent(row[column] / whole)})" if whole else NONE


def _scores_by_task(writer: _Writer) -> ReadableTable:
    """A row a locality, a column a task."""
    tasks = [writer.cells.task(row) for row in {row["task"]: row for row in writer.rows}.values()]
    heads = [writer.say("locality_head"), *tasks, "n"]
    written = [
        [group[0]["name"], *(writer.number(row, "estimate", 1) for row in group), _range_of_n(writer, group)]
        for group in writer.grouped("locality")
    ]
    return ReadableTable(heads, list(range(1, len(heads))), written)


def _range_of_n(writer: _Writer, group: list[Row]) -> str:
    """How many answered: of several tasks the fewest and the most."""
    if any(row["hidden"] for row in group):
        return writer.cells.sign
    known = sorted(int(row["n"]) for row in group if not is_missing(row["n"]))
    return "–".join(dict.fromkeys(writer.figure(n) for n in (*known[:1], *known[-1:]))) or NONE


def _scores_with_intervals(writer: _Writer) -> ReadableTable:
    """A row a locality and task; without a sample there are no intervals and no columns for them."""
    sampled = not writer.chart.table["low"].isna().all()
    heads = [writer.say("locality_head"), writer.say("task_head"), writer.say("score_head")]
    heads += [writer.say("interval_head"), "n", writer.say("differs_head")] if sampled else ["n"]
    written = []
    for row in writer.rows:
        cells = [row["name"], writer.cells.task(row), writer.number(row, "estimate", 1)]
        cells += [_interval(writer, row)] if sampled else []
        cells += [writer.number(row, "n")]
        written.append(cells + ([_differs(writer, row)] if sampled else []))
    return ReadableTable(heads, [2, 3, 4] if sampled else [2, 3], written)


def _interval(writer: _Writer, row: Row) -> str:
    if is_missing(row["low"]):
        return writer.cells.hidden(row, "low") or NONE
    return f"{writer.figure(row['low'], 1)} – {writer.figure(row['high'], 1)}{writer.star(row)}"


def _differs(writer: _Writer, row: Row) -> str:
    if is_missing(row["differs"]):
        return ""
    return writer.say("differs" if row["differs"] else "not_shown_to_differ")


def _completeness(writer: _Writer) -> ReadableTable:
    keys = ("locality_head", "questionnaire_head", "expected_head", "received_head", "rate_head", "surplus_head")
    heads = [*map(writer.say, keys), writer.say("late_head")]
    written = [
        [
            writer.chart.subject.place_of(row), writer.cells.questionnaire(row), writer.figure(row["expected"]),
            writer.number(row, "received"), _rate(writer, row), writer.figure(row["surplus"]),
            writer.number(row, "late"),
        ]
        for row in writer.rows
    ]  # fmt: skip
    return ReadableTable(heads, [2, 3, 4, 5, 6], written)


def _rate(writer: _Writer, row: Row) -> str:
    """As the picture prints it."""
    if is_missing(row["received"]):
        return writer.cells.hidden(row, "received")
    return format_percent(row["received"] / row["expected"], writer.chart.language) if row["expected"] else NONE


_TABLES: Mapping[str, Callable[[_Writer], ReadableTable]] = {
    "ratings_by_task": _ratings,
    "heat_map": _scores_by_task,
    "tile_diagram": _scores_by_task,
    "dots": _scores_with_intervals,
    "completeness": _completeness,
}
