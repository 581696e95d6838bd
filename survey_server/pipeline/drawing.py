"""Drawing the charts of one locality into files; runs in the publisher's worker processes."""

from __future__ import annotations

import gc
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.round_tally import RoundTally
from survey_server.pipeline.books import RoundBooks, read_books
from survey_server.pipeline.round_tally import ReadLeaves, read_round_tally
from survey_server.services.published_charts import Issue, Place, read_manifest, write_atomically
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database

if TYPE_CHECKING:
    from analysis.report import Chart

LANGUAGES = ("vi", "en")

_DATABASES: dict[str, Database] = {}
_BOOKS: dict[tuple[str, str], RoundBooks] = {}
_TALLIES: dict[tuple[str, Issue], RoundTally] = {}
_LEAVES: dict[str, ReadLeaves] = {}


def collect_seldom() -> None:
    """Search seldom for garbage: these processes hold a round's leaves, and would go through all of them each time."""
    gc.set_threshold(50_000, 20, 20)


def warm_up() -> None:
    """Import what drawing needs, and draw a first text: the first real chart then takes no longer than the others."""
    from analysis.plots.canvas import Canvas
    from analysis.plots.render import svg

    collect_seldom()
    canvas = Canvas(10, 10)
    canvas.text(5, 5, "ấ")
    svg(canvas.figure)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a locality's charts: of these questionnaires (None: of completeness), in these languages."""

    questionnaires: tuple[str | None, ...]
    languages: tuple[str, ...]


def draw_place(settings: Settings, place: Place, path: str, newest: Issue, part: Part) -> list[dict[str, Any]]:
    """Draw a part of the charts of a locality; returns their entries of the manifest.

    A chart lies in the folder of the revision at which its own numbers changed, and of the edition, with what may be
    told of them: what did not change stays as it is, and what another program drew is left alone until the manifest
    names what takes its place.
    """
    from analysis.told import Told

    tally = _tally(settings, place.round, newest)
    folder = place.folder(settings)
    before = read_manifest(settings, place)
    told = Told(tally)
    entries: list[dict[str, Any]] = []
    for questionnaire in part.questionnaires:
        shown = told.at(path, [questionnaire] if questionnaire is not None else tally.questionnaires())
        own = Issue(tally.cut_at(path, questionnaire).revision, newest.edition + shown).name
        for language in part.languages:
            wanted = (questionnaire, language)
            still = [e for e in before["charts"] if (e["questionnaire"], e["language"]) == wanted] if before else []
            if still and all(each["svg"].startswith(f"{own}/") and (folder / each["svg"]).exists() for each in still):
                entries += still
            else:
                entries += [_write_chart(folder, place, chart, own) for chart in _charts(tally, path, *wanted)]
    return entries


def _charts(tally: RoundTally, path: str, questionnaire: str | None, language: str) -> list[Chart]:
    from analysis.report import completeness_charts, questionnaire_charts

    if questionnaire is None:
        return list(completeness_charts(tally, path, language))
    return list(questionnaire_charts(tally, path, questionnaire, language))


def _write_chart(folder: Path, place: Place, chart: Chart, issue: str) -> dict[str, Any]:
    from analysis.chart_csv import chart_csv
    from analysis.plots import render
    from analysis.readable_table import readable_table

    own = f"{issue}/{chart.id}.{chart.language}"
    drawn = render.svg(
        chart.figure(), id_=f"{chart.id}-{chart.language}", title=chart.title, description=chart.description
    )
    write_atomically(folder / f"{own}.svg", drawn.encode())
    write_atomically(folder / f"{own}.csv", chart_csv(chart))
    write_atomically(folder / f"{own}.json", readable_table(chart).to_json())
    return {
        "id": chart.id,
        "kind": chart.kind,
        "task": chart.task,
        "locality": place.code,
        "questionnaire": chart.questionnaire,
        "evidence": chart.evidence,
        "language": chart.language,
        "title": chart.title,
        "description": chart.description,
        "svg": f"{own}.svg",
        "png": f"{own}.png",
        "pdf": f"{own}.pdf",
        "csv": f"{own}.csv",
        "n": chart.n,
        "sha256": hashlib.sha256(drawn.encode()).hexdigest(),
    }


def draw_one(settings: Settings, place: Place, path: str, newest: Issue, entry: dict[str, Any], form: str) -> None:
    """Draw one chart of the manifest as PNG or PDF beside its SVG."""
    from analysis.plots import render
    from analysis.report import charts_of

    for chart in charts_of(_tally(settings, place.round, newest), path, entry["language"]):
        if chart.id == entry["id"]:
            content = render.png(chart.figure()) if form == "png" else render.pdf(chart.figure())
            write_atomically(place.folder(settings) / entry[form], content)


def _tally(settings: Settings, round_code: str, newest: Issue) -> RoundTally:
    """The round's tally, read once for each newest issue; its books once for each edition."""
    key = (round_code, newest)
    if key not in _TALLIES:
        if settings.database_url not in _DATABASES:
            _DATABASES[settings.database_url] = open_database(settings)
        database = _DATABASES[settings.database_url]
        _TALLIES.clear()
        books = _books(database, settings, round_code, newest.edition)
        _TALLIES[key] = read_round_tally(database, books, _LEAVES.setdefault(round_code, ReadLeaves()))
    return _TALLIES[key]


def _books(database: Database, settings: Settings, round_code: str, edition: str) -> RoundBooks:
    key = (round_code, edition)
    if key not in _BOOKS:
        books = read_books(database, settings, round_code)
        if books is None:
            raise LookupError(round_code)
        for other in [each for each in _BOOKS if each[0] == round_code]:
            del _BOOKS[other]
        _BOOKS[key] = books
    return _BOOKS[key]


def remove_older(folder: Path, *manifests: dict[str, Any] | None) -> None:
    """Keep what these manifests name: a page that was read a moment ago still finds its files."""
    named = {chart["svg"].partition("/")[0] for manifest in manifests if manifest for chart in manifest["charts"]}
    for each in folder.iterdir():
        if each.is_dir() and each.name not in named:
            shutil.rmtree(each, ignore_errors=True)
