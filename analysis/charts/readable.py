"""The text version of a chart: its table as it is read, with names for codes and numbers rounded as in the picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import groupby

import pandas as pd

from analysis.charts.cells import Cells, Row, is_missing
from analysis.charts.subject import Subject
from analysis.charts.texts import format_percent

NONE = "–"


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """`figures`: the positions of the columns that hold numbers; `note` explains the signs in cells."""

    heads: list[str]
    figures: list[int]
    rows: list[list[str]]
    note: str = ""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class TableWriter:
    """Writes the cells of one chart's table."""

    subject: Subject
    table: pd.DataFrame

    @property
    def cells(self) -> Cells:
        return Cells(self.subject)

    @property
    def rows(self) -> list[Row]:
        return list(self.table.to_dict("records"))

    def grouped(self, column: str) -> list[list[Row]]:
        return [list(group) for _, group in groupby(self.rows, lambda row: row[column])]

    def number(self, row: Row, column: str, places: int = 0) -> str:
        """A cell: the number, or the sign in place of a suppressed one."""
        return self.cells.sign(row, column) or self.figure(row[column], places) + star(row)

    def figure(self, value: float | None, places: int = 0) -> str:
        return NONE if value is None or is_missing(value) else self.subject.number(value, places)

    def percent(self, share: float) -> str:
        """Of people whole per cents, as they are published; of a complete count one decimal."""
        return format_percent(share, self.subject.language, 0 if self.subject.is_about_people else 1)


def star(row: Row) -> str:
    return "*" if row.get("flagged") else ""


def finish(table: ReadableTable, subject: Subject) -> ReadableTable:
    """The table with the note that explains the signs it contains."""
    cells = {cell for row in table.rows for cell in row}
    limit, sign = subject.rt.suppress_below, subject.suppressed_sign
    notes = [subject.say("hidden_sign_note", sign=sign, limit=limit)] if sign in cells else []
    if subject.say("not_published") in cells:
        notes.append(subject.say("never_published_note"))
    if any(cell.endswith("*") for cell in cells):
        notes.append(subject.say("flagged_note"))
    return ReadableTable(table.heads, table.figures, table.rows, " ".join(notes))


def scores_by_task(writer: TableWriter) -> ReadableTable:
    """A row a locality, a column a task."""
    subject = writer.subject
    tasks = [subject.numbered_task(task) for task in dict.fromkeys(row["task"] for row in writer.rows)]
    heads = [subject.say("locality_head"), *tasks, "n"]
    rows = [
        [group[0]["name"], *(writer.number(row, "estimate", 1) for row in group), _range_of_n(writer, group)]
        for group in writer.grouped("locality")
    ]
    return ReadableTable(heads, list(range(1, len(heads))), rows)


def _range_of_n(writer: TableWriter, group: list[Row]) -> str:
    """The number of responses; of several tasks the smallest and the largest."""
    if any(row["hidden"] for row in group):
        return writer.subject.suppressed_sign
    known = sorted(int(row["n"]) for row in group if not is_missing(row["n"]))
    return "–".join(dict.fromkeys(writer.figure(n) for n in (*known[:1], *known[-1:]))) or NONE
