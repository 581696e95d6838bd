"""A renderer of matplotlib's that writes SVG to stand inside a page: presentation attributes only, text stays text.

matplotlib's own measures every text twice although a reader's browser sets it, and styles with `style=`, which a
strict Content-Security-Policy forbids; on a charts page that was two thirds of the work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any, Literal

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from analysis.plots import style

BOLD = 600
HATCH = 72  # pixels of the square that repeats
_ANCHORS = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}
_LETTERS = {int(Path.MOVETO): "M", int(Path.LINETO): "L", int(Path.CURVE3): "Q", int(Path.CURVE4): "C"}
_FURTHER = {"M": 0, "L": 0, "Q": 1, "C": 2}  # points that follow a letter's first
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Colour = Any  # matplotlib's many ways to say one
Align = Literal["left", "center", "right"]


class SvgRenderer(RendererBase):
    """For a figure of 72 dots an inch. Knows straight and curved paths, their colours, dashes and hatches, and texts;
    clipping it leaves out: a canvas has nothing to clip. `written` is what stands between `<svg …>` and `</svg>`."""

    def __init__(self, width: float, height: float, id_: str) -> None:
        super().__init__()
        self._width, self._height, self._id = width, height, id_
        self._parts: list[str] = []
        self._hatches: dict[tuple[str, str, float], str] = {}

    @property
    def written(self) -> str:
        return "".join([*self._hatches.values(), *self._parts])

    def flipy(self) -> bool:
        return True

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self._width, self._height

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: object) -> tuple[float, float, float]:
        size = prop.get_size_in_points()
        return style.width(s, size, is_bold(prop)), size * style.LEADING, size * (style.LEADING - 1)

    def draw_path(
        self, gc: GraphicsContextBase, path: Path, transform: Transform,
        rgbFace: Colour = None,  # noqa: N803  the name is matplotlib's
    ) -> None:  # fmt: skip
        stroke = gc.get_rgb() if gc.get_linewidth() else None
        self._write_path(gc, path, transform.get_matrix(), rgbFace, stroke, gc.get_linewidth(), gc.get_dashes())

    def draw_path_collection(
        self, gc: GraphicsContextBase, master_transform: Transform, paths: Sequence[Path], all_transforms: Any,
        offsets: Any, offset_trans: Any, facecolors: Any, edgecolors: Any, linewidths: Any, linestyles: Any,
        antialiaseds: Any, urls: Any, offset_position: Any, *, hatchcolors: Any = None,
    ) -> None:  # fmt: skip
        """Paths that stand where they say; matplotlib repeats the colours, which here are one a path or one for all."""
        if len(all_transforms) or np.any(offsets):
            super().draw_path_collection(
                gc, master_transform, paths, all_transforms, offsets, offset_trans, facecolors, edgecolors,
                linewidths, linestyles, antialiaseds, urls, offset_position, hatchcolors=hatchcolors,
            )  # fmt: skip
            return
        matrix = master_transform.get_matrix()
        if hatchcolors is not None and len(hatchcolors):
            gc.set_hatch_color(hatchcolors[0])
        for at, path in enumerate(paths):
            face = facecolors[at % len(facecolors)] if len(facecolors) else None
            edge = edgecolors[at % len(edgecolors)] if len(edgecolors) else None
            dashes = linestyles[at % len(linestyles)] if len(linestyles) else (0, None)
            self._write_path(gc, path, matrix, face, edge, float(linewidths[at % len(linewidths)]), dashes)

    def draw_text(
        self, gc: GraphicsContextBase, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Text | None = None,
    ) -> None:  # fmt: skip
        colour = to_hex(gc.get_rgb())
        self.write_line(x, y, s, prop.get_size_in_points(), colour, is_bold(prop), "left", angle)

    def write_line(
        self, x: float, y: float, text: str, size: float, colour: str, bold: bool, align: Align, angle: float = 0.0
    ) -> None:
        """A text of one line, y its baseline; where it ends is the browser's business."""
        turned = f' transform="rotate({_number(-angle)} {_number(x)} {_number(y)})"' if angle else ""
        weight = f' font-weight="{BOLD}"' if bold else ""
        self._parts.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}"{weight}{_ANCHORS[align]} '
            f'fill="{colour}"{turned}>{xml_text(text)}</text>'
        )

    def _write_path(
        self, gc: GraphicsContextBase, path: Path, matrix: Any, face: Colour, edge: Colour, wide: float, dashes: Any
    ) -> None:
        fill = _hex(tuple(face)) if face is not None else "none"
        if gc.get_hatch() is not None:
            fill = self._hatch(gc, fill)
        stroke = _hex(tuple(edge)) if edge is not None and wide else "none"
        shown = _opacity("fill", face)
        if stroke != "none":
            shown += f' stroke="{stroke}" stroke-width="{_number(wide)}"{_opacity("stroke", edge)}{_dashes(dashes)}'
        self._parts.append(f'<path d="{self._outline(path, matrix)}" fill="{fill}"{shown}/>')

    def _outline(self, path: Path, matrix: Any) -> str:
        points = np.asarray(path.vertices) @ matrix[:2, :2].T + matrix[:2, 2]
        points[:, 1] = self._height - points[:, 1]
        return outline(points, path.codes)

    def _hatch(self, gc: GraphicsContextBase, fill: str) -> str:
        """The name of the pattern, which is written once."""
        lines = gc.get_hatch_path()
        colour, wide = to_hex(gc.get_hatch_color()), gc.get_hatch_linewidth()
        name = f"{self._id}-hatch{len(self._hatches)}"
        key = (fill, colour, wide)
        if key not in self._hatches and lines is not None:
            drawn = outline(np.asarray(lines.vertices) * HATCH, lines.codes)
            self._hatches[key] = (
                f'<defs><pattern id="{name}" patternUnits="userSpaceOnUse" width="{HATCH}" height="{HATCH}">'
                f'<rect width="{HATCH}" height="{HATCH}" fill="{fill}"/>'
                f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="{_number(wide)}"/></pattern></defs>'
            )
        return f"url(#{self._id}-hatch{list(self._hatches).index(key)})"


