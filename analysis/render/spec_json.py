"""Chart specifications as JSON, so that a picture can be drawn later from the numbers of an earlier revision."""

from __future__ import annotations

import json
from dataclasses import fields
from operator import attrgetter
from typing import Any

from analysis.render.spec import Axis, ChartSpec, ChartTexts, Dot, HatchedCell, Line, Mark, Rectangle, Text

_MARKS: dict[str, type[Any]] = {each.__name__: each for each in (Rectangle, HatchedCell, Line, Dot, Text)}
_VALUES = {name: attrgetter(*(field.name for field in fields(mark))) for name, mark in _MARKS.items()}


def spec_to_json(spec: ChartSpec) -> bytes:
    """Numbers are written so that they are read as the same doubles."""
    texts = spec.texts
    described = {
        "width": spec.width,
        "height": spec.height,
        "texts": [texts.banners, texts.heading, texts.about, texts.subtitle, texts.foot, texts.key],
        "marks": _marks(spec.marks),
        "panels": [[each.name, _axis(each.x), _axis(each.y), _marks(each.marks)] for each in spec.panels],
    }
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()


def spec_from_json(content: bytes) -> ChartSpec:
    """Raises ValueError, KeyError or TypeError for anything but the result of `spec_to_json`."""
    described = json.loads(content)
    banners, heading, about, subtitle, foot, key = described["texts"]
    texts = ChartTexts(tuple(banners), heading, about, subtitle, tuple(foot), tuple(map(tuple, key)))
    spec = ChartSpec(described["width"], described["height"], texts, marks=_read_marks(described["marks"]))
    for name, x, y, marks in described["panels"]:
        spec.panel(name, _read_axis(x), _read_axis(y)).marks.extend(_read_marks(marks))
    return spec


def _marks(marks: list[Mark]) -> list[list[Any]]:
    return [[type(each).__name__, *_VALUES[type(each).__name__](each)] for each in marks]


def _read_marks(given: list[list[Any]]) -> list[Mark]:
    return [_MARKS[name](*values) for name, *values in given]


def _axis(axis: Axis) -> list[Any]:
    return [axis.low, axis.high, axis.start, axis.end, axis.ticks, axis.label_distance]


def _read_axis(given: list[Any]) -> Axis:
    low, high, start, end, ticks, label_distance = given
    return Axis(low, high, start, end, tuple(map(tuple, ticks)), label_distance)
