"""The charts' fonts: their files, and the widths of texts. Read by fontTools, without matplotlib."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont

FAMILY = ("Be Vietnam Pro", "DejaVu Sans")


class _Advances(NamedTuple):
    """Advance widths of one font, in ems, by glyph name; `glyphs`: glyph names by code point."""

    glyphs: Mapping[int, str]
    widths: Mapping[str, float]

    def of(self, letter: str) -> float | None:
        glyph = self.glyphs.get(ord(letter))
        return self.widths[glyph] if glyph is not None else None


@cache
def font_files(bold: bool) -> tuple[Path, ...]:
    """The installed files of the family: a letter is taken from the first that has it."""
    own = _package_folder("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{'SemiBold' if bold else 'Regular'}.ttf"
    dejavu = _package_folder("matplotlib") / "mpl-data" / "fonts" / "ttf"
    return tuple(each for each in (own, dejavu / f"DejaVuSans{'-Bold' if bold else ''}.ttf") if each.exists())


def _package_folder(package: str) -> Path:
    """Found without importing the package."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found is not None and found.origin else Path("/nonexistent")


@cache
def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels, `size` being the pixels of an em. Without kerning, so never less than drawn."""
    return sum(_advance(letter, bold) for letter in text) * size


@cache
def max_width(text: str, size: float, bold: bool = False) -> float:
    """The larger of the widths in the first font and in the last, which readers without the first one see."""
    fallback = _advances(bold)[-1]
    return max(width(text, size, bold), sum(fallback.of(letter) or 1.0 for letter in text) * size)


@cache
def _advance(letter: str, bold: bool) -> float:
    """In ems; 1 where no font has the letter."""
    found = (font.of(letter) for font in _advances(bold))
    return next((each for each in found if each is not None), 1.0)


@cache
def _advances(bold: bool) -> tuple[_Advances, ...]:
    found = []
    for file in font_files(bold):
        with TTFont(file, lazy=True) as font:
            units, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
            widths = {glyph: advance / units for glyph, (advance, _) in metrics.items()}
            found.append(_Advances(font.getBestCmap(), widths))
    return tuple(found)


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `room` pixels; a word that is wider is broken."""
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


@cache
def wrap_at_most(lines: int, text: str, size: float, room: float, bold: bool = False) -> tuple[str, ...]:
    """The text in at most so many lines; where it is longer, the last line ends in an ellipsis."""
    found = wrap(text, size, room, bold)
    if len(found) <= lines:
        return tuple(found)
    last = found[lines - 1]
    while last and width(f"{last} …", size, bold) > room:
        last = last[:-1]
    return (*found[: lines - 1], f"{last.rstrip()} …")
