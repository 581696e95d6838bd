"""A figure as SVG, PNG or PDF; the same figure gives the same bytes."""

from __future__ import annotations

import io
import re

import numpy as np
from matplotlib.figure import Figure

from analysis.plots import style
from analysis.plots.svg_renderer import SvgRenderer, xml_text

PNG_DPI = 144
_NEAR = 12  # of 255: a shade so near to one of the charts' colours is that colour
_FAMILY = ", ".join(f"'{name}'" for name in style.FAMILY)


def svg(figure: Figure, *, id_: str = "chart", title: str = "", description: str = "") -> str:
    """SVG to stand inside a page: presentation attributes only, as a strict Content-Security-Policy wants; ids begin
    with `id_`; `role="img"` with a title and a description; text stays text."""
    id_ = re.sub(r"[^A-Za-z0-9_-]", "-", id_)
    wide, high = (72 * float(inches) for inches in figure.get_size_inches())
    renderer = SvgRenderer(wide, high, id_)
    figure.draw(renderer)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" '
        f'role="img" aria-labelledby="{id_}-title {id_}-desc" font-family="{_FAMILY}">'
        f'<title id="{id_}-title">{xml_text(title)}</title><desc id="{id_}-desc">{xml_text(description)}</desc>'
        f"{renderer.written}</svg>"
    )


def png(figure: Figure) -> bytes:
    """In 256 colours: a third of the size, which counts in a folder of thousands; the charts' own stay as they are,
    within 5 of 255."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # imported by the first who asks: pages need none
    from PIL import Image

    FigureCanvasAgg(figure)
    raw = io.BytesIO()
    figure.savefig(raw, format="raw", dpi=PNG_DPI)
    wide = int(PNG_DPI * float(figure.get_size_inches()[0]))
    high = len(raw.getbuffer()) // (4 * wide)
    picture = Image.frombytes("RGBA", (wide, high), raw.getvalue()).convert("RGB")
    flat = np.array(style.flat_colours())
    mixed = picture.quantize(256 - len(flat), method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    others = np.array(mixed.getpalette()).reshape(-1, 3)
    distant = np.abs(others[:, None] - flat).max(axis=2).min(axis=1) > _NEAR
    palette = Image.new("P", (1, 1))
    palette.putpalette([int(part) for part in np.concatenate([flat, others[distant]]).ravel()])
    reduced = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    out = io.BytesIO()
    reduced.save(out, "png", dpi=(PNG_DPI, PNG_DPI))
    return out.getvalue()


def pdf(figure: Figure) -> bytes:
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    out = io.BytesIO()
    FigureCanvasPdf(figure).print_pdf(  # type: ignore[no-untyped-call]
        out, metadata={"CreationDate": None, "Producer": None, "Creator": None}
    )
    return out.getvalue()