def outline(vertices: NDArray[np.float64], codes: Any) -> str:
    """A path as SVG writes it."""
    points: list[list[float]] = vertices.tolist()
    if codes is None:
        return "M" + "L".join(_pair(point) for point in points)
    written: list[str] = []
    within = 0
    for point, code in zip(points, codes, strict=True):
        if code == Path.CLOSEPOLY:
            written.append("z")
        elif within:
            written.append(f" {_pair(point)}")
            within -= 1
        elif code != Path.STOP:
            letter = _LETTERS[int(code)]
            written.append(letter + _pair(point))
            within = _FURTHER[letter]
    return "".join(written)


def _pair(point: list[float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    """To a hundredth of a pixel."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _opacity(what: str, colour: Colour) -> str:
    alpha = float(colour[3]) if colour is not None and len(colour) > 3 else 1.0
    return f' {what}-opacity="{_number(alpha)}"' if 0 < alpha < 1 else ""


def _dashes(dashes: Any) -> str:
    offset, lengths = dashes
    if lengths is None or not len(lengths):
        return ""
    start = f' stroke-dashoffset="{_number(offset)}"' if offset else ""
    return f' stroke-dasharray="{" ".join(_number(each) for each in lengths)}"{start}'


def xml_text(text: str) -> str:
    """Escaped, without the characters that XML knows no way to write."""
    return escape(_UNWRITABLE.sub("", text))


@lru_cache(256)
def _hex(rgba: Colour) -> str:
    return to_hex(rgba) if rgba[3:] != (0.0,) else "none"


def is_bold(prop: FontProperties) -> bool:
    weight = prop.get_weight()
    return (weight_dict[weight] if isinstance(weight, str) else weight) >= BOLD
