"""Draws a chart's specification as a matplotlib figure, for notebooks, PNG and PDF. The same figure gives the same
bytes.

In notebooks each panel is an Axes whose limits, ticks and marks are in data units. Marks of a kind are one collection:
matplotlib needs a hundred times longer for as many artists.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import font_manager, rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform, Transform

from analysis.render import fonts, style
from analysis.render.spec import Axis, ChartSpec, Dot, HatchedCell, Line, Mark, Panel, Rectangle, Text
from analysis.render.svg import DOT_STROKE_WIDTH, STROKE_WIDTH
from analysis.render.text_artist import TextArtist, font_properties

if TYPE_CHECKING:
    from matplotlib.axis import Axis as FigureAxis

DPI = 72.0  # a pixel of the specification is a point
PNG_DPI = 120
_RECTANGLES, _HATCHED, _LINES, _DOTS, _TEXTS = range(1, 6)  # the order in which they cover each other
Place = Callable[[float, float], tuple[float, float]]


class ChartFigure(Figure):
    """A figure that notebooks display. matplotlib displays figures of pyplot only, which no chart uses. As PNG, not
    SVG: the reader of a notebook may lack the charts' font, and two SVGs of one notebook would share their ids."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The bytes, and the width in pixels at which a page shows them."""
        return self.png(), {"width": round(DPI * float(self.get_size_inches()[0]))}

    def png(self) -> bytes:
        """Reduced to the charts' palette, which makes it a third of the size."""
        from matplotlib.backends.backend_agg import (
            FigureCanvasAgg,  # these are slow to import, and few figures need both
        )
        from PIL import Image

        FigureCanvasAgg(self)
        raw = io.BytesIO()
        self.savefig(raw, format="raw", dpi=PNG_DPI)
        wide = int(PNG_DPI * float(self.get_size_inches()[0]))
        high = len(raw.getbuffer()) // (4 * wide)
        picture = Image.frombytes("RGBA", (wide, high), raw.getvalue()).convert("RGB")
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for colour in style.palette() for part in colour])
        out = io.BytesIO()
        picture.quantize(palette=palette, dither=Image.Dither.NONE).save(out, "png", dpi=(PNG_DPI, PNG_DPI))
        return out.getvalue()

    def pdf(self) -> bytes:
        """With texts as text in embedded fonts, and without dates."""
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        out = io.BytesIO()
        FigureCanvasPdf(self).print_pdf(  # type: ignore[no-untyped-call]
            out, metadata={"CreationDate": None, "Producer": None, "Creator": None}
        )
        return out.getvalue()


def draw_figure(spec: ChartSpec, *, with_axes: bool = True) -> ChartFigure:
    """`with_axes=False` draws the same picture on the bare figure, for files: six axes cost five times as much as
    everything on them."""
    _register_fonts()
    figure = ChartFigure(figsize=(spec.width / DPI, spec.height / DPI), dpi=DPI, facecolor=style.PAPER)
    pixels = Affine2D().scale(1 / DPI, -1 / DPI).translate(0, spec.height / DPI) + figure.dpi_scale_trans
    for artist in _artists(spec.marks if with_axes else spec.all_marks(), lambda x, y: (x, y), pixels):
        figure.add_artist(artist)
    for panel in spec.panels if with_axes else ():
        axes = _add_axes(figure, spec, panel)
        to_data: Place = lambda x, y, p=panel: (p.x.to_value(x), p.y.to_value(y))  # type: ignore[misc]  # noqa: E731
        for artist in _artists(panel.marks, to_data, axes.transData):
            axes.add_artist(artist).set_clip_on(False)
    return figure


def _add_axes(figure: Figure, spec: ChartSpec, panel: Panel) -> Axes:
    """Without frame and background, which the specification does not have."""
    left, right = sorted((panel.x.start, panel.x.end))
    top, bottom = sorted((panel.y.start, panel.y.end))
    box = (left / spec.width, 1 - bottom / spec.height, (right - left) / spec.width, (bottom - top) / spec.height)
    axes = figure.add_axes(box, label=panel.name, frameon=False)
    axes.set_xlim(panel.x.to_value(left), panel.x.to_value(right))
    axes.set_ylim(panel.y.to_value(bottom), panel.y.to_value(top))
    _set_ticks(axes.xaxis, panel.x)
    _set_ticks(axes.yaxis, panel.y)
    return axes


