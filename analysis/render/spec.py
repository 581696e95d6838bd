"""The specification of a chart: its texts, scales and marks, independent of how it is drawn.

Positions and sizes are in pixels from the top left corner of the picture; y runs down. A panel relates its marks'
positions to data by the scales of its two axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from analysis.render import style

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Rectangle:
    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str | None = None


@dataclass(frozen=True, slots=True)
class HatchedCell:
    """A cell whose value is suppressed."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    thickness: float


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float
    fill: str
    stroke: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; y is its baseline, x its left end, middle or right end."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool
    align: Align


Mark = Rectangle | HatchedCell | Line | Dot | Text


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale: `low` and `high` in data units lie at the pixels `start` and `end`. `ticks`: values with labels.
    `label_distance`: pixels from the panel's edge to the middle of the labels; None where the chart prints the labels
    itself (wrapped names of categories) or none at all.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...] = ()
    label_distance: float | None = None

    def to_pixel(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def to_value(self, pixel: float) -> float:
        return self.low + (pixel - self.start) / (self.end - self.start) * (self.high - self.low)


def category_axis(names: list[str], start: float, step: float) -> Axis:
    """A scale of categories 0, 1, 2, …, each `step` pixels wide, with a tick in its middle."""
    return Axis(-0.5, len(names) - 0.5, start, start + step * len(names), tuple(enumerate(names)))


@dataclass(slots=True)
class Marks:
    """Marks in the order of drawing; positions and sizes in pixels."""

    marks: list[Mark] = field(default_factory=list, kw_only=True)

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
        self.marks.append(Text(x, y + style.CAPITALS * size, printable(text), size, colour, bold, align))

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        size: float = style.BODY,
        *,
        colour: str = style.INK,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """Lines whose middle is at y."""
        step = size * style.LEADING
        for number, line in enumerate(lines):
            top = y - step * (len(lines) - 1) / 2
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


@dataclass(slots=True)
class Panel(Marks):
    """A part of the picture with scales, which give the positions of its marks; `name` says what it shows."""

    name: str
    x: Axis
    y: Axis

    def tick_labels(self) -> list[Text]:
        """The labels below the horizontal axis, where a renderer does not make them from its ticks."""
        if self.x.label_distance is None:
            return []
        baseline = max(self.y.start, self.y.end) + self.x.label_distance + style.CAPITALS * style.SMALL
        return [
            Text(self.x.to_pixel(value), baseline, label, style.SMALL, style.SOFT, False, "center")
            for value, label in self.x.ticks
        ]


@dataclass(frozen=True, slots=True)
class ChartTexts:
    """The texts around a chart. `banners` mark it as simulated or provisional; `key`: colours with their meaning."""

    banners: tuple[str, ...]
    heading: str
    about: str
    subtitle: str
    foot: tuple[str, ...]
    key: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class ChartSpec(Marks):
    """A picture. The marks outside its panels are its own; among them are the laid out lines of `texts`."""

    width: float
    height: float
    texts: ChartTexts
    panels: list[Panel] = field(default_factory=list)

    def panel(self, name: str, x: Axis, y: Axis) -> Panel:
        """A new panel of the picture."""
        self.panels.append(Panel(name, x, y))
        return self.panels[-1]

    def all_marks(self) -> Iterator[Mark]:
        """Those of the panels and the labels of their ticks too."""
        yield from self.marks
        for panel in self.panels:
            yield from panel.marks
            yield from panel.tick_labels()


def printable(text: str) -> str:
    """Without control characters and those that change the direction of writing, which a name may contain."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " if each.isspace() else "" for each in text)
