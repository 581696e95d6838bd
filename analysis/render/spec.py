"""The specification of a chart: its texts, scales and marks, independent of how it is drawn.

Positions and sizes are in pixels from the top left corner of the picture; y runs down. A panel relates its marks'
positions to data by the scales of its two axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the picture with scales; `name` says what it shows."""

    name: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]

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


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """`marks` lie outside the panels; among them are the laid out lines of `texts`."""

    width: float
    height: float
    texts: ChartTexts
    marks: tuple[Mark, ...]
    panels: tuple[Panel, ...]

    def all_marks(self) -> Iterator[Mark]:
        """Those of the panels and the labels of their ticks too."""
        yield from self.marks
        for panel in self.panels:
            yield from panel.marks
            yield from panel.tick_labels()
