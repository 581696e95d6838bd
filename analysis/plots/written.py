"""The texts of a chart as one artist: a page needs no measuring, which is most of what matplotlib does with a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.text import Text

from analysis.plots import style
from analysis.plots.bitmaps import text_picture
from analysis.plots.svg_renderer import Align, SvgRenderer

_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}  # how much of a text stands before its point


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; y is its baseline, both in pixels from the top left corner."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool
    align: Align


class Texts(Artist):
    """Its transform takes pixels from the top left corner to where a renderer draws them."""

    def __init__(self, lines: Iterable[Line], zorder: float) -> None:
        super().__init__()
        self.lines = tuple(lines)
        self.set_zorder(zorder)

    def draw(self, renderer: RendererBase) -> None:
        if isinstance(renderer, SvgRenderer):
            for line in self.lines:
                renderer.write_line(line.x, line.y, line.text, line.size, line.colour, line.bold, line.align)
        elif hasattr(renderer, "buffer_rgba"):  # pixels
            for line in self.lines:
                self._draw_picture(renderer, line)
        else:
            for text in self.as_texts():
                text.draw(renderer)

    def _draw_picture(self, renderer: RendererBase, line: Line) -> None:
        if not line.text.strip():
            return
        dpi = float(renderer.points_to_pixels(72.0))  # type: ignore[arg-type]  # of a number a number
        picture, left, below = text_picture(line.text, line.size, line.colour, line.bold, dpi)
        x, y = self.get_transform().transform((line.x, line.y))
        x -= _BEFORE[line.align] * picture.shape[1]
        renderer.draw_image(renderer.new_gc(), round(x) + left, round(y) + below, picture)

    def as_texts(self) -> list[Text]:
        """As matplotlib's own, which can be measured."""
        return [self._as_text(line) for line in self.lines]

    def get_children(self) -> list[Artist]:
        """So that `figure.findobj(Text)` finds what is written."""
        return [*self.as_texts()]

    def _as_text(self, line: Line) -> Text:
        text = Text(
            line.x, line.y, line.text, fontproperties=style.font(line.size, line.bold), color=line.colour,
            horizontalalignment=line.align, verticalalignment="baseline", parse_math=False,
        )  # fmt: skip
        figure = self.get_figure()
        assert figure is not None
        text.set_figure(figure)
        text.set_transform(self.get_transform())
        return text
