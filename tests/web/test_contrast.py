"""The colours of the style sheets: text 4.5:1 or more on every ground it may stand on, lines of controls 3:1 or more.

Computed from the CSS itself, in light and in dark (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from survey_server.web.static_files import STATIC

SHEETS = sorted(STATIC.rglob("*.css"))
BASE = (STATIC / "css" / "base.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "surface", "sunken", "accent-paper")
TEXTS = ("ink", "soft", "accent", "accent-hover", "problem", "good")
PAIRED = [  # a text and the one ground that it stands on
    ("accent-ink", "accent"), ("accent-ink", "accent-hover"), ("problem", "problem-paper"), ("ink", "problem-paper"),
    ("soft", "problem-paper"), ("good", "good-paper"), ("warning", "warning-paper"), ("ink", "warning-paper"),
    ("ink", "good-paper"),
]  # fmt: skip
LINES = ("control-line", "brand", "focus", "accent", "problem", "good", "warning")
DECORATION = {"line"}  # separates what blanks separate already; no control depends on it


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def block_after(selector: str, start: int = 0) -> str:
    at = BASE.index(selector, start)
    return BASE[at : BASE.index("}", at)]


LIGHT = tokens(block_after(":root {"))
DARK = tokens(block_after(':root[data-theme="dark"] {'))
DARK_BY_DEVICE = tokens(block_after(':root:not([data-theme="light"]) {'))
THEMES = {"light": LIGHT, "dark": LIGHT | DARK, "dark by the device": LIGHT | DARK_BY_DEVICE}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_both_dark_themes_are_the_same_and_complete() -> None:
    assert DARK == DARK_BY_DEVICE
    assert DARK.keys() == LIGHT.keys()


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_ground(theme: str) -> None:
    colours = THEMES[theme]
    pairs = [*product(TEXTS, GROUNDS), *PAIRED]
    low = {(text, ground): round(contrast(colours[text], colours[ground]), 2) for text, ground in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}
    assert min(contrast(colours["ink"], colours[ground]) for ground in GROUNDS) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_lines_of_controls_can_be_seen(theme: str) -> None:
    colours = THEMES[theme]
    low = {
        (line, ground): round(contrast(colours[line], colours[ground]), 2)
        for line, ground in product(LINES, ("paper", "surface", "sunken"))
    }
    assert {pair: ratio for pair, ratio in low.items() if ratio < 3} == {}


def declarations() -> Iterator[tuple[str, dict[str, str]]]:
    """(sheet, the declarations of a rule) of every rule outside of print."""
    for sheet in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"@media print \{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
        for body in re.findall(r"\{([^{}]*)\}", text):
            yield sheet.name, dict(re.findall(r"([a-z-]+):\s*([^;]+);", body))


def colour_of(value: str, colours: dict[str, str]) -> str | None:
    named = re.search(r"var\(--([a-z-]+)\)", value)
    if named is not None:
        return colours.get(named[1])
    plain = re.search(r"#[0-9a-f]{3,6}\b", value)
    return plain[0] if plain else None


@pytest.mark.parametrize("theme", THEMES)
def test_every_rule_that_sets_text_and_ground_can_be_read(theme: str) -> None:
    low, checked = {}, 0
    for sheet, rule in declarations():
        ground = colour_of(rule.get("background", rule.get("background-color", "")), THEMES[theme])
        text = colour_of(rule.get("color", ""), THEMES[theme])
        if text and ground:
            checked += 1
            if contrast(text, ground) < 4.5:
                low[sheet, str(rule)] = contrast(text, ground)
    assert low == {}
    assert checked > 8


def test_every_colour_of_a_rule_is_one_that_is_checked() -> None:
    """A new token needs a place in the lists above."""
    used = {
        name
        for _sheet, rule in declarations()
        for value in rule.values()
        for name in re.findall(r"var\(--([a-z-]+)\)", value)
    }
    known = {*GROUNDS, *TEXTS, *LINES, *(name for pair in PAIRED for name in pair), *DECORATION}
    assert used & LIGHT.keys() - known == set()
    assert LIGHT.keys() - known == set(), "a token that nothing uses"
