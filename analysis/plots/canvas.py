"""A figure measured in pixels from the top left corner, on which charts put rectangles, lines, dots and texts."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from analysis.plots import style

Align = Literal["left", "center", "right"]
DPI = 72.0


class Canvas:
    """`width` and `height` in pixels; y runs down."""

    def __init__(self, width: float, height: float) -> None:
        style.prepare()
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=style.PAPER)
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_axis_off()
        self._drawn = 0

    def _over(self) -> float:
        """What is drawn later lies above."""
        self._drawn += 1
        return 1 + self._drawn / 10_000

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
        self.axes.text(
            x, y, text, fontsize=size, color=colour, fontweight="semibold" if bold else "regular", ha=align,
            va="center_baseline", parse_math=False, zorder=self._over(),
        )  # fmt: skip

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
        self.axes.add_patch(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=colour,
                edgecolor=edge or "none",
                linewidth=0.8 if edge else 0,
                zorder=self._over(),
            )
        )

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        """A cell that may not be shown."""
        self.axes.add_patch(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=style.HIDDEN,
                edgecolor=style.LINE,
                linewidth=0,
                hatch="////",
                zorder=self._over(),
            )
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = style.LINE, thickness: float = 0.8
    ) -> None:
        self.axes.add_collection(
            LineCollection([[(x1, y1), (x2, y2)]], colors=colour, linewidths=thickness, zorder=self._over())
        )

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        fill = style.PAPER if hollow else colour
        self.axes.add_patch(
            Circle((x, y), radius, facecolor=fill, edgecolor=colour, linewidth=1.4, zorder=self._over())
        )
