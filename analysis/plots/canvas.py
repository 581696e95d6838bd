"""A figure measured in pixels from the top left corner, on which charts put rectangles, lines, dots and texts.

Marks of a kind are gathered and drawn as one collection: matplotlib takes a hundred times longer for as many artists.
Boxes lie lowest, then hatched cells, lines, dots, texts.
"""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.text import Text

from analysis.plots import style

Align = Literal["left", "center", "right"]
Point = tuple[float, float]
DPI = 72.0
_BOXES, _HATCHED, _LINES, _DOTS, _TEXTS = range(1, 6)


class Canvas:
    """`width` and `height` in pixels; y runs down."""

    def __init__(self, width: float, height: float) -> None:
        style.prepare()
        self.width, self.height = width, height
        self._figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=style.PAPER)
        self.axes: Axes = self._figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_axis_off()
        self._boxes: list[tuple[list[Point], str, str]] = []
        self._lines: list[tuple[list[Point], str, float]] = []

    @property
    def figure(self) -> Figure:
        """The figure, with everything on it."""
        if self._boxes:
            corners, faces, edges = zip(*self._boxes, strict=True)
            widths = [0.0 if edge == "none" else 0.8 for edge in edges]
            boxes = PolyCollection(
                list(corners), facecolors=list(faces), edgecolors=list(edges), linewidths=widths, zorder=_BOXES
            )
            self.axes.add_collection(boxes, autolim=False)
            self._boxes = []
        if self._lines:
            ends, colours, thick = zip(*self._lines, strict=True)
            lines = LineCollection(list(ends), colors=list(colours), linewidths=list(thick), zorder=_LINES)
            self.axes.add_collection(lines, autolim=False)
            self._lines = []
        return self._figure

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = style.BODY,
        *,
        colour: str = style.INK,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """One line; y is the middle of its small letters."""
        written = Text(
            x, y, text, fontproperties=style.font(size, bold), color=colour, horizontalalignment=align,
            verticalalignment="center_baseline", parse_math=False, transform=self.axes.transData, zorder=_TEXTS,
        )  # fmt: skip
        self.axes._add_text(written)  # type: ignore[attr-defined]  # what Axes.text does, without its slow defaults

    def lines(
        self,
        x: float,
        y: float,
        lines: list[str],
        size: float = style.BODY,
        *,
        colour: str = style.INK,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """Lines around y as their middle."""
        step = size * style.LEADING
        top = y - step * (len(lines) - 1) / 2
        for number, line in enumerate(lines):
            self.text(x, top + number * step, line, size, colour=colour, bold=bold, align=align)

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, edge: str | None = None) -> None:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self._boxes.append((corners, colour, edge or "none"))

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        """A cell that may not be shown."""
        cell = Rectangle(
            (x, y), width, height, facecolor=style.HIDDEN, edgecolor=style.LINE, linewidth=0, hatch="////",
            zorder=_HATCHED,
        )  # fmt: skip
        self.axes.add_patch(cell)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = style.LINE, thickness: float = 0.8
    ) -> None:
        self._lines.append(([(x1, y1), (x2, y2)], colour, thickness))

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        fill = style.PAPER if hollow else colour
        self.axes.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor=colour, linewidth=1.4, zorder=_DOTS))
