"""The numbers under a chart, as they are read: names for codes, numbers as the language writes them, "n<10" where
few answered. The publisher's CSV keeps its codes; a CSV that is taken from here carries the names beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from survey_server.fieldwork.spreadsheet_cells import neutral
from survey_server.services.name_codes import CodeNames
from survey_server.web.language import current_language, in_language
from survey_server.web.language import gettext as _
from survey_server.web.numbers import format_number

Row = Mapping[str, str]
NONE = "–"


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called in the reader's language; `choices`: the list of the scale that the chart shows;
    `limit`: below it, numbers of people are not shown."""

    codes: CodeNames
    choices: str
    titles: Mapping[str, Mapping[str, str]]
    limit: int

    def task(self, code: str) -> str:
        number = next((i for i, known in enumerate(self.codes.tasks, 1) if known == code), 0)
        return f"{number}. {in_language(self.codes.tasks[code])}" if number else code

    def choice(self, code: str) -> str:
        return in_language(self.codes.choices.get(self.choices, {}).get(code, {})) or code

    def questionnaire(self, id_: str) -> str:
        return in_language(self.titles.get(id_, {})) or id_

    @property
    def hidden(self) -> str:
        return f"n<{self.limit}"


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """`figures`: the positions of the columns that hold numbers; `note` explains the signs that stand in cells."""

    heads: list[str]
    figures: list[int]
    rows: list[list[str]]
    note: str = ""


def read_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a chart's CSV."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def readable_table(kind: str, rows: Sequence[Row], names: Names) -> ReadableTable:
    """The table of a chart of this kind."""
    table = TABLES[kind](rows, names)
    hidden, few = any(map(_is_hidden, rows)), any(_is(row, "flagged") for row in rows)
    notes = [_("{sign}: không công bố do ít phiếu.", sign=names.hidden)] if hidden else []
    notes += [_("*: dưới 30 phiếu, cần thận trọng khi sử dụng.")] if few else []
    return ReadableTable(table.heads, table.figures, table.rows, " ".join(notes))


def scale_of(rows: Sequence[Row], names: Names) -> str:
    """The two ends of the scale that a rating chart shows: tells one such chart from the other."""
    codes = [row["category"] for row in rows if "category" in row]
    return f"{names.choice(codes[0])} – {names.choice(codes[-1])}" if codes else ""


def csv_with_names(content: bytes, names: Names) -> bytes:
    """The publisher's CSV with a column of names after its own, and what the signs of hiding mean."""
    rows = read_rows(content)
    if not rows:
        return content
    namers: dict[str, Callable[[str], str]] = {
        "task": names.task, "category": names.choice, "questionnaire": names.questionnaire,
    }  # fmt: skip
    named = [column for column in namers if column in rows[0]]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([*rows[0], *(f"{column}_name" for column in named), "note"])
    for row in rows:
        added = [neutral(namers[column](row[column])) for column in named]
        writer.writerow([*row.values(), *added, names.hidden if _is_hidden(row) else ""])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _ratings(rows: Sequence[Row], names: Names) -> ReadableTable:
    """A row a task: how many chose each answer, and the share of those who rated."""
    categories = list(dict.fromkeys(row["category"] for row in rows))
    heads = [_("Nhiệm vụ"), *map(names.choice, categories), _("Số câu trả lời"), _("Không đánh giá")]
    written = []
    for task, group in _grouped(rows, "task"):
        by_category = {row["category"]: row for row in group}
        cells = [_cell(by_category[code], names, _count_and_share) for code in categories]
        last = [_cell(group[0], names, _of("n")), _cell(group[0], names, _of("missing"))]
        written.append([names.task(task), *cells, *last])
    return ReadableTable(heads, list(range(1, len(heads))), written)


