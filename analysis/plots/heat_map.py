"""Heat map: localities × tasks, coloured in five classes by the value that is printed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.texts import format_number
from analysis.plots import style
from analysis.plots.canvas import Canvas
from analysis.plots.frame import MARGIN, WIDTH, Subject, framed, label, score_foot

LABELS = 210.0
ROW = 32.0
GAP = 2.0
KEY = 34.0
HEAD = 48.0


def plot_heat_map(table: pd.DataFrame, subject: Subject) -> Figure:
    """`table` as from `tables.score_table`."""
    tasks = list(dict.fromkeys(table["task"]))
    places = list(dict.fromkeys(table["locality"]))
    body = KEY + HEAD + ROW * len(places)
    foot = score_foot(subject, table)
    drawn = framed(subject, subject.say("heat_title"), subject.say("heat_subtitle"), body, foot)
    canvas, top = drawn.canvas, drawn.top
    draw_class_key(canvas, MARGIN + LABELS, top, subject)
    column = (WIDTH - 2 * MARGIN - LABELS) / max(len(tasks), 1)
    for number, task in enumerate(tasks):
        middle = MARGIN + LABELS + column * (number + 0.5)
        head = label(f"{subject.task_number(task)}. {subject.task(task)}", 3, style.SMALL, column - 6)
        canvas.lines(middle, top + KEY + HEAD / 2 - 4, head, style.SMALL, align="center")
    cells = {(row["locality"], row["task"]): row for row in table.to_dict("records")}
    names = dict(zip(table["locality"], table["name"], strict=True))
    for line, place in enumerate(places):
        y = top + KEY + HEAD + ROW * line
        size = style.BODY if style.width(names[place], style.BODY) <= LABELS - 12 else style.SMALL
        name = label(names[place], 2, size, LABELS - 12)
        canvas.lines(MARGIN + LABELS - 10, y + ROW / 2, name, size, align="right")
        for number, task in enumerate(tasks):
            _draw_cell(canvas, cells[place, task], MARGIN + LABELS + column * number, y, column, subject)
    return drawn.figure


def draw_class_key(canvas: Canvas, x: float, y: float, subject: Subject) -> None:
    """The five classes of the colours."""
    texts = [subject.say("below"), "40–49", "50–59", "60–69", subject.say("above")]
    for text, (_, colour) in zip(texts, style.CLASSES, strict=True):
        canvas.box(x, y + 2, 20, 13, colour, edge=style.LINE)
        canvas.text(x + 26, y + 9, text, style.SMALL)
        x += style.width(text, style.SMALL) + 48


def _draw_cell(canvas: Canvas, row: dict[Any, Any], x: float, y: float, column: float, subject: Subject) -> None:
    wide, high = column - GAP, ROW - GAP
    if row["hidden"]:
        canvas.hatched(x, y, wide, high)
        limit = subject.say("hidden", limit=subject.rt.suppress_below)
        canvas.text(x + wide / 2, y + high / 2, limit, style.SMALL, colour=style.SOFT, align="center")
    elif row["estimate"] is None or pd.isna(row["estimate"]):
        canvas.box(x, y, wide, high, style.PAPER, edge=style.LINE)
        canvas.text(x + wide / 2, y + high / 2, "–", colour=style.SOFT, align="center")
    else:
        colour = style.class_colour(row["estimate"])
        canvas.box(x, y, wide, high, colour)
        text = format_number(row["estimate"], subject.language) + ("*" if row["flagged"] else "")
        canvas.text(x + wide / 2, y + high / 2, text, colour=style.ink_on(colour), align="center")