def _set_ticks(drawn: FigureAxis, axis: Axis) -> None:
    """An axis whose labels the chart prints itself, such as wrapped names, is not drawn, but has its ticks."""
    drawn.set_ticks([value for value, _ in axis.ticks], [label for _, label in axis.ticks])
    if axis.label_distance is None:
        drawn.set_visible(False)
        return
    drawn.set_tick_params(length=0, width=0, pad=axis.label_distance + style.CAPITALS * style.SMALL)
    for label in drawn.get_ticklabels():
        label.set(fontproperties=font_properties(style.SMALL, False), color=style.SOFT, verticalalignment="baseline")


def _artists(marks: Iterable[Mark], place: Place, transform: Transform) -> list[Artist]:
    """One artist for each kind of mark; `place` takes pixels to the coordinates of `transform`."""
    by_kind: dict[type, list[Any]] = {}
    for mark in marks:
        by_kind.setdefault(type(mark), []).append(mark)
    return [_MAKERS[kind](listed, place, transform) for kind, listed in by_kind.items()]


def _rectangles(marks: list[Rectangle], place: Place, transform: Transform) -> Collection:
    return PolyCollection(
        [_corners(mark, place) for mark in marks], facecolors=[mark.fill for mark in marks],
        edgecolors=[mark.stroke or "none" for mark in marks],
        linewidths=[0.0 if mark.stroke is None else STROKE_WIDTH for mark in marks], zorder=_RECTANGLES,
        transform=transform,
    )  # fmt: skip


def _hatched(marks: list[HatchedCell], place: Place, transform: Transform) -> Collection:
    return PolyCollection(
        [_corners(mark, place) for mark in marks], facecolors=style.HIDDEN, edgecolors=style.LINE, linewidths=0,
        hatch="////", zorder=_HATCHED, transform=transform,
    )  # fmt: skip


def _lines(marks: list[Line], place: Place, transform: Transform) -> Collection:
    return LineCollection(
        [[place(mark.x1, mark.y1), place(mark.x2, mark.y2)] for mark in marks],
        colors=[mark.colour for mark in marks], linewidths=[mark.thickness for mark in marks], zorder=_LINES,
        transform=transform,
    )  # fmt: skip


def _dots(marks: list[Dot], place: Place, transform: Transform) -> Collection:
    """Circles of a size in pixels around points in data units."""
    return PathCollection(
        (Path.unit_circle(),), sizes=[mark.radius**2 for mark in marks],
        offsets=np.array([place(mark.x, mark.y) for mark in marks]), offset_transform=transform,
        facecolors=[mark.fill for mark in marks], edgecolors=[mark.stroke for mark in marks],
        linewidths=DOT_STROKE_WIDTH, zorder=_DOTS, transform=IdentityTransform(),
    )  # fmt: skip


def _texts(marks: list[Text], place: Place, transform: Transform) -> Artist:
    placed = [Text(*place(each.x, each.y), each.text, each.size, each.colour, each.bold, each.align) for each in marks]
    return TextArtist(placed, _TEXTS, transform)


_MAKERS: dict[type, Callable[[list[Any], Place, Transform], Artist]] = {
    Rectangle: _rectangles,
    HatchedCell: _hatched,
    Line: _lines,
    Dot: _dots,
    Text: _texts,
}


def _corners(mark: Rectangle | HatchedCell, place: Place) -> list[tuple[float, float]]:
    left, top = place(mark.x, mark.y)
    right, bottom = place(mark.x + mark.width, mark.y + mark.height)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@cache
def _register_fonts() -> None:
    """Register the installed fonts, and make output repeatable. Once a process."""
    for bold in (False, True):
        for file in fonts.font_files(bold):
            font_manager.fontManager.addfont(file)
    rcParams.update(
        {
            "font.family": list(fonts.FAMILY),
            "svg.fonttype": "none",
            "svg.hashsalt": "survey",
            "pdf.fonttype": 42,
            "text.parse_math": False,
            "hatch.linewidth": 0.6,
            "hatch.color": style.LINE,
        }
    )
