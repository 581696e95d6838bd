"""A figure as SVG, PNG or PDF; the same figure gives the same bytes."""

from __future__ import annotations

import io
import re

from matplotlib.figure import Figure

from analysis.plots import style
from analysis.plots.svg_renderer import SvgRenderer, xml_text

PNG_DPI = 120
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
    """In the charts' own colours and a few steps between them: a third of the size, which counts in a folder of
    thousands."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # imported by the first who asks: pages need none
    from PIL import Image

    FigureCanvasAgg(figure)
    raw = io.BytesIO()
    figure.savefig(raw, format="raw", dpi=PNG_DPI)
    wide = int(PNG_DPI * float(figure.get_size_inches()[0]))
    high = len(raw.getbuffer()) // (4 * wide)
    picture = Image.frombytes("RGBA", (wide, high), raw.getvalue()).convert("RGB")
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in style.palette() for part in colour])
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
