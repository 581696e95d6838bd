"""A chart of a locality, and what each kind of chart defines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts.subject import Subject
from analysis.charts.tables import ReadableTable, TableWriter
from analysis.disclosure import COORDINATORS
from analysis.render.spec import ChartSpec
from analysis.render.svg import svg

if TYPE_CHECKING:
    from analysis.render.figure import ChartFigure


@dataclass(frozen=True, slots=True)
class ChartKind:
    """A kind of chart; analysis.report lists all kinds.

    `subjects`: the charts of this kind for a locality and questionnaire (none, one, or one for each list of choices).
    `build_table`: the tidy table, a row a mark, without what may not be shown. `build_spec`: the picture with its
    title and other texts. `text_version`: the table as it is read.
    """

    name: str
    subjects: Callable[[Subject], Iterable[Subject]]
    build_table: Callable[[Subject], pd.DataFrame]
    build_spec: Callable[[pd.DataFrame, Subject], ChartSpec]
    text_version: Callable[[TableWriter], ReadableTable]

    def plot(self, table: pd.DataFrame, subject: Subject) -> ChartFigure:
        """A matplotlib figure of a table, with each panel as Axes in data units."""
        return _draw(self.build_spec(table, subject))

    def chart(self, subject: Subject) -> Chart | None:
        """The chart of one of `subjects`; None where it would be empty."""
        table = self.build_table(subject)
        return Chart(self, subject, table) if len(table) or subject.questionnaire is not None else None

    def charts(self, subject: Subject) -> Iterator[Chart]:
        return (chart for each in self.subjects(subject) if (chart := self.chart(each)) is not None)


@dataclass(frozen=True)
class Chart:
    """A kind's chart of a subject, with its table."""

    definition: ChartKind
    subject: Subject
    table: pd.DataFrame

    @property
    def id(self) -> str:
        """Unique among the charts of a locality, for all audiences."""
        choices, audience = self.subject.choices, self.subject.audience
        parts = (
            self.kind, self.questionnaire, choices.name if choices is not None else None,
            audience if audience in COORDINATORS else None,
        )  # fmt: skip
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
        return self.spec.texts.heading

    @cached_property
    def description(self) -> str:
        """What the picture is about, for a reader without eyes: the locality, the questionnaire and n, and the scores
        by task where they may be shown."""
        subject, n = self.subject, self.subject.n()
        if subject.questionnaire is None:
            return subject.place
        base = f"n = {n}" if n is not None else subject.say("base_hidden")
        scores = {task: subject.score(task) for task in subject.book.scored} if n is not None else {}
        means = (
            f"{subject.task_name(task)}: {subject.number(mean)}" for task, mean in scores.items() if mean is not None
        )
        return "; ".join((subject.place, subject.text(subject.book.title), base, *means))

    @property
    def n(self) -> int | None:
        """The number of responses; None where it may not be shown."""
        return self.subject.n()

    @cached_property
    def spec(self) -> ChartSpec:
        return self.definition.build_spec(self.table, self.subject)

    def svg(self) -> str:
        return svg(self.spec, id_=f"{self.id}-{self.language}", title=self.title, description=self.description)

    def figure(self) -> ChartFigure:
        return _draw(self.spec)

    def png(self) -> bytes:
        return _draw(self.spec, with_axes=False).png()

    def pdf(self) -> bytes:
        return _draw(self.spec, with_axes=False).pdf()

    def readable_table(self) -> ReadableTable:
        writer = TableWriter(self.subject, self.table)
        return writer.add_note(self.definition.text_version(writer))

    def csv(self) -> bytes:
        return TableWriter(self.subject, self.table).csv()


def _draw(spec: ChartSpec, *, with_axes: bool = True) -> ChartFigure:
    from analysis.render.figure import draw_figure  # imports matplotlib, which a page does not need

    return draw_figure(spec, with_axes=with_axes)
