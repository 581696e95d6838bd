"""Writes a chart's specification as SVG to be inlined in a page.

Presentation attributes only, since a strict Content-Security-Policy forbids `style=`; text stays text. Imports no
drawing library: docs/decisions/0002.
"""

from __future__ import annotations

import re
from html import escape

from analysis.render import fonts, style
from analysis.render.spec import ChartSpec, Dot, HatchedCell, Line, Mark, Rectangle, Text

STROKE_WIDTH = 0.8
DOT_STROKE_WIDTH = 1.4
BOLD = 600
_ORDER = (Rectangle, HatchedCell, Line, Dot, Text)  # later ones cover earlier ones
_FAMILY = ", ".join(f"'{name}'" for name in fonts.FAMILY)
_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HATCH = (
    f'<defs><pattern id="{{id}}-hatch" patternUnits="userSpaceOnUse" width="6" height="6"><rect width="6" height="6" '
    f'fill="{style.HIDDEN}"/><path d="M-1 -1L7 7M-1 5L1 7M5 -1L7 1" fill="none" stroke="{style.LINE}" '
    'stroke-width="0.6"/></pattern></defs>'
)


def svg(spec: ChartSpec, *, id_: str = "chart", title: str = "", description: str = "") -> str:
    """The SVG document. Its ids begin with `id_`; it has `role="img"`, a title and a description."""
    id_ = re.sub(r"[^A-Za-z0-9_-]", "-", id_)
    parts: dict[type, list[str]] = {kind: [] for kind in _ORDER}
    for mark in spec.all_marks():
        parts[type(mark)].append(_write(mark, id_))
    wide, high = _number(spec.width), _number(spec.height)
    hatch = _HATCH.format(id=id_) if parts[HatchedCell] else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" aria-labelledby="{id_}-title {id_}-desc" font-family="{_FAMILY}">'
        f'<title id="{id_}-title">{_escape(title)}</title><desc id="{id_}-desc">{_escape(description)}</desc>'
        f"{hatch}{''.join(''.join(each) for each in parts.values())}</svg>"
    )


def _write(mark: Mark, id_: str) -> str:
    """An element of the document whose ids begin with `id_`."""
    match mark:
        case Rectangle():
            stroke = f' stroke="{mark.stroke}" stroke-width="{STROKE_WIDTH}"' if mark.stroke is not None else ""
            return f'<rect {_box(mark)} fill="{mark.fill}"{stroke}/>'
        case HatchedCell():
            return f'<rect {_box(mark)} fill="url(#{id_}-hatch)"/>'
        case Line():
            return (
                f'<line x1="{_number(mark.x1)}" y1="{_number(mark.y1)}" x2="{_number(mark.x2)}" y2="{_number(mark.y2)}"'
                f' stroke="{mark.colour}" stroke-width="{_number(mark.thickness)}"/>'
            )
        case Dot():
            return (
                f'<circle cx="{_number(mark.x)}" cy="{_number(mark.y)}" r="{_number(mark.radius)}" fill="{mark.fill}" '
                f'stroke="{mark.stroke}" stroke-width="{DOT_STROKE_WIDTH}"/>'
            )
        case Text():
            weight = f' font-weight="{BOLD}"' if mark.bold else ""
            return (
                f'<text x="{_number(mark.x)}" y="{_number(mark.y)}" font-size="{_number(mark.size)}"{weight}'
                f'{_ANCHORS[mark.align]} fill="{mark.colour}">{_escape(mark.text)}</text>'
            )


def _box(mark: Rectangle | HatchedCell) -> str:
    return f'x="{_number(mark.x)}" y="{_number(mark.y)}" width="{_number(mark.width)}" height="{_number(mark.height)}"'


def _number(value: float) -> str:
    """To a hundredth of a pixel."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _escape(text: str) -> str:
    """Escaped, without the characters that XML cannot represent."""
    return escape(_UNWRITABLE.sub("", text))
