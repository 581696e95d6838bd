"""Lines of text as pictures, kept: a page's charts repeat most texts, and setting one is most of a PNG's work."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from matplotlib.ft2font import LoadFlags
from numpy.typing import NDArray

from analysis.plots import style

Picture = NDArray[np.uint8]


@lru_cache(4096)
def text_picture(text: str, size: float, colour: str, bold: bool, dpi: float) -> tuple[Picture, int, int]:
    """RGBA with the bottom row first, as `RendererBase.draw_image` takes it; its left edge from where the text begins,
    and its bottom edge from the baseline, in pixels (up is positive)."""
    font = font_manager.get_font(style.font_files(bold))
    font.set_size(size, dpi)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    font.draw_glyphs_to_bitmap(antialiased=True)
    cover = np.asarray(font.get_image())
    left, _top = font.get_bitmap_offset()
    picture = np.empty((*cover.shape, 4), dtype=np.uint8)
    picture[..., :3] = np.round(np.array(to_rgb(colour)) * 255)
    picture[..., 3] = cover
    return picture[::-1].copy(), round(left / 64), -round(font.get_descent() / 64)
