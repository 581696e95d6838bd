"""The charts as a folder that needs no server: index.html, and SVG, PNG, CSV and manifest.json for each locality."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from functools import partial
from html import escape
from multiprocessing import get_context
from pathlib import Path

from analysis.charts.chart import Chart
from analysis.charts.texts import in_language
from analysis.folder_page import WrittenChart, index_page, locality_page, style_sheet
from analysis.i18n import languages
from analysis.report import charts_for_coordinators, charts_of, manifest_entry
from analysis.round_tally import COUNTRY, RoundTally, with_ancestors

FORMATS = ("svg", "png", "csv")
COMMUNE_LEVEL = "commune"


def print_progress(line: str) -> None:
    """On stderr: stdout is for the path of the index."""
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class ForCoordinators:
    """Of people only `released` is written, what coordinators may see; None: nothing was released yet."""

    released: RoundTally | None


class CommunePages(Enum):
    """Which pages of communes a folder has."""

    NONE = auto()
    ORGANISATIONS = auto()  # without people's figures
    EVERYTHING = auto()


def write_folder(
    rt: RoundTally,
    out: Path,
    progress: Callable[[str], None] = print_progress,
    workers: int = 1,
    audience: ForCoordinators | None = None,
    communes: CommunePages = CommunePages.EVERYTHING,
) -> Path:
    """Write every locality that has responses, and its ancestors; returns the index, whose page is Vietnamese.

    The index is written last, when everything else is on the disk: a folder without it was interrupted.
    Pages that an earlier run wrote into the same folder are removed: they may be for other readers.
    `audience`: None for the centre; for coordinators no page of a commune has people's figures, whatever `communes` is.
    `progress` is called with a line such as "12/593 Quận Ba Đình" as soon as a locality and all before it are written.
    `workers`: processes that draw; with more than one the calling script needs a `__main__` guard.
    """
    out.mkdir(parents=True, exist_ok=True)
    index = out / "index.html"
    index.unlink(missing_ok=True)
    if (out / "charts.css").exists():
        for level in {each.level for each in rt.localities.values()}:
            shutil.rmtree(out / level, ignore_errors=True)
    (out / "charts.css").write_text(style_sheet(), encoding="utf-8")
    folder = _Folder(rt, out, audience, communes)
    paths = folder.paths()
    for done, path in enumerate(_write_localities(folder, paths, workers), 1):
        progress(f"{done}/{len(paths)} {rt.localities[path].name}")
    country = rt.localities[COUNTRY]
    target = f"{country.level}/{country.code}/index.vi.html"
    page = index_page(escape(in_language(rt.round.name, "vi")), target)
    if hasattr(os, "sync"):
        os.sync()  # once for all: there are tens of thousands of files
    with index.open("w", encoding="utf-8") as file:
        file.write(page)
        file.flush()
        os.fsync(file.fileno())
    return index


@dataclass(frozen=True, slots=True)
class _Folder:
    rt: RoundTally
    out: Path
    audience: ForCoordinators | None
    communes: CommunePages

    def paths(self) -> list[str]:
        """Localities with responses that the readers may know of, and their ancestors."""
        reported = {leaf.path for leaf in self.rt.leaves if not self.rt.is_about_people(leaf.questionnaire)}
        responding = {leaf.path for leaf in self.rt.leaves} if self.audience is None else reported
        found = {COUNTRY, *(path for each in responding for path in with_ancestors(each))}
        if self.communes is not CommunePages.EVERYTHING:
            shown = reported if self.communes is CommunePages.ORGANISATIONS else set()
            found = {path for path in found if path in shown or not self._is_commune(path)}
        return [path for path in self.rt.localities if path in found]

    def write_locality(self, path: str, shown: frozenset[str]) -> None:
        row = self.rt.localities[path]
        folder = self.out / row.level / row.code
        folder.mkdir(parents=True, exist_ok=True)
        entries = []
        revision = 0
        for language in languages():
            charts = [_write_chart(chart, folder) for chart in self._charts(path, language)]
            revision = max([revision, *(each.chart.subject.cut.revision for each in charts)])
            entries += [manifest_entry(each.chart, row.code, each.name, FORMATS, each.svg.encode()) for each in charts]
            page = locality_page(self.rt, path, language, charts, shown)
            (folder / f"index.{language}.html").write_text(page, encoding="utf-8")
        manifest = {
            "round": self.rt.round.code,
            "locality": row.code,
            "revision": revision,
            "generated_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "simulated": self.rt.cut.simulated,
            "charts": entries,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")

    def _charts(self, path: str, language: str) -> Iterator[Chart]:
        if self._is_commune(path) and self.communes is not CommunePages.EVERYTHING:
            return charts_for_coordinators(self.rt, None, path, language)
        if self.audience is None:
            return charts_of(self.rt, path, language)
        return charts_for_coordinators(self.rt, self.audience.released, path, language)

    def _is_commune(self, path: str) -> bool:
        return self.rt.localities[path].level == COMMUNE_LEVEL


def _write_localities(folder: _Folder, paths: list[str], workers: int) -> Iterator[str]:
    """Yields each path as soon as it is written."""
    shown = frozenset(paths)
    if workers < 2:
        for path in paths:
            folder.write_locality(path, shown)
            yield path
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (folder,)) as pool:
        done = pool.map(partial(_write_in_worker, shown=shown), paths, chunksize=4)
        for path, _ in zip(paths, done, strict=True):
            yield path


_worker_folder: _Folder | None = None


def _start_worker(folder: _Folder) -> None:
    global _worker_folder
    _worker_folder = folder


def _write_in_worker(path: str, shown: frozenset[str]) -> None:
    assert _worker_folder is not None
    _worker_folder.write_locality(path, shown)


def _write_chart(chart: Chart, folder: Path) -> WrittenChart:
    name = f"{chart.id}.{chart.language}"
    svg = chart.svg()
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{name}.png").write_bytes(chart.png())
    (folder / f"{name}.csv").write_bytes(chart.csv())
    return WrittenChart(chart, name, svg)
