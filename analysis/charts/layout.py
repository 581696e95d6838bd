"""The frame of every chart: banners, heading, subtitle, key and foot. Pictures are passed on alone, so they contain it
all."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.charts.subject import Subject
from analysis.render import fonts, style
from analysis.render.spec import ChartSpec, ChartTexts, Marks

WIDTH = 860.0
MARGIN = 24.0
BANNERS = 22.0  # height
FOOT_GAP = 18.0
SWATCH_GAP = 26.0  # from the left of a key's swatch to its text


def start_drawing(
    subject: Subject,
    heading: str,
    subtitle: str,
    foot: Iterable[str],
    body: float,
    key: Iterable[tuple[str, str]] = (),
) -> tuple[ChartSpec, float]:
    """A drawing with its frame, and the top of its body, which is `body` pixels high. `key`: colours with texts."""
    texts = ChartTexts(subject.banners(), heading, subject.about(), subtitle, (*foot, subject.source()), tuple(key))
    room = WIDTH - 2 * MARGIN
    titles = fonts.wrap(heading, style.TITLE, room, bold=True)
    about = fonts.wrap(texts.about, style.SUBTITLE, room)
    subtitles = fonts.wrap(subtitle, style.SUBTITLE, room)
    feet = [line for text in texts.foot for line in fonts.wrap(text, style.SMALL, room)]
    top = MARGIN + (BANNERS if texts.banners else 0) + len(titles) * style.TITLE * style.LEADING
    top += (len(about) + len(subtitles)) * style.SUBTITLE * style.LEADING + 16
    height = top + body + FOOT_GAP + len(feet) * style.SMALL * style.LEADING + MARGIN - 6
    drawing = ChartSpec(WIDTH, height, texts)
    y = MARGIN
    if texts.banners:
        _add_banners(drawing, y)
        y += BANNERS
    y = _stack(drawing, titles, y, style.TITLE, style.INK, bold=True)
    y = _stack(drawing, about, y, style.SUBTITLE, style.INK)
    _stack(drawing, subtitles, y, style.SUBTITLE, style.SOFT)
    _stack(drawing, feet, top + body + FOOT_GAP, style.SMALL, style.SOFT)
    return drawing, top


def _stack(drawing: ChartSpec, lines: list[str], y: float, size: float, colour: str, *, bold: bool = False) -> float:
    """Lines below each other; returns the y below them."""
    step = size * style.LEADING
    for line in lines:
        drawing.text(MARGIN, y + step / 2, line, size, colour=colour, bold=bold)
        y += step
    return y


def _add_banners(drawing: ChartSpec, y: float) -> None:
    x = MARGIN
    for banner in drawing.texts.banners:
        width = fonts.max_width(banner, style.SMALL, bold=True) + 14
        drawing.rectangle(x, y - 4, width, 18, style.PAPER, stroke=style.MARK)
        drawing.text(x + width / 2, y + 5, banner, style.SMALL, colour=style.MARK, bold=True, align="center")
        x += width + 8


def add_key(drawing: ChartSpec, x: float, y: float, gap: float) -> None:
    """The key's swatches with their texts in a row; `gap` pixels between two entries."""
    for colour, text in drawing.texts.key:
        drawing.rectangle(x, y + 2, 20, 13, colour, stroke=style.LINE)
        drawing.text(x + SWATCH_GAP, y + 9, text, style.SMALL)
        x += fonts.width(text, style.SMALL) + gap


def add_label(
    marks: Marks, right: float, y: float, text: str, room: float, lines: int = 1, size: float = style.SMALL
) -> None:
    """The label of a row, right-aligned, in at most so many lines."""
    marks.lines(right, y, fonts.wrap_at_most(lines, text, size, room), size, align="right")
