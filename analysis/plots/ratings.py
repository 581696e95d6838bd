"""Diverging bars: how answers spread over a rating, by task."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.texts import format_number, format_percent, in_language
from analysis.codebook import Choices
from analysis.plots import style
from analysis.plots.canvas import Canvas
from analysis.plots.frame import MARGIN, WIDTH, Subject, base, framed, label

LABELS = 236.0
RIGHT = 184.0
ANSWERS = 76.0  # of it, up to where the number of answers ends
ROW = 46.0
BAR = 30.0
NARROWEST = 22.0  # a share is printed in a piece at least so wide


def plot_ratings(table: pd.DataFrame, subject: Subject, listed: Choices) -> Figure:
    """`table` as from `tables.rating_table` for the same list of choices."""
    tasks = list(dict.fromkeys(table["task"]))
    key = 34.0
    foot = [base(subject)]
    if table["hidden"].any():
        foot.append(subject.say("ratings_hidden", limit=subject.rt.suppress_below))
    if (table["n"].isna() & ~table["hidden"]).any():
        foot.append(subject.say("ratings_untold", limit=subject.rt.suppress_below))
    if (table["flagged"] & ~table["hidden"]).any():
        foot.append(subject.say("flagged_note"))
    body = key + 18 + ROW * max(len(tasks), 1)
    drawn = framed(subject, ratings_title(subject, listed), subject.say("ratings_subtitle"), body, foot)
    canvas, top = drawn.canvas, drawn.top
    options = list(listed.options)
    colours = style.DIVERGING.get(len(options), style.DIVERGING[5])
    labels = [in_language(listed.options[code], subject.language) for code in options]
    _draw_key(canvas, top, labels, colours)
    middle, scale = _axis(table, tasks, options)
    canvas.text(
        WIDTH - RIGHT + ANSWERS, top + key + 4, subject.say("answers"), style.SMALL, colour=style.SOFT, align="right"
    )
    canvas.text(WIDTH - MARGIN, top + key + 4, subject.say("not_rated"), style.SMALL, colour=style.SOFT, align="right")
    for number, task in enumerate(tasks):
        y = top + key + 18 + ROW * number
        name = label(f"{subject.task_number(task)}. {subject.task(task)}", 3, style.BODY, LABELS - 14)
        canvas.lines(MARGIN + LABELS - 14, y + BAR / 2, name, align="right")
        _draw_bar(canvas, table[table["task"] == task], y, middle, scale, colours, subject)
    if not table["hidden"].all():
        _draw_zero(canvas, middle, top + key + 18, len(tasks), whole=len(options) % 2 == 0)
    return drawn.figure


def ratings_title(subject: Subject, listed: Choices) -> str:
    """The ends of the scale tell two ratings of a questionnaire apart."""
    low, *_, high = (in_language(label, subject.language) for label in listed.options.values())
    return subject.say("ratings_title", low=low, high=high)


def _draw_zero(canvas: Canvas, x: float, y: float, rows: int, *, whole: bool) -> None:
    """The line between the two sides; not through a middle rating's share, which stands there."""
    last = y + ROW * (rows - 1) + BAR
    if whole:
        canvas.line(x, y - 8, x, last + 8, style.INK, 1.0)
        return
    for row in range(rows + 1):
        above = y + ROW * (row - 1) + BAR if row else y - 8
        canvas.line(x, above, x, y + ROW * row if row < rows else last + 8, style.INK, 1.0)


def positive(count: int, at: int) -> float:
    """How much of an option's bar lies on the favourable side: all, nothing, or half of a middle one."""
    if count % 2 and at == count // 2:
        return 0.5
    return 1.0 if at < count // 2 else 0.0


def _axis(table: pd.DataFrame, tasks: list[str], options: list[str]) -> tuple[float, float]:
    """Where zero stands, and how many pixels 100 % take: as wide as the widest sides need."""
    left = right = 0.05
    for task in tasks:
        rows = table[table["task"] == task]
        shares = [float(share) if share is not None and pd.notna(share) else 0.0 for share in rows["share"]]
        good = sum(share * positive(len(options), at) for at, share in enumerate(shares))
        left, right = max(left, sum(shares) - good), max(right, good)
    start, room = MARGIN + LABELS, WIDTH - RIGHT - MARGIN - LABELS
    scale = room / (left + right)
    return start + left * scale, scale


def _draw_key(canvas: Canvas, y: float, labels: list[str], colours: tuple[str, ...]) -> None:
    """In the order of the bars: the unfavourable side stands left."""
    total = sum(style.width(said, style.BODY) + 38 for said in labels)
    x = max(MARGIN, min(MARGIN + LABELS, WIDTH - MARGIN - total))
    for said, colour in reversed(list(zip(labels, colours, strict=False))):
        canvas.box(x, y + 2, 13, 13, colour)
        canvas.text(x + 19, y + 9, said)
        x += style.width(said, style.BODY) + 38


def _draw_base(canvas: Canvas, rows: pd.DataFrame, y: float, subject: Subject) -> None:
    """How many answers rate, and the share of those that do not; neither where that would tell of a few."""
    first = rows.iloc[0]
    flag = "*" if bool(first["flagged"]) else ""
    if pd.isna(first["n"]):
        canvas.text(WIDTH - RIGHT + ANSWERS, y, f"–{flag}", colour=style.SOFT, align="right")
        canvas.text(WIDTH - MARGIN, y, "–", colour=style.SOFT, align="right")
        return
    n, missing, not_asked = (int(first[key]) for key in ("n", "missing", "not_asked"))
    canvas.text(WIDTH - RIGHT + ANSWERS, y, format_number(n, subject.language) + flag, align="right")
    if n:
        share = missing / (n + missing + not_asked)
        canvas.text(WIDTH - MARGIN, y, format_percent(share, subject.language), align="right")


def _draw_bar(
    canvas: Canvas,
    rows: pd.DataFrame,
    y: float,
    middle: float,
    scale: float,
    colours: tuple[str, ...],
    subject: Subject,
) -> None:
    if bool(rows["hidden"].iloc[0]):
        canvas.hatched(MARGIN + LABELS, y, WIDTH - RIGHT - MARGIN - LABELS, BAR)
        said = subject.say("hidden", limit=subject.rt.suppress_below)
        canvas.text(MARGIN + LABELS + 12, y + BAR / 2, said, style.SMALL, colour=style.SOFT)
        return
    _draw_base(canvas, rows, y + BAR / 2, subject)
    if rows["share"].isna().all():
        canvas.text(middle, y + BAR / 2, subject.say("no_data"), style.SMALL, colour=style.SOFT, align="center")
        return
    shares = [float(share) for share in rows["share"]]
    x = middle + scale * sum(share * positive(len(shares), at) for at, share in enumerate(shares))
    for share, colour in zip(shares, colours, strict=False):
        long = share * scale
        x -= long
        if long > 0:
            canvas.box(x, y, long, BAR, colour, edge=style.PAPER)
        if long >= NARROWEST:
            canvas.text(
                x + long / 2,
                y + BAR / 2,
                format_number(100 * share, subject.language),
                colour=style.ink_on(colour),
                align="center",
            )
