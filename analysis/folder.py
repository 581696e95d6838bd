"""The charts as a folder that needs no server: index.html, and SVG, PNG, CSV and manifest.json for each locality."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from html import escape
from multiprocessing import get_context
from pathlib import Path

from analysis.charts.chart import Chart
from analysis.charts.texts import in_language
from analysis.folder_page import WrittenChart, index_page, locality_page, style_sheet
from analysis.i18n import languages
from analysis.report import charts_of, manifest_entry
from analysis.round_tally import COUNTRY, RoundTally, with_ancestors

FORMATS = ("svg", "png", "csv")


def print_progress(line: str) -> None:
    """On stderr: stdout is for the path of the index."""
    print(line, file=sys.stderr, flush=True)


def write_folder(rt: RoundTally, out: Path, progress: Callable[[str], None] = print_progress, workers: int = 1) -> Path:
    """Write every locality that has responses, and its ancestors; returns the index, whose page is Vietnamese.

    `progress` is called with a line such as "12/593 Quận Ba Đình" as soon as a locality and all before it are written.
    `workers`: processes that draw; with more than one the calling script needs a `__main__` guard.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "charts.css").write_text(style_sheet(), encoding="utf-8")
    paths = _paths(rt)
    for done, path in enumerate(_write_localities(rt, paths, out, workers), 1):
        progress(f"{done}/{len(paths)} {rt.localities[path].name}")
    country = rt.localities[COUNTRY]
    index = out / "index.html"
    target = f"{country.level}/{country.code}/index.vi.html"
    index.write_text(index_page(escape(in_language(rt.round.name, "vi")), target), encoding="utf-8")
    return index


def _write_localities(rt: RoundTally, paths: list[str], out: Path, workers: int) -> Iterator[str]:
    """Yields each path as soon as it is written."""
    shown = frozenset(paths)
    if workers < 2:
        for path in paths:
            _write_locality(rt, path, out, shown)
            yield path
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (rt,)) as pool:
        done = pool.map(partial(_write_in_worker, out=out, shown=shown), paths, chunksize=4)
        for path, _ in zip(paths, done, strict=True):
            yield path


_worker_tally: RoundTally | None = None


def _start_worker(rt: RoundTally) -> None:
    global _worker_tally
    _worker_tally = rt


def _write_in_worker(path: str, out: Path, shown: frozenset[str]) -> None:
    assert _worker_tally is not None
    _write_locality(_worker_tally, path, out, shown)


def _paths(rt: RoundTally) -> list[str]:
    """Localities with responses, and their ancestors."""
    found = {COUNTRY, *(path for leaf in rt.leaves for path in with_ancestors(leaf.path))}
    return [path for path in rt.localities if path in found]


def _write_locality(rt: RoundTally, path: str, out: Path, shown: frozenset[str]) -> None:
    row = rt.localities[path]
    folder = out / row.level / row.code
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for language in languages():
        charts = [_write_chart(chart, folder) for chart in charts_of(rt, path, language)]
        entries += [manifest_entry(each.chart, row.code, each.name, FORMATS, each.svg.encode()) for each in charts]
        page = locality_page(rt, path, language, charts, shown)
        (folder / f"index.{language}.html").write_text(page, encoding="utf-8")
    manifest = {
        "round": rt.round.code,
        "locality": row.code,
        "revision": rt.cut_at(path).revision,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "simulated": rt.cut.simulated,
        "charts": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_chart(chart: Chart, folder: Path) -> WrittenChart:
    name = f"{chart.id}.{chart.language}"
    svg = chart.svg()
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{name}.png").write_bytes(chart.png())
    (folder / f"{name}.csv").write_bytes(chart.csv())
    return WrittenChart(chart, name, svg)
