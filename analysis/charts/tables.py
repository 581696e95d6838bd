"""The table of a chart, for a page and as CSV: names for codes, a sign in place of a number that is not shown."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from analysis.charts.subject import Subject
from analysis.charts.texts import TEXTS, format_instant, format_percent
from analysis.disclosure import Withheld
from analysis.rounding import rounded
from analysis.spreadsheet_cells import neutral

Row = Mapping[Any, Any]
NONE = "–"
MAX_DECIMALS = 4  # of the CSV
_NOT_IN_CSV = frozenset({"own", "hidden", "withheld"})
_CONTEXT_COLUMNS = ("base", "weighted", "as_of", "revision", "provisional", "simulated")


def is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def rows_by(table: pd.DataFrame, column: str) -> dict[str, list[Row]]:
    """The rows of a table by their value in a column, in the order in which the values appear."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table.to_dict("records"):
        found[row[column]].append(row)
    return found


def star(row: Row) -> str:
    """The sign of a number that few responses stand behind."""
    return "*" if row.get("flagged") else ""


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
    """Writes one chart's table."""

    subject: Subject
    table: pd.DataFrame

    @property
    def rows(self) -> list[Row]:
        return list(self.table.to_dict("records"))

    def number(self, row: Row, column: str, places: int = 0) -> str:
        """A cell: the number, or the sign in its place."""
        return self.sign(row, column) or self.figure(row[column], places) + star(row)

    def figure(self, value: float | None, places: int = 0) -> str:
        return NONE if value is None or is_missing(value) else self.subject.number(value, places)

    def percent(self, share: float) -> str:
        """Of people whole per cents, as they are published; of a complete count one decimal."""
        return format_percent(share, self.subject.language, 0 if self.subject.is_about_people else 1)

    def choice(self, code: str) -> str:
        choices = self.subject.choices
        return self.subject.text(choices.options[code]) if choices is not None else code

    def reason(self, code: str) -> str:
        """The name of a reason for having no rating."""
        given = self.subject.choices.missing.get(code) if self.subject.choices is not None else None
        return self.subject.text(given) if given is not None else self.subject.say(code)

    def questionnaire(self, row: Row) -> str:
        return self.subject.text(self.subject.rt.book(row["questionnaire"]).title)

    def sign(self, row: Row, column: str) -> str:
        """The sign in place of a number; "" where the number is present, or absent for another reason."""
        if not is_missing(row.get(column)):
            return ""
        if column == "late":  # of people, however many
            return self.subject.say(Withheld.NEVER)
        return self.subject.sign(row) if row["hidden"] and column != "surplus" else ""

    def add_note(self, table: ReadableTable) -> ReadableTable:
        """The table with the note that explains the signs it contains."""
        subject = self.subject
        cells = {cell for row in table.rows for cell in row}
        signs = [each for each in Withheld if subject.say(each) in cells]
        notes = [subject.say(f"{each}_note", limit=subject.rt.suppress_below) for each in signs]
        if any(cell.endswith("*") for cell in cells):
            notes.append(subject.say("flagged_note"))
        return replace(table, note=" ".join(notes))

    def csv(self) -> bytes:
        """In the reader's language: UTF-8 with a byte order mark, as spreadsheets expect; numbers with a decimal point,
        integers as integers; each code followed by its name.

        It is passed on without its page: every row states its base, its date, and whether it is simulated, provisional
        and weighted.
        """
        names: dict[str, Callable[[Row], str]] = {
            "name": self.subject.locality_name,
            "task_name": lambda row: self.subject.numbered_task(row["task"]),
            "category_name": lambda row: self.choice(row["category"]),
            "questionnaire_name": self.questionnaire,
        }
        not_shown = _NOT_IN_CSV if self.subject.is_about_people else _NOT_IN_CSV | {"answers"}
        shown = (column for column in self.table.columns if column not in not_shown)
        columns = [each for code in shown for each in (code, f"{code}_name") if each == code or each in names]
        context = self._context()
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(map(self._csv_head, (*columns, *_CONTEXT_COLUMNS)))
        for row in self.rows:
            named = {**row, **{column: names[column](row) for column in columns if column in names}}
            writer.writerow([*(self._csv_cell(named, column) for column in columns), *context])
        return b"\xef\xbb\xbf" + file.getvalue().encode()

    def _csv_head(self, column: str) -> str:
        key = f"column_{column}"
        if self.subject.choices is not None and column in ("n", "count"):
            key = f"column_{column}_of_{'people' if self.subject.is_about_people else 'answers'}"
        return self.subject.say(key) if key in TEXTS else self.reason(column)

    def _csv_cell(self, row: Row, column: str) -> Any:
        """A number as spreadsheets read it: 15, 12.5, 60.6793."""
        value = row[column]
        if is_missing(value):
            return self.sign(row, column)
        if isinstance(value, bool):
            return self.subject.say("yes" if value else "no")
        if isinstance(value, str):
            return neutral(value)
        written = f"{rounded(100 * value if column == 'share' else value, MAX_DECIMALS):f}"
        return written.rstrip("0").rstrip(".") if "." in written else written

    def _context(self) -> list[str]:
        """The cells of _CONTEXT_COLUMNS, the same in every row."""
        subject, cut = self.subject, self.subject.cut
        is_weighted = "estimate" in self.table and subject.is_weighted()
        weighted, provisional, simulated = (
            subject.say("yes" if each else "no") for each in (is_weighted, cut.provisional, cut.simulated)
        )
        as_of = format_instant(cut.time, subject.language)
        return [subject.base(is_weighted=is_weighted), weighted, as_of, str(cut.revision), provisional, simulated]
