"""All kinds of chart, and all charts of one locality of a round."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from analysis.charts import completeness, dots, heat_map, ratings, tiles
from analysis.charts.chart import Chart, ChartKind
from analysis.charts.subject import Subject
from analysis.disclosure import Audience, is_never_published
from analysis.round_tally import RoundTally

QUESTIONNAIRE_KINDS: tuple[ChartKind, ...] = (ratings.KIND, heat_map.KIND, dots.KIND, tiles.KIND)
"""Charts of one questionnaire, in the order of the page."""
LOCALITY_KINDS: tuple[ChartKind, ...] = (completeness.KIND,)
"""Charts of all questionnaires together."""
KINDS = (*QUESTIONNAIRE_KINDS, *LOCALITY_KINDS)


def charts_of(rt: RoundTally, path: str, language: str) -> Iterator[Chart]:
    """The charts of a locality, questionnaire by questionnaire, then those of all questionnaires."""
    for questionnaire in (*rt.questionnaires(), None):
        yield from charts_about(rt, path, questionnaire, language)


def charts_for_coordinators(rt: RoundTally, released: RoundTally | None, path: str, language: str) -> Iterator[Chart]:
    """As `charts_of`, of what coordinators may see: of people what was released to them (None: nothing)."""
    for questionnaire in rt.questionnaires():
        if not rt.is_about_people(questionnaire):
            yield from charts_about(rt, path, questionnaire, language)
        elif released is not None and released.is_open_to_coordinators(path, questionnaire):
            yield from charts_about(released, path, questionnaire, language, Audience.COORDINATOR)
    yield from charts_about(rt, path, None, language, Audience.COORDINATOR)


def charts_about(
    rt: RoundTally, path: str, questionnaire: str | None, language: str, audience: Audience = Audience.CENTRE
) -> Iterator[Chart]:
    """The charts of one questionnaire, or (None) of all together; none where no responses came or are expected. None
    for a questionnaire without scores, and for officials below the province, of whom nothing is shown there."""
    for kind, subject in subjects_about(rt, path, questionnaire, language, audience):
        chart = kind.chart(subject)
        if chart is not None:
            yield chart


def subjects_about(
    rt: RoundTally, path: str, questionnaire: str | None, language: str, audience: Audience = Audience.CENTRE
) -> Iterator[tuple[ChartKind, Subject]]:
    """What `charts_about` makes its charts of, one by one: a chart that cannot be made need not stop the others.
    `audience`: one of those that `RoundTally.audiences` names, or of released numbers COORDINATOR."""
    subject = Subject(rt, path, questionnaire, language, audience=audience)
    if questionnaire is not None:
        book = subject.book
        is_hidden = is_never_published(book.respondent, rt.localities[path].level)
        if not book.scored or is_hidden or not (rt.at(path, questionnaire).n or rt.expected_at(path, questionnaire)):
            return
    for kind in QUESTIONNAIRE_KINDS if questionnaire is not None else LOCALITY_KINDS:
        yield from ((kind, each) for each in kind.subjects(subject))


def manifest_entry(
    chart: Chart, code: str, name: str, formats: Iterable[str], svg: bytes
) -> dict[str, str | int | None]:
    """A chart as manifest.json describes it. `code`: the locality's; `name`: the chart's file name without its ending;
    `formats`: the endings."""
    files = {format_: f"{name}.{format_}" for format_ in formats}
    return {
        "id": chart.id,
        "kind": chart.kind,
        "task": None,  # every chart shows all tasks
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
