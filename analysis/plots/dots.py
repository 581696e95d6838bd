"""Dots with intervals: a panel a task, a line a locality."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.texts import format_number
from analysis.plots import style
from analysis.plots.canvas import Canvas
from analysis.plots.frame import MARGIN, WIDTH, Subject, framed, label, score_foot

LABELS = 176.0
ROW = 22.0
PANELS = 3
HEAD = 34.0
FOOT = 26.0
GUTTER = 30.0
RADIUS = 4.2


def plot_dots(table: pd.DataFrame, subject: Subject) -> Figure:
    """`table` as from `tables.score_table`; of a single locality its tasks are the lines of one panel."""
    places = list(dict.fromkeys(table["locality"]))
    foot = score_foot(subject, table)
    assert subject.questionnaire is not None
    complete = subject.rt.book(subject.questionnaire).respondent == "organisation"
    if places in ([], [subject.path]):
        return _plot_one(table, subject, subject.say("dots_self_complete" if complete else "dots_self"), foot)
    subtitle = subject.say("dots_complete" if complete else "dots_subtitle")
    tasks = list(dict.fromkeys(table["task"]))
    bands = -(-len(tasks) // PANELS)
    band = HEAD + ROW * len(places) + FOOT
    drawn = framed(subject, subject.say("dots_title"), subtitle, band * bands, foot)
    names = dict(zip(table["locality"], table["name"], strict=True))
    wide = (WIDTH - 2 * MARGIN - LABELS) / PANELS
    rows = {(row["locality"], row["task"]): row for row in table.to_dict("records")}
    for at in range(bands):
        top = drawn.top + band * at
        for line, place in enumerate(places):
            name = label(names[place], 1, style.SMALL, LABELS - 10)
            drawn.canvas.lines(MARGIN + LABELS - 8, top + HEAD + ROW * (line + 0.5), name, style.SMALL, align="right")
        for column, task in enumerate(tasks[at * PANELS : (at + 1) * PANELS]):
            x = MARGIN + LABELS + wide * column
            head = label(f"{subject.task_number(task)}. {subject.task(task)}", 2, style.SMALL, wide - GUTTER, bold=True)
            drawn.canvas.lines(x, top + HEAD / 2 - 2, head, style.SMALL, bold=True)
            lines = [rows[place, task] for place in places]
            whole = _whole(subject, task)
            if whole is not None:
                at_whole = x + (wide - GUTTER) * whole / 100
                high = ROW * len(places)
                drawn.canvas.line(at_whole, top + HEAD - 4, at_whole, top + HEAD + high, style.SOFT, 1.2)
            _draw_panel(drawn.canvas, lines, x, top + HEAD, wide - GUTTER, subject, whole=whole)
    return drawn.figure


def _whole(subject: Subject, task: str) -> float | None:
    """The score of the page's own locality, which the others are compared with; None where it may not be shown."""
    assert subject.questionnaire is not None
    if subject.rt.shown(subject.questionnaire, task)[subject.path].hidden:
        return None
    found = subject.rt.estimate(subject.path, subject.questionnaire, task)
    return found.mean if found is not None else None


def _plot_one(table: pd.DataFrame, subject: Subject, subtitle: str, foot: list[str]) -> Figure:
    rows: list[dict[Any, Any]] = table.to_dict("records")
    labels = 260.0
    body = HEAD / 2 + ROW * 1.4 * len(rows) + FOOT
    drawn = framed(subject, subject.say("dots_self_title"), subtitle, body, foot)
    top = drawn.top + HEAD / 2
    for line, row in enumerate(rows):
        text = f"{subject.task_number(row['task'])}. {subject.task(row['task'])}"
        name = label(text, 2, style.BODY, labels - 12)
        drawn.canvas.lines(MARGIN + labels - 10, top + ROW * 1.4 * (line + 0.5), name, align="right")
    _draw_panel(
        drawn.canvas, rows, MARGIN + labels, top, WIDTH - 2 * MARGIN - labels - 20, subject, row_height=ROW * 1.4
    )
    return drawn.figure


def _draw_panel(
    canvas: Canvas,
    rows: list[dict[Any, Any]],
    x: float,
    y: float,
    wide: float,
    subject: Subject,
    *,
    row_height: float = ROW,
    whole: float | None = None,
) -> None:
    bottom = y + row_height * len(rows)
    for tick in (0, 25, 50, 75, 100):
        at = x + wide * tick / 100
        canvas.line(at, y, at, bottom, style.LINE, 0.6)
        canvas.text(at, bottom + 9, str(tick), style.SMALL, colour=style.SOFT, align="center")
    for line, row in enumerate(rows):
        _draw_dot(canvas, row, x, y + row_height * (line + 0.5), wide, subject, whole)


def _draw_dot(
    canvas: Canvas, row: dict[Any, Any], x: float, y: float, wide: float, subject: Subject, whole: float | None
) -> None:
    if row["hidden"]:
        canvas.hatched(x, y - 7, wide, 14)
        limit = subject.say("hidden", limit=subject.rt.suppress_below)
        canvas.text(x + wide / 2, y, limit, style.SMALL, colour=style.SOFT, align="center")
        return
    value = row["estimate"]
    if value is None or pd.isna(value):
        canvas.text(x + 4, y, "–", style.SMALL, colour=style.SOFT)
        return
    at = x + wide * value / 100
    low, high = _interval(row)
    canvas.line(x + wide * low / 100, y, x + wide * high / 100, y, style.ACCENT, 1.6)
    # What is not shown to differ, or cannot be judged, is hollow; committees are counted, not compared.
    canvas.dot(at, y, RADIUS, style.ACCENT, hollow=row["differs"] is not True and _is_compared(row, subject))
    text = format_number(value, subject.language) + ("*" if row["flagged"] else "")
    left, right = min(at - RADIUS, x + wide * low / 100) - 4, max(at + RADIUS, x + wide * high / 100) + 4
    long = style.width(text, style.SMALL)
    crossed = whole is not None and right - 2 <= x + wide * whole / 100 <= right + long + 2
    if crossed and left - long > x:  # the line of the whole would strike the number out
        canvas.text(left, y, text, style.SMALL, align="right")
    else:
        canvas.text(right, y, text, style.SMALL)


def _interval(row: dict[Any, Any]) -> tuple[float, float]:
    """Cut to the scores there are; without one, the value alone."""
    if row["low"] is None or pd.isna(row["low"]):
        return row["estimate"], row["estimate"]
    return max(row["low"], 0.0), min(row["high"], 100.0)


def _is_compared(row: dict[Any, Any], subject: Subject) -> bool:
    assert subject.questionnaire is not None
    sampled = subject.rt.book(subject.questionnaire).respondent != "organisation"
    return sampled and row["locality"] != subject.path
