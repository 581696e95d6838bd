"""A chart's figure as PNG or PDF; the same figure gives the same bytes."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

from analysis.render import style

PNG_DPI = 120


def png(figure: Figure) -> bytes:
    """Reduced to the charts' palette, which makes it a third of the size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # slow to import, and pages need none
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
    """With texts as text in embedded fonts, and without dates."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    out = io.BytesIO()
    FigureCanvasPdf(figure).print_pdf(  # type: ignore[no-untyped-call]
        out, metadata={"CreationDate": None, "Producer": None, "Creator": None}
    )
    return out.getvalue()
