"""A chart of a locality, and what each kind of chart defines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts.csv_file import write_csv
from analysis.charts.readable import ReadableTable, TableWriter, finish
from analysis.charts.subject import Subject
from analysis.render.spec import ChartSpec
from analysis.render.svg import svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChartKind:
    """A kind of chart; analysis.report lists all kinds.

    `subjects`: the charts of this kind for a locality and questionnaire (none, one, or one for each list of choices).
    `build_table`: the tidy table, a row a mark, suppressed values already blanked; it has the `columns`.
    `title`: the heading, computed from the data or neutral. `build_spec`: the picture. `text_version`: the table as it
    is read. `csv_columns`: the columns of the CSV, those that hold names of codes included.
    """

    name: str
    subjects: Callable[[Subject], Iterable[Subject]]
    build_table: Callable[[Subject], pd.DataFrame]
    title: Callable[[Subject], str]
    build_spec: Callable[[pd.DataFrame, Subject], ChartSpec]
    text_version: Callable[[TableWriter], ReadableTable]
    columns: Callable[[Subject], Columns]
    csv_columns: Callable[[Subject], Columns]

    def plot(self, table: pd.DataFrame, subject: Subject) -> Figure:
        """A matplotlib figure of a table, with each panel as Axes in data units."""
        from analysis.render.figure import draw_figure  # imports matplotlib, which a page does not need

        return draw_figure(self.build_spec(table, subject))

    def charts(self, subject: Subject) -> Iterator[Chart]:
        for each in self.subjects(subject):
            table = self.build_table(each)
            if len(table) or each.questionnaire is not None:
                yield Chart(self, each, table, _description(each))


@dataclass(frozen=True, slots=True)
class Chart:
    """`description` says in words what the picture is about, for a reader without eyes. `task` is None: every chart
    shows all tasks."""

    definition: ChartKind
    subject: Subject
    table: pd.DataFrame
    description: str
    task: str | None = None

    @property
    def id(self) -> str:
        """Unique among the charts of a locality."""
        choices = self.subject.choices
        parts = (self.kind, self.questionnaire, choices.name if choices is not None else None)
        return "-".join(part for part in parts if part)

    @property
    def kind(self) -> str:
        return self.definition.name

    @property
    def locality(self) -> str:
        return self.subject.path

    @property
    def questionnaire(self) -> str | None:
        return self.subject.questionnaire

    @property
    def evidence(self) -> str | None:
        return self.subject.book.evidence if self.questionnaire is not None else None

    @property
    def language(self) -> str:
        return self.subject.language

    @property
    def title(self) -> str:
        return self.definition.title(self.subject)

    @property
    def n(self) -> int | None:
        """The number of responses; None where it may not be shown."""
        return self.subject.n()

    def spec(self) -> ChartSpec:
        return self.definition.build_spec(self.table, self.subject)

    def svg(self) -> str:
        return svg(self.spec(), id_=f"{self.id}-{self.language}", title=self.title, description=self.description)

    def figure(self) -> Figure:
        return self.definition.plot(self.table, self.subject)

    def png(self) -> bytes:
        from analysis.render import figure, files

        return files.png(figure.draw_figure(self.spec(), with_axes=False))

    def pdf(self) -> bytes:
        from analysis.render import figure, files

        return files.pdf(figure.draw_figure(self.spec(), with_axes=False))

    def readable_table(self) -> ReadableTable:
        writer = TableWriter(self.subject, self.table)
        return finish(self.definition.text_version(writer), self.subject)

    def csv(self) -> bytes:
        return write_csv(self.table, self.subject, self.definition.csv_columns(self.subject))


def fixed(*columns: str) -> Callable[[Subject], Columns]:
    """Columns that do not depend on the subject."""
    return lambda _subject: columns


def _description(subject: Subject) -> str:
    """The locality, the questionnaire and n, and the scores by task where they may be shown."""
    parts = [subject.place]
    if subject.questionnaire is not None:
        n = subject.n()
        parts += [subject.text(subject.book.title), f"n = {n}" if n is not None else subject.say("base_hidden")]
        parts += _scores(subject, subject.questionnaire) if n is not None else []
    return "; ".join(parts)


def _scores(subject: Subject, questionnaire: str) -> Iterator[str]:
    rt, path = subject.rt, subject.path
    for task in subject.book.scored:
        estimate = None if rt.shown(questionnaire, task)[path].hidden else rt.estimate(path, questionnaire, task)
        if estimate is not None:
            yield f"{subject.task_name(task)}: {subject.number(estimate.mean)}"
