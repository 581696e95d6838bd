"""Drawing the charts of one locality into files; runs in the publisher's worker processes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from analysis.round_tally import RoundTally
from survey_server.handover.books import RoundBooks, read_books
from survey_server.handover.round_tally import read_round_tally
from survey_server.services.published_charts import Place, write_atomically
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database

LANGUAGES = ("vi", "en")

_DATABASES: dict[str, Database] = {}
_BOOKS: dict[str, RoundBooks] = {}
_TALLIES: dict[tuple[str, int], RoundTally] = {}


def warm_up() -> None:
    """Import what drawing needs, and draw a first text: the first real chart then takes no longer than the others."""
    from analysis.plots.canvas import Canvas
    from analysis.plots.render import svg

    canvas = Canvas(10, 10)
    canvas.text(5, 5, "ấ")
    svg(canvas.figure)


def draw_place(settings: Settings, place: Place, path: str, revision: int, language: str) -> list[dict[str, Any]]:
    """Draw all charts of a locality in one language; returns their entries of the manifest."""
    from analysis.plots import render
    from analysis.report import charts_of
    from analysis.tables import table_csv

    folder = place.folder(settings)
    entries = []
    for chart in charts_of(_tally(settings, place.round, revision), path, language):
        name = f"{chart.id}.{language}"
        own = f"{revision}/{name}"
        drawn = render.svg(
            chart.figure(), id_=f"{chart.id}-{language}", title=chart.title, description=chart.description
        )
        write_atomically(folder / f"{own}.svg", drawn.encode())
        write_atomically(folder / f"{own}.csv", table_csv(chart.table))
        entries.append(
            {
                "id": chart.id,
                "kind": chart.kind,
                "task": chart.task,
                "locality": place.code,
                "questionnaire": chart.questionnaire,
                "evidence": chart.evidence,
                "language": language,
                "title": chart.title,
                "description": chart.description,
                "svg": f"{own}.svg",
                "png": f"{own}.png",
                "pdf": f"{own}.pdf",
                "csv": f"{own}.csv",
                "n": chart.n,
                "sha256": hashlib.sha256(drawn.encode()).hexdigest(),
            }
        )
    return entries


def draw_one(
    settings: Settings, place: Place, path: str, revision: int, chart_id: str, language: str, form: str
) -> None:
    """Draw one chart as PNG or PDF beside its SVG."""
    from analysis.plots import render
    from analysis.report import charts_of

    for chart in charts_of(_tally(settings, place.round, revision), path, language):
        if chart.id == chart_id:
            content = render.png(chart.figure()) if form == "png" else render.pdf(chart.figure())
            write_atomically(place.folder(settings) / f"{revision}/{chart_id}.{language}.{form}", content)


def _tally(settings: Settings, round_code: str, revision: int) -> RoundTally:
    """The round's tally, read once for each revision asked for."""
    key = (round_code, revision)
    if key not in _TALLIES:
        database = _DATABASES.setdefault(settings.database_url, open_database(settings))
        books = _BOOKS.get(round_code) or read_books(database, settings, round_code)
        if books is None:
            raise LookupError(round_code)
        _BOOKS[round_code] = books
        _TALLIES.clear()
        _TALLIES[key] = read_round_tally(database, books)
    return _TALLIES[key]


def remove_older(folder: Path, revision: int) -> None:
    """Keep the newest drawings and those just before: a page that was read a moment ago still finds its files."""
    import shutil

    kept = sorted((each for each in folder.iterdir() if each.name.isdigit()), key=lambda each: int(each.name))
    for each in kept[:-2]:
        if each.name != str(revision):
            shutil.rmtree(each, ignore_errors=True)
