"""Diverging bars: how answers spread over a rating, by task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.charts.chart import ChartKind
from analysis.charts.layout import MARGIN, WIDTH, add_label, start_drawing
from analysis.charts.subject import Subject
from analysis.charts.tables import NONE, ReadableTable, Row, TableWriter, is_missing, rows_by, star
from analysis.charts.texts import format_percent
from analysis.codebook import Choices
from analysis.rating_groups import rated_by, rating_lists
from analysis.ratings import (
    NOT_ASKED,
    UNANSWERED,
    choices_of,
    people_of,
    reasons,
    reasons_of,
    shown_ratings,
)
from analysis.render import fonts, style
from analysis.render.spec import Axis, ChartSpec, Panel, category_axis
from analysis.round_tally import RoundTally
from analysis.rounding import rounded

COLUMNS = ("task", "category", "order", "count", "share", "n", "answers", "missing")
LABELS = 236.0
RIGHT = 184.0
ANSWERS = 76.0  # of RIGHT, up to the right end of the numbers of answers
ROW = 46.0
BAR = 30.0
KEY = 34.0
HEAD = 18.0
MIN_PRINTED_WIDTH = 22.0  # of a piece whose share is printed
LEFT_EDGE, RIGHT_EDGE = MARGIN + LABELS, WIDTH - RIGHT


def subjects(subject: Subject) -> Iterator[Subject]:
    return (replace(subject, choices=listed) for listed in rating_lists(subject.book))


def _choices(subject: Subject) -> Choices:
    if subject.choices is None:
        raise ValueError("a chart of ratings needs a list of choices")
    return subject.choices


def build_table(subject: Subject) -> pd.DataFrame:
    return rating_table(subject.rt, subject.path, subject.questionnaire or "", _choices(subject))


def rating_table(rt: RoundTally, path: str, questionnaire: str, listed: Choices) -> pd.DataFrame:
    """How answers spread over one rating, by task. Columns: task, category, order, count, share (of the answers that
    rate), n, answers (those that rate), missing (questions asked that have no rating), a column for each of `reasons`,
    responses, hidden, withheld, flagged.

    Of organisations `count` and `n` are answers. Of people they are people: who gave the rating at least once among the
    task's questions, and who rated at all, which is the base that decides whether anything is shown; shares are whole
    per cents.
    """
    rows = [
        row
        for task, questions in rated_by(rt.book(questionnaire), listed).items()
        for row in _table_rows(rt, path, questionnaire, listed, task, questions)
    ]
    columns = [*COLUMNS, *reasons(listed), "responses", "hidden", "withheld", "flagged"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("count", "n", "answers", "missing"), "object"))


def _table_rows(
    rt: RoundTally, path: str, questionnaire: str, listed: Choices, task: str, questions: list[str]
) -> list[dict[str, Any]]:
    shown, tally = shown_ratings(rt, path, questionnaire, listed, task, questions), rt.at(path, questionnaire)
    is_about_people = rt.book(questionnaire).respondent != "organisation"
    codes = list(listed.options)
    answers = choices_of(tally, questions, codes)
    without_rating = dict(zip(reasons(listed), reasons_of(tally, questions, list(listed.missing)), strict=True))
    counts = [people_of(tally, listed, task, code) for code in codes] if is_about_people else answers
    n = sum(answers)
    numbers = {
        "n": people_of(tally, listed, task) if is_about_people else n,
        "answers": n,
        "missing": sum(each for reason, each in without_rating.items() if reason != NOT_ASKED),
        **without_rating,
    }
    common = {
        **(dict.fromkeys(numbers) if shown.hidden else numbers),
        "responses": None if rt.shown(path, questionnaire).hidden else tally.n,
        "hidden": shown.hidden,
        "withheld": shown.withheld,
        "flagged": shown.flagged,
    }
    return [
        {
            "task": task,
            "category": code,
            "order": order,
            "count": None if shown.hidden else counts[order],
            "share": _share(answers[order], n, is_about_people) if n and not shown.hidden else None,
            **common,
        }
        for order, code in enumerate(codes)
    ]


def _share(count: int, n: int, is_about_people: bool) -> float:
    return float(rounded(100 * count / n)) / 100 if is_about_people else count / n


def build_spec(table: pd.DataFrame, subject: Subject) -> ChartSpec:
    """The title names the ends of the scale, which tell two ratings of a questionnaire apart."""
    options = [*map(subject.text, _choices(subject).options.values())]
    title = subject.say("ratings_title", low=options[0], high=options[-1])
    if _choices(subject).version:
        title = subject.say("of_version", title=title, version=_choices(subject).version)
    colours = style.DIVERGING.get(len(options), style.DIVERGING[5])
    by_task = rows_by(table, "task")
    key = reversed([*zip(colours, options, strict=False)])  # in the order of the bars
    body = KEY + HEAD + ROW * max(len(by_task), 1)
    foot = _foot(table, subject)
    drawing, top = start_drawing(subject, title, subject.say("ratings_subtitle"), foot, body, key)
    _add_key(drawing, top)
    base = "people" if subject.is_about_people else "answers"
    for x, text in ((RIGHT_EDGE + ANSWERS, base), (WIDTH - MARGIN, "not_rated")):
        drawing.text(x, top + KEY + 4, subject.say(text), style.SMALL, colour=style.SOFT, align="right")
    if not by_task:
        return drawing
    first = top + KEY + HEAD
    names = [subject.numbered_task(task) for task in by_task]
    start = first - (ROW - BAR) / 2  # each task has a row of ROW pixels, in whose middle its bar is
    panel = drawing.panel(title, _share_axis(by_task.values()), category_axis(names, start, ROW))
    for number, (name, rows) in enumerate(zip(names, by_task.values(), strict=True)):
        middle = panel.y.to_pixel(number)
        add_label(drawing, LEFT_EDGE - 14, middle, name, LABELS - 14, 3, style.BODY)
        if rows[0]["hidden"]:
            panel.hatched(LEFT_EDGE, middle - BAR / 2, RIGHT_EDGE - LEFT_EDGE, BAR)
            panel.text(LEFT_EDGE + 12, middle, subject.sign(rows[0]), style.SMALL, colour=style.SOFT)
        else:
            _add_counts(drawing, rows[0], middle, subject)
            _add_bar(panel, rows, middle, colours, subject)
    if not all(rows[0]["hidden"] for rows in by_task.values()):
        _add_zero_line(panel, first, len(names), is_continuous=len(options) % 2 == 0)
    return drawing


def _foot(table: pd.DataFrame, subject: Subject) -> list[str]:
    return [subject.base(), *subject.notes_of(table)]


def _add_key(drawing: ChartSpec, y: float) -> None:
    """In the order of the bars, from the left edge of the bars where there is room."""
    key = drawing.texts.key
    total = sum(fonts.width(text, style.BODY) + 38 for _, text in key)
    x = max(MARGIN, min(LEFT_EDGE, WIDTH - MARGIN - total))
    for colour, text in key:
        drawing.rectangle(x, y + 2, 13, 13, colour)
        drawing.text(x + 19, y + 9, text)
        x += fonts.width(text, style.BODY) + 38


def _share_axis(tasks: Iterable[list[Row]]) -> Axis:
    """Per cents of the answers, unfavourable ones negative; as wide as the widest sides need."""
    sides = ((sum(shares) - _favourable(shares), _favourable(shares)) for shares in map(_shares, tasks))
    left, right = (max(0.05, *shares) for shares in zip(*sides, strict=True))
    return Axis(-100 * left, 100 * right, LEFT_EDGE, RIGHT_EDGE)


def _shares(rows: list[Row]) -> list[float]:
    return [0.0 if is_missing(row["share"]) else float(row["share"]) for row in rows]


def _favourable(shares: list[float]) -> float:
    """The share on the favourable side: of a middle rating half."""
    half = len(shares) // 2
    return sum(shares[:half]) + (shares[half] / 2 if len(shares) % 2 else 0.0)


def _add_zero_line(panel: Panel, top: float, rows: int, *, is_continuous: bool) -> None:
    """The line between the two sides; interrupted at the bars where a middle rating's share is printed there."""
    x = panel.x.to_pixel(0)
    last = top + ROW * (rows - 1) + BAR
    if is_continuous:
        panel.line(x, top - 8, x, last + 8, style.INK, 1.0)
        return
    for row in range(rows + 1):
        above = top + ROW * (row - 1) + BAR if row else top - 8
        panel.line(x, above, x, top + ROW * row if row < rows else last + 8, style.INK, 1.0)


