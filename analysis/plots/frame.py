"""What surrounds every chart: heading, subtitle, marks, foot. Pictures travel alone, so it is all inside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.texts import TEXTS, format_instant, format_number, in_language, say
from analysis.plots import style
from analysis.plots.canvas import Canvas
from analysis.round_tally import RoundTally

WIDTH = 860.0
MARGIN = 24.0


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chart is about; `questionnaire` is None where it is about all of them."""

    rt: RoundTally
    path: str
    questionnaire: str | None
    language: str

    @property
    def place(self) -> str:
        name = self.rt.localities[self.path].name
        return f"{name} ({self.say('surveyed')})" if "/" not in self.path else name

    def place_of(self, row: Mapping[Any, Any]) -> str:
        """What a row of a table is called; a row of a locality's own level not by the name alone, which stands for all
        that lies in it."""
        if not row.get("own"):
            return str(row["name"])
        level = f"own_{self.rt.localities[row['locality']].level}"
        return self.say(level if level in TEXTS else "own_level", name=row["name"])

    def say(self, key: str, **parts: object) -> str:
        return say(key, self.language, **parts)

    def task(self, code: str) -> str:
        return in_language(self.rt.framework.tasks[code].short, self.language)

    def task_number(self, code: str) -> int:
        return list(self.rt.framework.tasks).index(code) + 1


@dataclass(slots=True)
class Framed:
    """A canvas with its heading drawn; the chart goes between `top` and `bottom`."""

    canvas: Canvas
    top: float

    @property
    def figure(self) -> Figure:
        return self.canvas.figure


def framed(
    subject: Subject, title: str, subtitle: str, body: float, foot: list[str], *, width: float = WIDTH
) -> Framed:
    """A canvas high enough for a body of `body` pixels."""
    room = width - 2 * MARGIN
    marks = _marks(subject)
    heading = style.wrapped(title, style.TITLE, room, bold=True)
    about = style.wrapped(_about(subject), style.SUBTITLE, room)
    explained = style.wrapped(subtitle, style.SUBTITLE, room)
    feet = [line for text in [*foot, _source(subject)] for line in style.wrapped(text, style.SMALL, room)]
    top = MARGIN + (22 if marks else 0) + len(heading) * style.TITLE * style.LEADING
    top += (len(about) + len(explained)) * style.SUBTITLE * style.LEADING + 16
    height = top + body + 18 + len(feet) * style.SMALL * style.LEADING + MARGIN - 6
    canvas = Canvas(width, height)
    y = MARGIN
    if marks:
        _draw_marks(canvas, marks, y)
        y += 22
    y = _stack(canvas, heading, y, style.TITLE, style.INK, bold=True)
    y = _stack(canvas, about, y, style.SUBTITLE, style.INK)
    _stack(canvas, explained, y, style.SUBTITLE, style.SOFT)
    _stack(canvas, feet, top + body + 18, style.SMALL, style.SOFT)
    return Framed(canvas, top)


def _stack(canvas: Canvas, lines: list[str], y: float, size: float, colour: str, *, bold: bool = False) -> float:
    step = size * style.LEADING
    for line in lines:
        canvas.text(MARGIN, y + step / 2, line, size, colour=colour, bold=bold)
        y += step
    return y


def _marks(subject: Subject) -> list[str]:
    cut = subject.rt.cut_at(subject.path, subject.questionnaire)
    marks = [subject.say("simulated")] if cut.simulated else []
    if cut.provisional:
        marks.append(subject.say("provisional", time=format_instant(cut.time, subject.language)))
    return marks


def _draw_marks(canvas: Canvas, marks: list[str], y: float) -> None:
    x = MARGIN
    for mark in marks:
        long = style.widest(mark, style.SMALL, bold=True) + 14
        canvas.box(x, y - 4, long, 18, style.PAPER, edge=style.MARK)
        canvas.text(x + long / 2, y + 5, mark, style.SMALL, colour=style.MARK, bold=True, align="center")
        x += long + 8


def _about(subject: Subject) -> str:
    if subject.questionnaire is None:
        return subject.place
    book = subject.rt.book(subject.questionnaire)
    return f"{subject.place} · {in_language(book.title, subject.language)} ({subject.say(book.evidence)})"


def _source(subject: Subject) -> str:
    cut = subject.rt.cut_at(subject.path, subject.questionnaire)
    name = in_language(subject.rt.round["name"], subject.language)
    return subject.say("source", round=name, revision=cut.revision, time=format_instant(cut.time, subject.language))


def is_weighted(subject: Subject) -> bool:
    """Whether responses count differently in the mean scores; shares and numbers of responses are never weighted."""
    moments = subject.rt.at(subject.path, subject.questionnaire or "").moments.values()
    return any(abs(each.w - each.n) > 1e-9 for each in moments)


def base(subject: Subject, *, weighted: bool = False) -> str:
    """The base in words: how many, who, weighted or not, and of how many."""
    if subject.questionnaire is None:
        return f"{subject.say('base_plan')}."
    rt, path, questionnaire = subject.rt, subject.path, subject.questionnaire
    shown = rt.shown(questionnaire).get(path)
    if shown is not None and shown.hidden:
        return f"{subject.say('base_hidden')}."
    n, respondent = rt.at(path, questionnaire).n, rt.book(questionnaire).respondent
    weights = subject.say("weighted" if weighted else "unweighted")
    said = f"{subject.say(f'base_{respondent}', n=format_number(n, subject.language))}, {weights}"
    covered = _covered(subject, questionnaire)
    return f"{said}; {covered}." if covered else f"{said}."


def _covered(subject: Subject, questionnaire: str) -> str:
    """Of organisations how many units, which is not how many responses; of people, who send nothing themselves, how
    many responses were collected."""
    coverage = subject.rt.coverage(subject.path, questionnaire)
    if not coverage.expected:
        return ""
    counted = subject.rt.book(questionnaire).respondent == "organisation"
    received, expected = (format_number(n, subject.language) for n in (coverage.received, coverage.expected))
    said = subject.say("coverage_units" if counted else "coverage_people", received=received, expected=expected)
    return said + surplus(subject, coverage.surplus)


def surplus(subject: Subject, n: int) -> str:
    """What stands behind a coverage where units sent more than one response."""
    return f", {subject.say('surplus', n=format_number(n, subject.language))}" if n else ""


def score_foot(subject: Subject, table: pd.DataFrame) -> list[str]:
    """What stands below a chart of scores: its base, and the signs that are in it."""
    foot = [base(subject, weighted=is_weighted(subject))]
    if table["hidden"].any():
        foot.append(subject.say("hidden_note", limit=subject.rt.suppress_below))
    if table["flagged"].any():
        foot.append(subject.say("flagged_note"))
    return foot


def label(text: str, most: int, size: float, room: float, *, bold: bool = False) -> list[str]:
    """A text in at most so many lines; what is longer is cut, and stands whole in the table."""
    return style.cut(style.wrapped(text, size, room, bold), most, size, room, bold)
