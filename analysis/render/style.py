"""The colours and text sizes of every chart."""

from __future__ import annotations

from functools import cache

from analysis.rounding import rounded

INK = "#1c2326"
SOFT = "#566066"
LINE = "#c9d0d3"
PAPER = "#ffffff"
HIDDEN = "#f1f3f4"
MARK = "#9a3412"
ACCENT = "#0b5a8f"
LATE = "#8fb8d3"
PALETTE_STEPS = 4  # between the colours of an area and of the text on it
MIN_PALETTE_DISTANCE = 12  # of 255: a nearer step would replace the area's colour
# ColorBrewer: BrBG for agreement around a middle, PuBu for amounts.
DIVERGING = {
    2: ("#018571", "#a6611a"),
    3: ("#018571", "#d9d9d9", "#a6611a"),
    4: ("#018571", "#80cdc1", "#dfc27d", "#a6611a"),
    5: ("#018571", "#80cdc1", "#d9d9d9", "#dfc27d", "#a6611a"),
}
CLASSES = ((40, "#f1eef6"), (50, "#bdc9e1"), (60, "#74a9cf"), (70, "#2b8cbe"), (101, "#045a8d"))

TITLE, SUBTITLE, BODY, SMALL = 16.0, 12.0, 11.5, 10.0  # pixels of an em
LEADING = 1.32  # line height in ems: Vietnamese diacritics collide below 1.15
CAPITALS = 0.36  # half the height of capitals and figures in ems, to centre a line vertically


@cache
def palette() -> tuple[tuple[int, int, int], ...]:
    """The colours of a PNG as (red, green, blue), 0–255: those of areas and texts, and the steps between an area and
    its text that smooth the edges of letters."""
    coloured = {HIDDEN, *(colour for _, colour in CLASSES), *(each for row in DIVERGING.values() for each in row)}
    pairs = {(area, ink) for area in coloured for ink in (INK, PAPER)}
    pairs |= {(PAPER, ink) for ink in (INK, SOFT, MARK, ACCENT, LINE)} | {(HIDDEN, LINE)}
    flat = {_rgb(each) for each in (INK, SOFT, LINE, PAPER, HIDDEN, MARK, ACCENT, LATE, *coloured)}
    between = {_rgb(area, ink, step / PALETTE_STEPS) for area, ink in pairs for step in range(1, PALETTE_STEPS)}
    distant = {
        each
        for each in between
        if all(max(abs(a - b) for a, b in zip(each, one, strict=True)) > MIN_PALETTE_DISTANCE for one in flat)
    }
    return tuple(sorted(flat | distant))


def _rgb(colour: str, other: str = INK, share: float = 0.0) -> tuple[int, int, int]:
    """The colour, mixed with a share (0–1) of another."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return red, green, blue


def class_colour(value: float) -> str:
    """The colour of a score's class, by the rounded value that is printed."""
    return next(colour for limit, colour in CLASSES if rounded(value) < limit)


@cache
def ink_on(colour: str) -> str:
    """Black or white, whichever has more contrast (WCAG's relative luminance)."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.25 else PAPER