def _add_counts(drawing: ChartSpec, row: Row, y: float, subject: Subject) -> None:
    """How many answers (of people: how many people) rate, and the share of the questions that have no rating."""
    n, answers, missing, not_asked = (int(row[key]) for key in ("n", "answers", "missing", NOT_ASKED))
    drawing.text(RIGHT_EDGE + ANSWERS, y, subject.number(n) + star(row), align="right")
    if answers:
        share = format_percent(missing / (answers + missing + not_asked), subject.language)
        drawing.text(WIDTH - MARGIN, y, share, align="right")


def _add_bar(panel: Panel, rows: list[Row], y: float, colours: Sequence[str], subject: Subject) -> None:
    """The shares from the right: the most favourable first."""
    if all(is_missing(row["share"]) for row in rows):
        zero = panel.x.to_pixel(0)
        panel.text(zero, y, _silence(subject, rows[0]), style.SMALL, colour=style.SOFT, align="center")
        return
    shares = _shares(rows)
    x = panel.x.to_pixel(100 * _favourable(shares))
    for share, colour in zip(shares, colours, strict=False):
        width = panel.x.to_pixel(100 * share) - panel.x.to_pixel(0)
        x -= width
        if width > 0:
            panel.rectangle(x, y - BAR / 2, width, BAR, colour, stroke=style.PAPER)
        if width >= MIN_PRINTED_WIDTH:
            ink = style.ink_on(colour)
            panel.text(x + width / 2, y, subject.number(100 * share), colour=ink, align="center")


