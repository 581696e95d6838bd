"""Draws the charts of one locality into files; runs in the publisher's worker processes."""

from __future__ import annotations

import gc
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.round_tally import RoundTally
from survey_server.parent_process import stop_with_parent
from survey_server.pipeline.context import RoundContext, read_round_context
from survey_server.pipeline.round_tally import LeafCache, read_round_tally
from survey_server.services.published_charts import (
    FORMATS,
    ChartEntry,
    ChartKey,
    ChartManifest,
    ChartVersion,
    read_manifest,
    write_atomically,
)
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database

if TYPE_CHECKING:
    from analysis.charts.chart import Chart


@dataclass(frozen=True, slots=True)
class DrawingTask:
    """Some of a locality's charts: of these questionnaires (None: of completeness), in these languages. `newest` is the
    version of the round: its newest revision, and its build digest without any locality's suppression digest."""

    key: ChartKey
    path: str
    newest: ChartVersion
    questionnaires: tuple[str | None, ...]
    languages: tuple[str, ...]


@dataclass(slots=True)
class _Round:
    """What a worker holds of a round. The context is read again for another build, the tally for another revision; the
    leaves are kept throughout."""

    build: str
    context: RoundContext
    leaves: LeafCache = field(default_factory=LeafCache)
    revision: int | None = None
    tally: RoundTally | None = None


class ChartDrawer:
    """Draws charts of the rounds in one database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database: Database | None = None
        self._rounds: dict[str, _Round] = {}

    def draw(self, task: DrawingTask) -> list[ChartEntry]:
        """Draw what is not drawn yet; returns the manifest's entries for the whole task.

        A chart's folder is named by the revision at which its own numbers changed and by the build digest with the
        suppression digest. Unchanged charts stay as they are, and those of another build are not touched before the
        manifest names their successors.
        """
        from analysis.report import charts_about
        from analysis.suppression import SuppressionDigests

        tally = self._tally(task.key.round, task.newest)
        folder = task.key.folder(self._settings)
        before = read_manifest(self._settings, task.key)
        digests = SuppressionDigests(tally)
        entries: list[ChartEntry] = []
        for questionnaire in task.questionnaires:
            covered = [questionnaire] if questionnaire is not None else tally.questionnaires()
            build = task.newest.build + digests.at(task.path, covered)
            version = ChartVersion(tally.cut_at(task.path, questionnaire).revision, build).name
            for language in task.languages:
                drawn = _drawn(before, folder, version, questionnaire, language)
                charts = () if drawn else charts_about(tally, task.path, questionnaire, language)
                entries += drawn or [_write_chart(folder, task.key, chart, version) for chart in charts]
        return entries

    def draw_file(self, key: ChartKey, path: str, newest: ChartVersion, entry: ChartEntry, format_: str) -> None:
        """Draw one chart of the manifest as PNG or PDF beside its SVG."""
        from analysis.report import charts_of

        for chart in charts_of(self._tally(key.round, newest), path, entry.language):
            if chart.id == entry.id:
                content = chart.png() if format_ == "png" else chart.pdf()
                write_atomically(key.folder(self._settings) / entry.file(format_), content)

    def _tally(self, round_code: str, newest: ChartVersion) -> RoundTally:
        if self._database is None:
            self._database = open_database(self._settings)
        known = self._rounds.get(round_code)
        if known is None or known.build != newest.build:
            versions = known.context.versions if known is not None else None
            context = read_round_context(self._database, self._settings, round_code, versions)
            if context is None:
                raise LookupError(round_code)
            known = _Round(newest.build, context, known.leaves if known is not None else LeafCache())
            self._rounds[round_code] = known
        if known.tally is None or known.revision != newest.revision:
            for other in self._rounds.values():  # one tally at a time in memory
                other.tally = None
            known.tally = read_round_tally(self._database, known.context, known.leaves)
            known.revision = newest.revision
        return known.tally


def _drawn(
    manifest: ChartManifest | None, folder: Path, version: str, questionnaire: str | None, language: str
) -> list[ChartEntry]:
    """The entries of charts that are drawn in this version already; empty where any is not."""
    charts = manifest.charts if manifest is not None else ()
    entries = [each for each in charts if (each.questionnaire, each.language) == (questionnaire, language)]
    is_complete = all(each.svg.startswith(f"{version}/") and (folder / each.svg).exists() for each in entries)
    return entries if is_complete else []


def _write_chart(folder: Path, key: ChartKey, chart: Chart, version: str) -> ChartEntry:
    from analysis.report import manifest_entry

    name = f"{version}/{chart.id}.{chart.language}"
    svg = chart.svg().encode()
    write_atomically(folder / f"{name}.svg", svg)
    write_atomically(folder / f"{name}.csv", chart.csv())
    write_atomically(folder / f"{name}.json", chart.readable_table().to_json())
    return ChartEntry.from_json(manifest_entry(chart, key.code, name, FORMATS, svg))


_drawer: ChartDrawer | None = None  # of a worker process


def start_worker(settings: Settings, publisher: int) -> None:
    """Initialise a worker process, which ends with the process `publisher`. Imports what drawing needs and reads the
    fonts, so that the first chart takes no longer than the others."""
    from analysis.render import fonts

    global _drawer
    stop_with_parent(publisher)
    _drawer = ChartDrawer(settings)
    reduce_garbage_collection()
    for bold in (False, True):
        fonts.width("ấ", 1.0, bold)


def draw_charts(task: DrawingTask) -> list[ChartEntry]:
    """`ChartDrawer.draw` in a worker process."""
    assert _drawer is not None
    return _drawer.draw(task)


def draw_file(key: ChartKey, path: str, newest: ChartVersion, entry: ChartEntry, format_: str) -> None:
    """`ChartDrawer.draw_file` in a worker process."""
    assert _drawer is not None
    _drawer.draw_file(key, path, newest, entry, format_)


def reduce_garbage_collection() -> None:
    """Collect garbage rarely: these processes hold a round's leaves, and each collection would visit all of them."""
    gc.set_threshold(50_000, 20, 20)


def remove_unnamed_folders(folder: Path, *manifests: ChartManifest | None) -> None:
    """Delete the folders of versions that none of these manifests names. Includes the previous manifest, so that a page
    read a moment ago still finds its files."""
    named = {chart.svg.partition("/")[0] for manifest in manifests if manifest for chart in manifest.charts}
    for each in folder.iterdir():
        if each.is_dir() and each.name not in named:
            shutil.rmtree(each, ignore_errors=True)
