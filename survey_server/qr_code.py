"""QR codes of short texts, such as the enrolment code of a tablet."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import segno


def qr_svg(text: str) -> str:
    """An SVG element for a page: without styles, which the Content-Security-Policy forbids."""
    return segno.make(text, micro=False).svg_inline(scale=6, dark="#000", light="#fff", svgclass="qr", lineclass=None)


def qr_terminal(text: str) -> str:
    """Lines of block characters; read on a dark and on a light ground."""
    lines = StringIO()
    segno.make(text, micro=False).terminal(lines, compact=True)
    return lines.getvalue()


def write_qr(text: str, file: Path) -> None:
    """Write an SVG file. Raises OSError."""
    with file.open("wb") as stream:
        segno.make(text, micro=False).save(stream, kind="svg", scale=10, dark="#000", light="#fff")
