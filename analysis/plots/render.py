"""A figure as SVG, PNG or PDF; the same figure gives the same bytes."""

from __future__ import annotations

import io
import re
from html import escape

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

PNG_DPI = 144
_HEAD = re.compile(r"^.*?<svg\b[^>]*>", re.DOTALL)
_DROPPED = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style[^>]*>.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)
_STYLE = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"^(?:(\w+) )?([\d.]+)px (.*)$")
_IDS = re.compile(r'( id="|url\(#|href="#)')


def svg(figure: Figure, *, id_: str = "chart", title: str = "", description: str = "") -> str:
    """SVG to stand inside a page: presentation attributes only, as a strict Content-Security-Policy wants; ids begin
    with `id_`; `role="img"` with a title and a description; text stays text."""
    out = io.StringIO()
    FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
        out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    written = _DROPPED.sub("", out.getvalue())
    written = _STYLE.sub(lambda match: _attributes(match[1]), written)
    written = _IDS.sub(lambda match: f"{match[1]}{id_}-", written)
    wide, high = (72 * inches for inches in figure.get_size_inches())
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" role="img" '
        f'aria-labelledby="{id_}-title {id_}-desc">'
        f'<title id="{id_}-title">{escape(title)}</title><desc id="{id_}-desc">{escape(description)}</desc>'
    )
    return re.sub(r">\s+<", "><", _HEAD.sub(lambda _: head, written, count=1)).strip()


def png(figure: Figure) -> bytes:
    out = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(out, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return out.getvalue()


def pdf(figure: Figure) -> bytes:
    out = io.BytesIO()
    FigureCanvasPdf(figure).print_pdf(  # type: ignore[no-untyped-call]
        out, metadata={"CreationDate": None, "Producer": None, "Creator": None}
    )
    return out.getvalue()


def _attributes(declarations: str) -> str:
    """`style="fill: none; font: 600 12px 'X'"` as `fill="none" font-weight="600" font-size="12px" …`."""
    found: list[tuple[str, str]] = []
    for declaration in declarations.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        match = _FONT.match(value) if name == "font" else None
        if match is not None:
            found += [("font-size", f"{match[2]}px"), ("font-family", match[3].replace('"', "'"))]
            found += [("font-weight", match[1])] if match[1] else []
        elif name:
            found.append((name, value.replace('"', "'")))
    return "".join(f' {name}="{value}"' for name, value in found)
