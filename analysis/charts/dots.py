"""Dots with intervals: a panel a task, a line a locality; of a single locality one panel, a line a task."""

from __future__ import annotations

import pandas as pd

from analysis.charts import scores
from analysis.charts.chart import ChartKind
from analysis.charts.layout import MARGIN, WIDTH, add_label, start_drawing
from analysis.charts.subject import Subject
from analysis.charts.tables import NONE, ReadableTable, Row, TableWriter, is_missing, rows_by, star
from analysis.render import fonts, style
from analysis.render.spec import Axis, ChartSpec, Panel, category_axis

LABELS = 176.0
ROW = 22.0
PANELS = 3
HEAD = 34.0
FOOT = 26.0
GUTTER = 30.0
RADIUS = 4.2
TICKS = (0, 25, 50, 75, 100)
TICK_LABEL_DISTANCE = 9.0
SINGLE_LABELS = 260.0
SINGLE_ROW = ROW * 1.4


def build_table(subject: Subject) -> pd.DataFrame:
    by = "child" if scores.compares_children(subject) else "self"
    return scores.score_table(subject.rt, subject.path, subject.questionnaire or "", by)


def build_spec(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    if set(table["locality"]) <= {subject.path}:
        return _build_single(table, subject)
    by_task = rows_by(table, "task")
    names = [row["name"] for row in next(iter(by_task.values()))]
    bands = -(-len(by_task) // PANELS)
    height = HEAD + ROW * len(names) + FOOT
    subtitle = subject.say("dots_subtitle" if subject.is_about_people else "dots_complete")
    drawing, top = start_drawing(
        subject, subject.say("dots_title"), subtitle, scores.foot(subject, table), height * bands
    )
    for band in range(bands):
        for number, name in enumerate(names):
            y = top + height * band + HEAD + ROW * (number + 0.5)
            add_label(drawing, MARGIN + LABELS - 8, y, name, LABELS - 10)
    width = (WIDTH - 2 * MARGIN - LABELS) / PANELS
    for number, (task, lines) in enumerate(by_task.items()):
        x, y = MARGIN + LABELS + width * (number % PANELS), top + height * (number // PANELS)
        name = subject.numbered_task(task)
        head = fonts.wrap_at_most(2, name, style.SMALL, width - GUTTER, bold=True)
        drawing.lines(x, y + HEAD / 2 - 2, head, style.SMALL, bold=True)
        panel = _add_panel(drawing, name, names, x, y + HEAD, width - GUTTER, ROW)
        whole = subject.score(task)
        if whole is not None:
            _add_whole(panel, lines, whole)
        _add_dots(panel, lines, subject, whole)
    return drawing


def _add_whole(panel: Panel, rows: list[Row], whole: float) -> None:
    """The line of the whole's score, with gaps where a hidden row has a sentence."""
    at, top = panel.x.to_pixel(whole), panel.y.to_pixel(0) - ROW / 2
    start = top - 4
    for number, row in enumerate([*rows, None]):
        end = top + ROW * number
        if row is None or row["hidden"]:
            if end > start:
                panel.line(at, start, at, end, style.SOFT, 1.2)
            start = end + ROW


def _build_single(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    rows: list[Row] = [*table.to_dict("records")]
    subtitle = subject.say("dots_self" if subject.is_about_people else "dots_self_complete")
    body = HEAD / 2 + SINGLE_ROW * len(rows) + FOOT
    foot = scores.foot(subject, table)
    drawing, top = start_drawing(subject, subject.say("dots_self_title"), subtitle, foot, body)
    names = [subject.numbered_task(row["task"]) for row in rows]
    left, top = MARGIN + SINGLE_LABELS, top + HEAD / 2
    for number, name in enumerate(names):
        y = top + SINGLE_ROW * (number + 0.5)
        add_label(drawing, left - 10, y, name, SINGLE_LABELS - 12, 2, style.BODY)
    if names:
        panel = _add_panel(drawing, subject.place, names, left, top, WIDTH - MARGIN - left - 20, SINGLE_ROW)
        _add_dots(panel, rows, subject, None)
    return drawing


def _add_panel(drawing: ChartSpec, name: str, rows: list[str], x: float, y: float, width: float, row: float) -> Panel:
    """Scores 0–100 by rows, with a grid line at each tick."""
    ticks = tuple((float(value), str(value)) for value in TICKS)
    scores_axis = Axis(0, 100, x, x + width, ticks, TICK_LABEL_DISTANCE)
    panel = drawing.panel(name, scores_axis, category_axis(rows, y, row))
    for value in TICKS:
        at = scores_axis.to_pixel(value)
        panel.line(at, y, at, panel.y.end, style.LINE, 0.6)
    return panel


def _add_dots(panel: Panel, rows: list[Row], subject: Subject, whole: float | None) -> None:
    for number, row in enumerate(rows):
        y = panel.y.to_pixel(number)
        if row["hidden"]:
            panel.hatched(panel.x.start, y - 7, panel.x.end - panel.x.start, 14)
            middle = (panel.x.start + panel.x.end) / 2
            panel.text(middle, y, subject.sign(row), style.SMALL, colour=style.SOFT, align="center")
        elif is_missing(row["estimate"]):
            panel.text(panel.x.start + 4, y, NONE, style.SMALL, colour=style.SOFT)
        else:
            _add_dot(panel, row, y, subject, whole)


def _add_dot(panel: Panel, row: Row, y: float, subject: Subject, whole: float | None) -> None:
    """Dot, interval and number. A dot that is not shown to differ from the whole, or cannot be compared, is hollow;
    organisations are counted completely, not compared. The interval is limited to possible scores."""
    has_interval = not is_missing(row["low"])
    interval = (max(row["low"], 0.0), min(row["high"], 100.0)) if has_interval else (row["estimate"], row["estimate"])
    x, low, high = map(panel.x.to_pixel, (row["estimate"], *interval))
    panel.line(low, y, high, y, style.ACCENT, 1.6)
    is_compared = subject.is_about_people and row["locality"] != subject.path
    panel.dot(x, y, RADIUS, style.ACCENT, is_hollow=row["differs"] is not True and is_compared)
    text = scores.printed_score(subject, row)
    left, right = min(x - RADIUS, low) - 4, max(x + RADIUS, high) + 4
    width = fonts.width(text, style.SMALL)
    is_crossed = whole is not None and right - 2 <= panel.x.to_pixel(whole) <= right + width + 2
    if is_crossed and left - width > panel.x.start:  # the line of the whole would cross the number out
        panel.text(left, y, text, style.SMALL, align="right")
    else:
        panel.text(right, y, text, style.SMALL)


def text_version(writer: TableWriter) -> ReadableTable:
    """A row a locality and task; without a sample there are no intervals and no columns for them."""
    subject = writer.subject
    is_sampled = not writer.table["low"].isna().all()
    heads = [subject.say(key) for key in ("locality_head", "task_head", "score_head")]
    heads += [subject.say("interval_head"), "n", subject.say("differs_head")] if is_sampled else ["n"]
    rows = [
        [
            row["name"], subject.numbered_task(row["task"]), writer.number(row, "estimate", 1),
            *([_interval_cell(writer, row), writer.number(row, "n"), _difference_cell(subject, row)]
              if is_sampled else [writer.number(row, "n")]),
        ]
        for row in writer.rows
    ]  # fmt: skip
    return ReadableTable(heads, [2, 3, 4] if is_sampled else [2, 3], rows)


def _interval_cell(writer: TableWriter, row: Row) -> str:
    if is_missing(row["low"]):
        return writer.sign(row, "low") or NONE
    return f"{writer.figure(row['low'], 1)} – {writer.figure(row['high'], 1)}{star(row)}"


def _difference_cell(subject: Subject, row: Row) -> str:
    if is_missing(row["differs"]):
        return ""
    return subject.say("differs" if row["differs"] else "not_shown_to_differ")


KIND = ChartKind("dots", lambda subject: (subject,), build_table, build_spec, text_version)
plot_dots = KIND.plot
"""`table` as from `score_table`, of the localities below or of the locality itself."""
