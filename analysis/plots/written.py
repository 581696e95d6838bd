"""The texts of a chart as one artist: a page needs no measuring, which is most of what matplotlib does with a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.text import Text

from analysis.plots import style
from analysis.plots.svg_renderer import Align, SvgRenderer


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
        else:
            for text in self.as_texts():
                text.draw(renderer)

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