def _silence(subject: Subject, row: Row) -> str:
    """Why a task has no bar: what all who were asked said, where its numbers are shown."""
    listed = _choices(subject)
    labels = {code: subject.text(label) for code, label in listed.missing.items()} | {UNANSWERED: ""}
    reasons = {label: int(row[code]) for code, label in labels.items() if not is_missing(row[code]) and row[code]}
    words = subject.all_said(reasons) if not is_missing(row["n"]) else ""
    words = words.removeprefix(", ")
    return words[:1].upper() + words[1:] or subject.say("no_data")


def text_version(writer: TableWriter) -> ReadableTable:
    """A row a task: how many answers (of people: how many people) gave each rating, and its share of the answers; then
    the questions without a rating by reason, and their share of all questions."""
    subject = writer.subject
    listed = _choices(subject)
    without_rating = reasons(listed)
    heads = [
        subject.say("task_head"), *map(writer.choice, listed.options),
        subject.say("people" if subject.is_about_people else "answers"),
        subject.say("not_rated"), *map(writer.reason, without_rating),
    ]  # fmt: skip
    rows = [
        [
            subject.numbered_task(task), *(_rating_cell(writer, row) for row in group), writer.number(group[0], "n"),
            *(_reason_cell(writer, group[0], column) for column in ("missing", *without_rating)),
        ]
        for task, group in rows_by(writer.table, "task").items()
    ]  # fmt: skip
    return ReadableTable(heads, list(range(1, len(heads))), rows)


def _rating_cell(writer: TableWriter, row: Row) -> str:
    if is_missing(row["share"]):
        return writer.sign(row, "share") or NONE
    return f"{writer.figure(row['count'])} ({writer.percent(row['share'])}){star(row)}"


def _reason_cell(writer: TableWriter, row: Row, column: str) -> str:
    sign = writer.sign(row, column)
    if sign:
        return sign
    whole = row["answers"] + row["missing"] + row[NOT_ASKED]
    return f"{writer.figure(row[column])} ({writer.percent(row[column] / whole)})" if whole else NONE


KIND = ChartKind("ratings_by_task", subjects, build_table, build_spec, text_version)
plot_ratings = KIND.plot
"""`table` as from `rating_table`; the subject names the same list of choices."""
