"""Completeness by locality: how many responses came of those expected."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.texts import format_number, format_percent, in_language
from analysis.disclosure import is_never_published
from analysis.plots import style
from analysis.plots.canvas import Canvas
from analysis.plots.frame import MARGIN, WIDTH, Subject, base, framed, label, surplus

LABELS = 210.0
ROW = 26.0
BAR = 14.0
GROUP = 30.0
RIGHT = 196.0


def plot_completeness(table: pd.DataFrame, subject: Subject) -> Figure:
    """`table` as from `tables.completeness_table`: a group a questionnaire, a bar a locality, its own level first."""
    groups = [(name, table[table["questionnaire"] == name]) for name in dict.fromkeys(table["questionnaire"])]
    body = 30 + sum(GROUP + ROW * len(rows) for _, rows in groups)
    foot = [base(subject)]
    hidden = table[table["hidden"].astype(bool)]
    never = [_is_never_published(row, subject) for row in hidden.to_dict("records")]
    if not all(never):
        foot.append(subject.say("hidden_note", limit=subject.rt.suppress_below))
    if any(never):
        foot.append(subject.say("never_note"))
    drawn = framed(subject, subject.say("completeness_title"), subject.say("completeness_subtitle"), body, foot)
    canvas, y = drawn.canvas, drawn.top
    _draw_key(canvas, y, subject)
    y += 30
    for name, rows in groups:
        title = in_language(subject.rt.book(name).title, subject.language)
        canvas.text(MARGIN, y + GROUP / 2, label(title, 1, style.BODY, WIDTH - 2 * MARGIN, bold=True)[0], bold=True)
        y += GROUP
        for row in rows.to_dict("records"):
            _draw_row(canvas, row, y, subject)
            y += ROW
    return drawn.figure


def _is_never_published(row: dict[Any, Any], subject: Subject) -> bool:
    """Not because few answered: of officials nothing is told below the province."""
    level = subject.rt.localities[row["locality"]].level
    return is_never_published(subject.rt.book(row["questionnaire"]).respondent, level)


def _draw_key(canvas: Canvas, y: float, subject: Subject) -> None:
    x = MARGIN + LABELS
    for colour, key in ((style.ACCENT, "received"), (style.LATE, "late"), (style.HIDDEN, "expected")):
        canvas.box(x, y + 2, 20, 13, colour, edge=style.LINE)
        canvas.text(x + 26, y + 9, subject.say(key), style.SMALL)
        x += style.width(subject.say(key), style.SMALL) + 50


def _draw_row(canvas: Canvas, row: dict[Any, Any], y: float, subject: Subject) -> None:
    x, wide = MARGIN + LABELS, WIDTH - 2 * MARGIN - LABELS - RIGHT
    middle = y + ROW / 2
    canvas.lines(x - 10, middle, label(subject.place_of(row), 1, style.SMALL, LABELS - 12), style.SMALL, align="right")
    expected = int(row["expected"])
    if row["hidden"]:
        canvas.hatched(x, middle - BAR / 2, wide, BAR)
        never = _is_never_published(row, subject)
        text = subject.say("not_published") if never else subject.say("hidden", limit=subject.rt.suppress_below)
        text += f" / {format_number(expected, subject.language)}"
        canvas.text(x + wide + 10, middle, text, style.SMALL, colour=style.SOFT)
        return
    received, late = int(row["received"]), int(row["late"]) if pd.notna(row["late"]) else 0
    full = max(expected, received, 1)
    canvas.box(x, middle - BAR / 2, wide * expected / full, BAR, style.HIDDEN, edge=style.LINE)
    canvas.box(x, middle - BAR / 2, wide * (received - late) / full, BAR, style.ACCENT)
    canvas.box(x + wide * (received - late) / full, middle - BAR / 2, wide * late / full, BAR, style.LATE)
    share = f" ({format_percent(received / expected, subject.language)})" if expected else ""
    text = f"{format_number(received, subject.language)}/{format_number(expected, subject.language)}{share}"
    text += surplus(subject, int(row["surplus"]) if pd.notna(row["surplus"]) else 0)
    canvas.text(x + wide + 10, middle, text, style.SMALL)
