"""A figure measured in pixels from the top left corner, on which charts put rectangles, lines, dots and texts.

Marks of a kind are gathered and drawn as one collection: matplotlib takes a hundred times longer for as many artists.
They lie on the figure itself, without axes, which would cost more than everything on them. Boxes lie lowest, then
hatched cells, lines, dots, texts.
"""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform

from analysis.plots import style
from analysis.plots.picture import Picture
from analysis.plots.svg_renderer import Align
from analysis.plots.written import Line, Texts

Point = tuple[float, float]
DPI = 72.0
_BOXES, _HATCHED, _LINES, _DOTS, _TEXTS = range(1, 6)
_CAPITALS = 0.36  # half the height of capitals and figures, in ems: what must stand in the middle of a row


class Canvas:
    """`width` and `height` in pixels; y runs down."""

    def __init__(self, width: float, height: float) -> None:
        style.prepare()
        self.width, self.height = width, height
        self._boxes: list[tuple[list[Point], str, str]] = []
        self._hatched: list[list[Point]] = []
        self._lines: list[tuple[list[Point], str, float]] = []
        self._dots: list[tuple[Path, str, str]] = []
        self._texts: list[Line] = []

    @property
    def figure(self) -> Figure:
        """A figure with everything on it."""
        figure = Picture(figsize=(self.width / DPI, self.height / DPI), dpi=DPI, facecolor=style.PAPER)
        place = Affine2D().scale(1 / DPI, -1 / DPI).translate(0, self.height / DPI) + figure.dpi_scale_trans
        for marks in self._collections():
            _put(figure, marks, place)
        _put(figure, Texts(self._texts, _TEXTS), place)
        return figure

    def _collections(self) -> list[Collection]:
        found: list[Collection] = []
        if self._boxes:
            corners, faces, edges = zip(*self._boxes, strict=True)
            widths = [0.0 if edge == "none" else 0.8 for edge in edges]
            found.append(PolyCollection(corners, facecolors=faces, edgecolors=edges, linewidths=widths, zorder=_BOXES))
        if self._hatched:
            cells = PolyCollection(self._hatched, facecolors=style.HIDDEN, edgecolors=style.LINE, zorder=_HATCHED)
            cells.set(linewidth=0, hatch="////")
            found.append(cells)
        if self._lines:
            ends, colours, thick = zip(*self._lines, strict=True)
            found.append(LineCollection(ends, colors=colours, linewidths=thick, zorder=_LINES))
        if self._dots:
            circles, faces, edges = zip(*self._dots, strict=True)
            found.append(PathCollection(circles, facecolors=faces, edgecolors=edges, linewidths=1.4, zorder=_DOTS))
        return found

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
        """One line; y is the middle of its capitals and figures, whatever marks they bear."""
        self._texts.append(Line(x, y + _CAPITALS * size, printable(text), size, colour, bold, align))

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
        self._boxes.append((_corners(x, y, width, height), colour, edge or "none"))

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        """A cell that may not be shown."""
        self._hatched.append(_corners(x, y, width, height))

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = style.LINE, thickness: float = 0.8
    ) -> None:
        self._lines.append(([(x1, y1), (x2, y2)], colour, thickness))

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        circle = Path.circle((x, y), radius)
        self._dots.append((circle, style.PAPER if hollow else colour, colour))


def printable(text: str) -> str:
    """Without control characters and those that turn the direction of writing, which a name may hold by mischief."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "" for each in text)


def _corners(x: float, y: float, width: float, height: float) -> list[Point]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _put(figure: Figure, artist: Artist, place: Transform) -> None:
    artist.set_transform(place)
    figure.add_artist(artist)
