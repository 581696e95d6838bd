"""Tile diagram: a square a province, a panel a task. It states that it is not a map of boundaries."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.charts import scores
from analysis.charts.chart import ChartKind
from analysis.charts.layout import MARGIN, WIDTH, add_key, start_drawing
from analysis.charts.subject import Subject
from analysis.charts.tables import Row, is_missing, rows_by
from analysis.charts.tile_layout import COLUMNS, Cell, place_tiles
from analysis.render import fonts, style
from analysis.render.spec import Axis, ChartSpec, Panel
from analysis.round_tally import COUNTRY, LocalityRow

PANELS = 2
KEY = 30.0
HEAD = 34.0
GAP = 16.0  # between panels
NAME = 7.5  # pixels of a tile's name
SEA = 2  # columns of sea at the right, for the archipelagos
ARCHIPELAGOS = (("48", "Hoàng Sa"), ("56", "Trường Sa"))  # beside Đà Nẵng and Khánh Hòa
PANEL_WIDTH = (WIDTH - 2 * MARGIN) / PANELS
SIDE = (PANEL_WIDTH - GAP) / (COLUMNS + SEA)  # of a tile
ROOM = SIDE - 4  # for a tile's name


def subjects(subject: Subject) -> Iterator[Subject]:
    if subject.path == COUNTRY and scores.compares_children(subject):
        yield subject


def build_spec(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    provinces = [row for row in subject.rt.localities.values() if row.level == "province"]
    located = ((row.path, row.lat, row.lon) for row in provinces if row.lat is not None and row.lon is not None)
    tiles = place_tiles(tuple(located))
    placed = [(row, tiles[row.path]) for row in provinces if row.path in tiles]
    by_task = rows_by(table, "task")
    rows = max((row for _, row in tiles.values()), default=0) + 1
    band = HEAD + rows * SIDE + GAP
    body = KEY + band * -(-len(by_task) // PANELS)
    foot = [*scores.foot(subject, table), *_abbreviations([row for row, _ in placed], subject)]
    drawing, top = start_drawing(
        subject, subject.say("tiles_title"), subject.say("tiles_subtitle"), foot, body, scores.class_key(subject)
    )
    add_key(drawing, MARGIN, top, 48)
    for number, (task, scored) in enumerate(by_task.items()):
        left, y = MARGIN + PANEL_WIDTH * (number % PANELS), top + KEY + band * (number // PANELS)
        name = subject.numbered_task(task)
        lines = fonts.wrap_at_most(2, name, style.SMALL, PANEL_WIDTH - GAP, bold=True)
        drawing.lines(left, y + HEAD / 2, lines, style.SMALL, bold=True)
        columns = Axis(0, COLUMNS + SEA, left, left + SIDE * (COLUMNS + SEA))
        panel = drawing.panel(name, columns, Axis(0, rows, y + HEAD, y + HEAD + SIDE * rows))
        values = {row["locality"]: row for row in scored}
        for province, (column, row) in placed:
            x, y = columns.to_pixel(column), panel.y.to_pixel(row)
            _add_tile(panel, values.get(province.path), tile_name(province), x, y, subject)
        _add_archipelagos(panel, placed)
    return drawing


def _add_tile(panel: Panel, row: Row | None, name: list[str], x: float, y: float, subject: Subject) -> None:
    """White where the province was not surveyed, hatched where its score is not shown."""
    side = SIDE - 1.5
    middle = x + side / 2
    if row is not None and not row["hidden"] and not is_missing(row["estimate"]):
        colour = style.class_colour(row["estimate"])
        ink = style.ink_on(colour)
        panel.rectangle(x, y, side, side, colour)
        panel.lines(middle, y + side * 0.31, name, NAME, colour=ink, align="center")
        text = scores.printed_score(subject, row)
        panel.text(middle, y + side * 0.78, text, style.SMALL, colour=ink, bold=True, align="center")
        return
    if row is not None and row["hidden"]:
        panel.hatched(x, y, side, side)
    else:
        panel.rectangle(x, y, side, side, style.PAPER, stroke=style.LINE if row is None else style.SOFT)
    panel.lines(middle, y + side / 2, name, NAME, colour=style.SOFT, align="center")


def _add_archipelagos(panel: Panel, placed: list[tuple[LocalityRow, Cell]]) -> None:
    right = panel.x.end
    rows = {province.code: row for province, (_, row) in placed}
    for code, name in ARCHIPELAGOS:
        if code in rows:
            top = panel.y.to_pixel(rows[code])
            box = right - SIDE * 0.55, top + SIDE * 0.2, SIDE * 0.4, SIDE * 0.4
            panel.rectangle(*box, style.PAPER, stroke=style.SOFT)
            panel.text(right - SIDE * 0.7, top + SIDE * 0.42, name, 8.0, colour=style.SOFT, align="right")


def short_name(province: LocalityRow) -> str:
    """Without its kind: Tỉnh Hà Giang → Hà Giang, Thành phố Hà Nội → Hà Nội."""
    return province.name.removeprefix(province.kind).removeprefix("Thành phố").removeprefix("Tỉnh").strip()


def tile_name(province: LocalityRow) -> list[str]:
    """In at most two lines; where it does not fit, initials: Bà Rịa - Vũng Tàu → BRVT."""
    words = short_name(province).replace("-", " ").split()
    lines = fonts.wrap(" ".join(words), NAME, ROOM)
    if len(lines) <= 2 and all(fonts.width(line, NAME) <= ROOM for line in lines):
        return lines
    return ["".join(word[0].upper() for word in words)[:4]]


def _abbreviations(provinces: list[LocalityRow], subject: Subject) -> Iterator[str]:
    """The line that explains initials, where there are any."""
    names = ((" ".join(tile_name(row)), short_name(row)) for row in provinces)
    found = sorted(f"{printed}: {name}" for printed, name in names if printed != name.replace(" - ", " "))
    if found:
        yield subject.say("short_names", names="; ".join(found))


KIND = ChartKind("tile_diagram", subjects, scores.table_of_children, build_spec, scores.text_version)
plot_tiles = KIND.plot
"""`table` as from `score_table` of the country."""
