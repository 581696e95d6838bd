"""All the charts of one locality of a round, each with its words and its table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from analysis import tables
from analysis.charts.texts import format_number, in_language, say
from analysis.codebook import Choices
from analysis.disclosure import LOWEST_FOR_OFFICIALS, is_never_published
from analysis.plots.completeness import plot_completeness
from analysis.plots.dots import plot_dots
from analysis.plots.frame import Subject
from analysis.plots.heat_map import plot_heat_map
from analysis.plots.ratings import plot_ratings, ratings_title
from analysis.plots.tiles import plot_tiles
from analysis.ratings import rating_lists
from analysis.round_tally import COUNTRY, RoundTally

Plot = Callable[[pd.DataFrame, Subject], Figure]


@dataclass(frozen=True, slots=True)
class Chart:
    """`figure()` draws it, when it is wanted; `table` is what it shows, suppressed alike; `listed` are the choices of a
    chart of ratings. `task` is None: every chart shows all tasks side by side."""

    id: str
    kind: str
    task: str | None
    locality: str
    questionnaire: str | None
    evidence: str | None
    language: str
    title: str
    description: str
    n: int | None
    figure: Callable[[], Figure]
    table: pd.DataFrame
    subject: Subject
    listed: Choices | None = None

    @property
    def shows_scores(self) -> bool:
        return "estimate" in self.table


def charts_of(rt: RoundTally, path: str, language: str) -> Iterator[Chart]:
    """The charts of a locality, questionnaire by questionnaire; completeness comes last."""
    for questionnaire in rt.questionnaires():
        yield from questionnaire_charts(rt, path, questionnaire, language)
    yield from completeness_charts(rt, path, language)


def questionnaire_charts(rt: RoundTally, path: str, questionnaire: str, language: str) -> Iterator[Chart]:
    """None for a questionnaire without scores, where nothing came and nothing is expected, and of officials below the
    province, where nothing of them is ever shown."""
    book = rt.book(questionnaire)
    never = is_never_published(book.respondent, rt.localities[path].level)
    if book.scored and not never and (rt.at(path, questionnaire).n or rt.expected_at(path, questionnaire)):
        yield from _of_questionnaire(Subject(rt, path, questionnaire, language))


def completeness_charts(rt: RoundTally, path: str, language: str) -> Iterator[Chart]:
    """One chart, over all questionnaires; none where nothing came and nothing is expected."""
    table = tables.completeness_table(rt, path)
    if len(table):
        subject = Subject(rt, path, None, language)
        yield _chart(subject, "completeness", subject.say("completeness_title"), table, plot_completeness)


def _of_questionnaire(subject: Subject) -> Iterator[Chart]:
    rt, path, questionnaire = subject.rt, subject.path, subject.questionnaire or ""
    for listed in rating_lists(rt.book(questionnaire)):
        rated = tables.rating_table(rt, path, questionnaire, listed)
        plot = partial(plot_ratings, listed=listed)
        yield _chart(subject, "ratings_by_task", ratings_title(subject, listed), rated, plot, listed)
    if _compares_children(rt, path, questionnaire):
        scores = tables.score_table(rt, path, questionnaire)
        yield _chart(subject, "heat_map", subject.say("heat_title"), scores, plot_heat_map)
        yield _chart(subject, "dots", subject.say("dots_title"), scores, plot_dots)
        if path == COUNTRY:
            yield _chart(subject, "tile_diagram", subject.say("tiles_title"), scores, plot_tiles)
    else:
        scores = tables.score_table(rt, path, questionnaire, by="self")
        yield _chart(subject, "dots", subject.say("dots_self_title"), scores, plot_dots)


def _compares_children(rt: RoundTally, path: str, questionnaire: str) -> bool:
    """Whether localities below were surveyed, of a level at which the questionnaire's respondents may be shown."""
    levels = {row.level for row in tables.surveyed_below(rt, path, questionnaire)}
    return bool(levels) and (rt.book(questionnaire).respondent != "official" or levels <= LOWEST_FOR_OFFICIALS)


def _chart(
    subject: Subject, kind: str, title: str, table: pd.DataFrame, plot: Plot, listed: Choices | None = None
) -> Chart:
    questionnaire = subject.questionnaire
    book = subject.rt.book(questionnaire) if questionnaire is not None else None
    return Chart(
        id="-".join(part for part in (kind, questionnaire, listed.name if listed is not None else "") if part),
        kind=kind,
        task=None,
        locality=subject.path,
        questionnaire=questionnaire,
        evidence=book.evidence if book is not None else None,
        language=subject.language,
        title=title,
        description=_description(subject, kind, table),
        n=_base(subject),
        figure=lambda: plot(table, subject),
        table=table,
        subject=subject,
        listed=listed,
    )


def _base(subject: Subject) -> int | None:
    """The number of responses behind a chart; None where it may not be said."""
    if subject.questionnaire is None:
        return None
    shown = subject.rt.shown(subject.questionnaire).get(subject.path)
    return None if shown is not None and shown.hidden else subject.rt.at(subject.path, subject.questionnaire).n


def _description(subject: Subject, kind: str, table: pd.DataFrame) -> str:
    """What a reader without eyes needs: where, of what, and the scores by task where they may be said."""
    said = [subject.place]
    if subject.questionnaire is not None:
        said.append(in_language(subject.rt.book(subject.questionnaire).title, subject.language))
        n = _base(subject)
        said.append(f"n = {n}" if n is not None else say("base_hidden", subject.language))
        if n is not None and kind != "completeness":
            said += _scores(subject)
    return "; ".join(said)


def _scores(subject: Subject) -> list[str]:
    rt, questionnaire = subject.rt, subject.questionnaire or ""
    shown = [task for task in rt.book(questionnaire).scored if not rt.shown(questionnaire, task)[subject.path].hidden]
    found = ((task, rt.estimate(subject.path, questionnaire, task)) for task in shown)
    return [f"{subject.task(task)}: {format_number(e.mean, subject.language)}" for task, e in found if e is not None]


def manifest_entry(
    chart: Chart, code: str, name: str, formats: Iterable[str], svg: bytes
) -> dict[str, str | int | None]:
    """A chart as manifest.json describes it. `code`: the locality's; `name`: the chart's file name without its ending;
    `formats`: the endings."""
    files = {format_: f"{name}.{format_}" for format_ in formats}
    return {
        "id": chart.id,
        "kind": chart.kind,
        "task": chart.task,
        "locality": code,
        "questionnaire": chart.questionnaire,
        "evidence": chart.evidence,
        "language": chart.language,
        "title": chart.title,
        "description": chart.description,
        **files,
        "n": chart.n,
        "sha256": hashlib.sha256(svg).hexdigest(),
    }
