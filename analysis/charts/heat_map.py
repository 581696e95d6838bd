"""Heat map: localities × tasks, coloured in five classes by the value that is printed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.charts import scores
from analysis.charts.chart import ChartKind
from analysis.charts.layout import MARGIN, WIDTH, add_key, add_label, start_drawing
from analysis.charts.subject import Subject
from analysis.charts.tables import NONE, Row, is_missing
from analysis.render import fonts, style
from analysis.render.spec import ChartSpec, Panel, category_axis

LABELS = 210.0
ROW = 32.0
GAP = 2.0
KEY = 34.0
HEAD = 48.0


def subjects(subject: Subject) -> Iterator[Subject]:
    if scores.compares_children(subject):
        yield subject


def build_spec(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    tasks = {task: subject.numbered_task(task) for task in table["task"].unique()}
    names = dict(zip(table["locality"], table["name"], strict=True))
    body = KEY + HEAD + ROW * len(names)
    foot, key = scores.foot(subject, table), scores.class_key(subject)
    title = subject.say("heat_title")
    drawing, top = start_drawing(subject, title, subject.say("heat_subtitle"), foot, body, key)
    left, top_row = MARGIN + LABELS, top + KEY + HEAD
    add_key(drawing, left, top, 48)
    column = (WIDTH - MARGIN - left) / max(len(tasks), 1)
    for number, task in enumerate(tasks.values()):
        lines = fonts.wrap_at_most(3, task, style.SMALL, column - 6)
        drawing.lines(left + column * (number + 0.5), top + KEY + HEAD / 2 - 4, lines, style.SMALL, align="center")
    if not names:
        return drawing
    x = category_axis(list(tasks.values()), left, column)
    y = category_axis(list(names.values()), top_row, ROW)
    panel = drawing.panel(title, x, y)
    for number, name in enumerate(names.values()):
        size = style.BODY if fonts.width(name, style.BODY) <= LABELS - 12 else style.SMALL
        add_label(drawing, left - 10, y.to_pixel(number), name, LABELS - 12, 2, size)
    lefts = {task: left + column * number for number, task in enumerate(tasks)}
    tops = {locality: top_row + ROW * number for number, locality in enumerate(names)}
    for row in table.to_dict("records"):
        _add_cell(panel, row, lefts[row["task"]], tops[row["locality"]], column - GAP, subject)
    return drawing


def _add_cell(panel: Panel, row: Row, x: float, y: float, width: float, subject: Subject) -> None:
    height = ROW - GAP
    middle = x + width / 2, y + height / 2
    if row["hidden"]:
        panel.hatched(x, y, width, height)
        lines = fonts.wrap_at_most(2, subject.sign(row), style.SMALL, width - 4)
        panel.lines(*middle, lines, style.SMALL, colour=style.SOFT, align="center")
    elif is_missing(row["estimate"]):
        panel.rectangle(x, y, width, height, style.PAPER, stroke=style.LINE)
        panel.text(*middle, NONE, colour=style.SOFT, align="center")
    else:
        colour = style.class_colour(row["estimate"])
        panel.rectangle(x, y, width, height, colour)
        panel.text(*middle, scores.printed_score(subject, row), colour=style.ink_on(colour), align="center")


KIND = ChartKind("heat_map", subjects, scores.table_of_children, build_spec, scores.text_version)
plot_heat_map = KIND.plot
"""`table` as from `score_table`."""
