"""Colours, sizes and the font of every chart."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from matplotlib import font_manager, rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

from analysis.rounding import rounded

INK = "#1c2326"
SOFT = "#566066"
LINE = "#c9d0d3"
PAPER = "#ffffff"
HIDDEN = "#f1f3f4"
MARK = "#9a3412"
ACCENT = "#0b5a8f"
LATE = "#8fb8d3"
STEPS = 4  # from one colour to the next
NEAR = 12  # of 255: a step so near to a colour of areas would be taken for it
# ColorBrewer: BrBG for agreement around a middle, PuBu for amounts.
DIVERGING = {
    2: ("#018571", "#a6611a"),
    3: ("#018571", "#d9d9d9", "#a6611a"),
    4: ("#018571", "#80cdc1", "#dfc27d", "#a6611a"),
    5: ("#018571", "#80cdc1", "#d9d9d9", "#dfc27d", "#a6611a"),
}
CLASSES = ((40, "#f1eef6"), (50, "#bdc9e1"), (60, "#74a9cf"), (70, "#2b8cbe"), (101, "#045a8d"))

TITLE, SUBTITLE, BODY, SMALL = 16.0, 12.0, 11.5, 10.0
LEADING = 1.32
_MEASURED_AT = 64.0
FAMILY = ("Be Vietnam Pro", "DejaVu Sans")


@cache
def palette() -> tuple[tuple[int, int, int], ...]:
    """The colours of a picture, as red, green and blue of 0–255: those of areas and texts, and between an area and what
    is written on it the steps that make the edges of letters smooth."""
    coloured = {HIDDEN, *(colour for _, colour in CLASSES), *(each for row in DIVERGING.values() for each in row)}
    pairs = {(area, ink) for area in coloured for ink in (INK, PAPER)}
    pairs |= {(PAPER, ink) for ink in (INK, SOFT, MARK, ACCENT, LINE)} | {(HIDDEN, LINE)}
    flat = {_rgb(each) for each in (INK, SOFT, LINE, PAPER, HIDDEN, MARK, ACCENT, LATE, *coloured)}
    between = {_between(_rgb(area), _rgb(ink), step / STEPS) for area, ink in pairs for step in range(1, STEPS)}
    distant = {each for each in between if all(_distance(each, one) > NEAR for one in flat)}
    return tuple(sorted(flat | distant))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _distance(first: tuple[int, int, int], second: tuple[int, int, int]) -> int:
    return max(abs(a - b) for a, b in zip(first, second, strict=True))


def _between(first: tuple[int, int, int], second: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def class_colour(value: float) -> str:
    """By the rounded value that is printed."""
    return next(colour for limit, colour in CLASSES if rounded(value) < limit)


def ink_on(colour: str) -> str:
    """Black or white, whichever stands out more (WCAG's relative luminance)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.25 else PAPER


@cache
def prepare() -> None:
    """Register the installed font, and make output repeatable. Once a process."""
    found = importlib.util.find_spec("fontpkg_be_vietnam_pro")
    if found is not None and found.origin:
        for weight in ("Regular", "SemiBold"):
            path = Path(found.origin).parent / "files" / f"BeVietnamPro-{weight}.ttf"
            if path.exists():
                font_manager.fontManager.addfont(path)
    rcParams.update(
        {
            "font.family": list(FAMILY),
            "svg.fonttype": "none",
            "svg.hashsalt": "survey",
            "pdf.fonttype": 42,
            "text.parse_math": False,
            "hatch.linewidth": 0.6,
            "hatch.color": LINE,
        }
    )


@cache
def font(size: float, bold: bool) -> FontProperties:
    """Made once for each size and weight."""
    return FontProperties(family=list(FAMILY), size=size, weight="semibold" if bold else "regular")


@cache
def font_files(bold: bool) -> tuple[str, ...]:
    """The files of the family: a letter is taken from the first that has it."""
    prepare()
    weights = ("semibold", "bold") if bold else ("regular", "regular")  # DejaVu Sans has no semibold
    properties = (FontProperties(family=[name], weight=weight) for name, weight in zip(FAMILY, weights, strict=True))
    return tuple(str(font_manager.findfont(each)) for each in properties)


@cache
def _fonts(bold: bool) -> tuple[FT2Font, ...]:
    """For measuring."""
    found = tuple(FT2Font(file) for file in font_files(bold))
    for font in found:
        font.set_size(_MEASURED_AT, 72)
    return found


@cache
def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels of the figure (72 a point-inch: a pixel is a point), without kerning: never less
    than what is drawn, and a hundred times faster than setting it."""
    return sum(_advance(letter, bold) for letter in text) * size


@cache
def widest(text: str, size: float, bold: bool = False) -> float:
    """As wide as a text may come out where the reader lacks the first font: what a frame drawn around it needs."""
    return max(width(text, size, bold), sum(_advance_in(letter, _fonts(bold)[-1:]) for letter in text) * size)


@cache
def _advance(letter: str, bold: bool) -> float:
    """The width of a letter in ems."""
    return _advance_in(letter, _fonts(bold))


def _advance_in(letter: str, fonts: tuple[FT2Font, ...]) -> float:
    for font in fonts:
        if font.get_char_index(ord(letter)):
            return font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _MEASURED_AT
    return 1.0


def wrapped(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `room`; a word that is wider is broken."""
    lines: list[str] = []
    line = ""
    for word in (piece for each in text.split() for piece in _pieces(each, size, room, bold)):
        longer = f"{line} {word}".strip()
        if line and width(longer, size, bold) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines or [""]


def _pieces(word: str, size: float, room: float, bold: bool) -> list[str]:
    if width(word, size, bold) <= room:
        return [word]
    pieces, piece = [], ""
    for letter in word:
        if piece and width(piece + letter, size, bold) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def cut(lines: list[str], most: int, size: float, room: float, bold: bool = False) -> list[str]:
    """At most so many lines; where there were more, the last ends in an ellipsis."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(f"{last} …", size, bold) > room:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()} …"]