def _scores_by_task(rows: Sequence[Row], names: Names) -> ReadableTable:
    """A row a locality, a column a task."""
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    heads = [_("Địa bàn"), *map(names.task, tasks), "n"]
    written = []
    for _path, group in _grouped(rows, "locality"):
        by_task = {row["task"]: row for row in group}
        scores = [_cell(by_task[task], names, _score) for task in tasks]
        written.append([group[0]["name"], *scores, _range_of_n(group, names)])
    return ReadableTable(heads, list(range(1, len(heads))), written)


def _scores_with_intervals(rows: Sequence[Row], names: Names) -> ReadableTable:
    """A row a locality and task; without a sample there are no intervals and no columns for them."""
    heads, figures = [_("Địa bàn"), _("Nhiệm vụ"), _("Điểm"), "n"], [2, 3]
    sampled = any(row["low"] for row in rows)
    if sampled:
        heads[3:3] = [_("Khoảng tin cậy 95%")]
        heads, figures = [*heads, _("So với toàn địa bàn")], [2, 3, 4]
    written = []
    for row in rows:
        cells = [_cell(row, names, _score), *([_cell(row, names, _interval)] if sampled else [])]
        cells += [_cell(row, names, _of("n")), *([_differs(row)] if sampled else [])]
        written.append([row["name"], names.task(row["task"]), *cells])
    return ReadableTable(heads, figures, written)


def _completeness(rows: Sequence[Row], names: Names) -> ReadableTable:
    heads = [_("Địa bàn"), _("Mẫu phiếu"), _("Phải có"), _("Đã nhận"), _("Tỷ lệ nộp"), _("Trong đó nộp muộn")]
    written = [
        [
            row["name"], names.questionnaire(row["questionnaire"]), _number(row["expected"]),
            _cell(row, names, _of("received")), _cell(row, names, _received_share), _cell(row, names, _of("late")),
        ]
        for row in rows
    ]  # fmt: skip
    return ReadableTable(heads, [2, 3, 4, 5], written)


TABLES: Mapping[str, Callable[[Sequence[Row], Names], ReadableTable]] = {
    "ratings_by_task": _ratings,
    "heat_map": _scores_by_task,
    "tile_diagram": _scores_by_task,
    "dots": _scores_with_intervals,
    "completeness": _completeness,
}


def _grouped(rows: Sequence[Row], column: str) -> list[tuple[str, list[Row]]]:
    return [(key, list(group)) for key, group in groupby(rows, lambda row: row[column])]


def _cell(row: Row, names: Names, written: Callable[[Row], str]) -> str:
    return names.hidden if _is_hidden(row) else written(row) + ("*" if _is(row, "flagged") else "")


def _of(column: str) -> Callable[[Row], str]:
    return lambda row: _number(row[column])


def _count_and_share(row: Row) -> str:
    return f"{_number(row['count'])} ({_percent(float(row['share']))})" if row["share"] else NONE


def _score(row: Row) -> str:
    return _number(row["estimate"], 1)


def _interval(row: Row) -> str:
    return f"{_number(row['low'], 1)} – {_number(row['high'], 1)}" if row["low"] else NONE


def _received_share(row: Row) -> str:
    expected = float(row["expected"] or 0)
    return _percent(float(row["received"]) / expected) if expected and row["received"] else NONE


def _differs(row: Row) -> str:
    return {"True": _("khác"), "False": _("chưa thấy khác")}.get(row["differs"], "")


def _range_of_n(group: Sequence[Row], names: Names) -> str:
    """How many answered: of several tasks the fewest and the most."""
    if any(map(_is_hidden, group)):
        return names.hidden
    known = sorted(int(float(row["n"])) for row in group if row["n"])
    ends = list(dict.fromkeys(_number(str(n)) for n in (known[:1] + known[-1:])))
    return "–".join(ends) or NONE


def _is_hidden(row: Row) -> bool:
    return _is(row, "hidden")


def _is(row: Row, column: str) -> bool:
    return row.get(column) == "True"


def _number(text: str, places: int = 0) -> str:
    return format_number(float(text), current_language(), places) if text else NONE


def _percent(share: float) -> str:
    return f"{format_number(100 * share, current_language(), 1)}%"
