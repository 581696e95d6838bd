"""Collects marks into a chart's specification."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.render import style
from analysis.render.spec import (
    Align,
    Axis,
    ChartSpec,
    ChartTexts,
    Dot,
    HatchedCell,
    Line,
    Mark,
    Panel,
    Rectangle,
    Text,
)


class Marks:
    """Marks in the order of drawing; positions and sizes in pixels."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = style.BODY,
        *,
        colour: str = style.INK,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """One line; y is the middle of its capitals and figures, whatever diacritics they have."""
        baseline = y + style.CAPITALS * size
        self.marks.append(Text(x, baseline, printable(text), size, colour, bold, align))

    def lines(
        self,
        x: float,
        y: float,
        lines: Iterable[str],
        size: float = style.BODY,
        *,
        colour: str = style.INK,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """Lines whose middle is at y."""
        listed = list(lines)
        step = size * style.LEADING
        top = y - step * (len(listed) - 1) / 2
        for number, line in enumerate(listed):
            self.text(x, top + number * step, line, size, colour=colour, bold=bold, align=align)

    def rectangle(
        self, x: float, y: float, width: float, height: float, fill: str, *, stroke: str | None = None
    ) -> None:
        self.marks.append(Rectangle(x, y, width, height, fill, stroke))

    def hatched(self, x: float, y: float, width: float, height: float) -> None:
        self.marks.append(HatchedCell(x, y, width, height))

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = style.LINE, thickness: float = 0.8
    ) -> None:
        self.marks.append(Line(x1, y1, x2, y2, colour, thickness))

    def dot(self, x: float, y: float, radius: float, colour: str, *, is_hollow: bool = False) -> None:
        self.marks.append(Dot(x, y, radius, style.PAPER if is_hollow else colour, colour))


class PanelMarks(Marks):
    """The marks of a panel, whose scales give their positions."""

    def __init__(self, name: str, x: Axis, y: Axis) -> None:
        super().__init__()
        self.name, self.x, self.y = name, x, y


class Drawing(Marks):
    """The marks of a picture, and its panels."""

    def __init__(self, width: float, height: float, texts: ChartTexts) -> None:
        super().__init__()
        self.width, self.height, self.texts = width, height, texts
        self.panels: list[PanelMarks] = []

    def panel(self, name: str, x: Axis, y: Axis) -> PanelMarks:
        self.panels.append(PanelMarks(name, x, y))
        return self.panels[-1]

    def spec(self) -> ChartSpec:
        panels = tuple(Panel(each.name, each.x, each.y, tuple(each.marks)) for each in self.panels)
        return ChartSpec(self.width, self.height, self.texts, tuple(self.marks), panels)


def printable(text: str) -> str:
    """Without control characters and those that change the direction of writing, which a name may contain."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "" for each in text)
