"""The texts of a chart as one matplotlib artist, drawn into pixels from cached pictures of lines.

A page's charts repeat most texts, and setting them is most of a PNG's work.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags
from matplotlib.text import Text as FigureText
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from analysis.render import fonts
from analysis.render.spec import Text

Pixels = NDArray[np.uint8]
_PART_BEFORE_X = {"left": 0.0, "center": 0.5, "right": 1.0}  # the share of a text's width that lies left of its x


class TextArtist(Artist):
    """`lines` are texts in the coordinates of the artist's transform."""

    def __init__(self, lines: Iterable[Text], zorder: float, transform: Transform) -> None:
        super().__init__()
        self.lines = tuple(lines)
        self.set(zorder=zorder, transform=transform)

    def draw(self, renderer: RendererBase) -> None:
        if hasattr(renderer, "buffer_rgba"):  # draws into pixels
            for line in self.lines:
                self._draw_pixels(renderer, line)
        else:
            for text in self.get_children():
                text.draw(renderer)

    def _draw_pixels(self, renderer: RendererBase, line: Text) -> None:
        if not line.text.strip():
            return
        dpi = float(renderer.points_to_pixels(72.0))  # type: ignore[arg-type]  # a number gives a number
        pixels, left, below = _text_pixels(line.text, line.size, line.colour, line.bold, dpi)
        x, y = self.get_transform().transform((line.x, line.y))
        x -= _PART_BEFORE_X[line.align] * pixels.shape[1]
        renderer.draw_image(renderer.new_gc(), round(x) + left, round(y) + below, pixels)

    def get_children(self) -> list[Artist]:
        """As matplotlib's own texts, which can be measured, and which `figure.findobj(Text)` finds."""
        return [self._as_text(line) for line in self.lines]

    def _as_text(self, line: Text) -> FigureText:
        text = FigureText(
            line.x, line.y, line.text, fontproperties=font_properties(line.size, line.bold), color=line.colour,
            horizontalalignment=line.align, verticalalignment="baseline", parse_math=False,
        )  # fmt: skip
        figure = self.get_figure()
        assert figure is not None
        text.set_figure(figure)
        text.set_transform(self.get_transform())
        return text


@cache
def font_properties(size: float, bold: bool) -> FontProperties:
    return FontProperties(family=list(fonts.FAMILY), size=size, weight="semibold" if bold else "regular")


@lru_cache(4096)
def _text_pixels(text: str, size: float, colour: str, bold: bool, dpi: float) -> tuple[Pixels, int, int]:
    """RGBA with the bottom row first, as `RendererBase.draw_image` takes it; the distances in pixels of its left edge
    from the text's start and of its bottom edge from the baseline (up is positive)."""
    font = font_manager.get_font([str(file) for file in fonts.font_files(bold)])
    font.set_size(size, dpi)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    font.draw_glyphs_to_bitmap(antialiased=True)
    cover = np.asarray(font.get_image())
    left, _top = font.get_bitmap_offset()
    pixels = np.empty((*cover.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.round(np.array(to_rgb(colour)) * 255)
    pixels[..., 3] = cover
    return pixels[::-1].copy(), round(left / 64), -round(font.get_descent() / 64)
