"""Tile diagram: a square a province, a panel a task. Not a map of boundaries, and it says so."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.texts import format_number
from analysis.plots import style
from analysis.plots.canvas import Canvas
from analysis.plots.frame import MARGIN, WIDTH, Subject, framed, label, score_foot
from analysis.plots.heat_map import draw_class_key
from analysis.plots.tile_layout import COLUMNS, place_tiles
from analysis.round_tally import LocalityRow

PANELS = 2
KEY = 30.0
HEAD = 34.0
NAME = 7.5  # pixels of a tile's name
SEA = 2  # columns of sea at the right, for the archipelagos
ARCHIPELAGOS = (("48", "Hoàng Sa"), ("56", "Trường Sa"))  # beside Đà Nẵng and Khánh Hòa


def plot_tiles(table: pd.DataFrame, subject: Subject) -> Figure:
    """`table` as from `tables.score_table` of the country."""
    provinces = [row for row in subject.rt.localities.values() if row.level == "province"]
    placed = _placed(tuple((row.path, row.lat, row.lon) for row in provinces))
    tasks = list(dict.fromkeys(table["task"]))
    wide = (WIDTH - 2 * MARGIN) / PANELS
    side = (wide - 16) / (COLUMNS + SEA)
    rows = max(row for _, row in placed.values()) + 1 if placed else 1
    band = HEAD + rows * side + 16
    bands = -(-len(tasks) // PANELS)
    foot = score_foot(subject, table)
    shortened = _shortened([row for row in provinces if row.path in placed], side - 4)
    if shortened:
        foot.append(subject.say("short_names", names=shortened))
    drawn = framed(subject, subject.say("tiles_title"), subject.say("tiles_subtitle"), KEY + band * bands, foot)
    draw_class_key(drawn.canvas, MARGIN, drawn.top, subject)
    for at, task in enumerate(tasks):
        x, y = MARGIN + wide * (at % PANELS), drawn.top + KEY + band * (at // PANELS)
        head = label(f"{subject.task_number(task)}. {subject.task(task)}", 2, style.SMALL, wide - 16, bold=True)
        drawn.canvas.lines(x, y + HEAD / 2, head, style.SMALL, bold=True)
        values = {row["locality"]: row for row in table[table["task"] == task].to_dict("records")}
        _draw_panel(drawn.canvas, provinces, placed, values, x, y + HEAD, side, subject)
    return drawn.figure


@lru_cache(8)
def _placed(centroids: tuple[tuple[str, float | None, float | None], ...]) -> dict[str, tuple[int, int]]:
    return place_tiles({path: (lat, lon) for path, lat, lon in centroids if lat is not None and lon is not None})


def _draw_panel(
    canvas: Canvas,
    provinces: list[LocalityRow],
    placed: dict[str, tuple[int, int]],
    values: dict[str, dict[Any, Any]],
    x: float,
    y: float,
    side: float,
    subject: Subject,
) -> None:
    for province in provinces:
        cell = placed.get(province.path)
        if cell is not None:
            row = values.get(province.path)
            _draw_tile(
                canvas, row, tile_name(province, side - 4), x + cell[0] * side, y + cell[1] * side, side - 1.5, subject
            )
    for code, name in ARCHIPELAGOS:
        cell = next((placed[row.path] for row in provinces if row.code == code and row.path in placed), None)
        if cell is not None:
            top = y + cell[1] * side
            right = x + (COLUMNS + SEA) * side
            canvas.box(right - side * 0.55, top + side * 0.2, side * 0.4, side * 0.4, style.PAPER, edge=style.SOFT)
            canvas.text(right - side * 0.7, top + side * 0.42, name, 8.0, colour=style.SOFT, align="right")


def short_name(province: LocalityRow) -> str:
    """Without its kind: Tỉnh Hà Giang → Hà Giang, Thành phố Hà Nội → Hà Nội."""
    return province.name.removeprefix(province.kind).removeprefix("Thành phố").removeprefix("Tỉnh").strip()


def tile_name(province: LocalityRow, room: float) -> list[str]:
    """In at most two lines; where it does not fit, initials: Bà Rịa - Vũng Tàu → BRVT."""
    words = short_name(province).replace("-", " ").split()
    lines = style.wrapped(" ".join(words), NAME, room)
    if len(lines) <= 2 and all(style.width(line, NAME) <= room for line in lines):
        return lines
    return ["".join(word[0].upper() for word in words)[:4]]


def _shortened(provinces: list[LocalityRow], room: float) -> str:
    """What the initials stand for."""
    names = ((" ".join(tile_name(row, room)), short_name(row)) for row in provinces)
    return "; ".join(sorted(f"{written}: {name}" for written, name in names if written != name.replace(" - ", " ")))


def _draw_tile(
    canvas: Canvas, row: dict[Any, Any] | None, name: list[str], x: float, y: float, side: float, subject: Subject
) -> None:
    middle = x + side / 2
    if row is None or row["hidden"] or row["estimate"] is None or pd.isna(row["estimate"]):
        if row is not None and row["hidden"]:
            canvas.hatched(x, y, side, side)
        else:
            canvas.box(x, y, side, side, style.PAPER, edge=style.LINE if row is None else style.SOFT)
        canvas.lines(middle, y + side / 2, name, NAME, colour=style.SOFT, align="center")
        return
    colour = style.class_colour(row["estimate"])
    ink = style.ink_on(colour)
    canvas.box(x, y, side, side, colour)
    canvas.lines(middle, y + side * 0.31, name, NAME, colour=ink, align="center")
    text = format_number(row["estimate"], subject.language) + ("*" if row["flagged"] else "")
    canvas.text(middle, y + side * 0.78, text, style.SMALL, colour=ink, bold=True, align="center")
