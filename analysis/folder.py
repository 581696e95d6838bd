"""The charts as a folder that needs no server: index.html, and SVG, PNG, CSV and manifest.json for each locality."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from html import escape
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from analysis.chart_csv import chart_csv
from analysis.charts.texts import in_language
from analysis.folder_page import Drawn, index_page, locality_page, style_sheet
from analysis.i18n import languages
from analysis.plots import render
from analysis.report import Chart, charts_of
from analysis.round_tally import COUNTRY, RoundTally


def say_on_terminal(line: str) -> None:
    """Beside the output, which is the index: it takes minutes, and who waits wants to know for how long."""
    print(line, file=sys.stderr, flush=True)


def write_folder(
    rt: RoundTally, out: Path, progress: Callable[[str], None] = say_on_terminal, workers: int = 1
) -> Path:
    """Write every locality that has responses, and the way to it; returns the index. The first page is Vietnamese.

    `progress` is told of each locality as soon as it and all before it are written, as "12/593 Quận Ba Đình".
    `workers`: processes that draw; with more than one the calling script needs a `__main__` guard.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "charts.css").write_text(style_sheet(), encoding="utf-8")
    paths = _paths(rt)
    for done, path in enumerate(_written(rt, paths, out, workers), 1):
        progress(f"{done}/{len(paths)} {rt.localities[path].name}")
    country = rt.localities[COUNTRY]
    index = out / "index.html"
    target = f"{country.level}/{country.code}/index.vi.html"
    index.write_text(index_page(escape(in_language(rt.round["name"], "vi")), target), encoding="utf-8")
    return index


def _written(rt: RoundTally, paths: list[str], out: Path, workers: int) -> Iterator[str]:
    """Each locality as soon as it is written."""
    shown = frozenset(paths)
    if workers < 2:
        for path in paths:
            _write_locality(rt, path, out, shown)
            yield path
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _take_tally, (rt,)) as pool:
        done = pool.map(partial(_write_one, out=out, shown=shown), paths, chunksize=4)
        for path, _ in zip(paths, done, strict=True):
            yield path


_TALLY: list[RoundTally] = []  # a worker's own


def _take_tally(rt: RoundTally) -> None:
    _TALLY.append(rt)


def _write_one(path: str, out: Path, shown: frozenset[str]) -> None:
    _write_locality(_TALLY[0], path, out, shown)


def _paths(rt: RoundTally) -> list[str]:
    """Localities with responses, and those above them."""
    found = {
        "/".join(leaf.path.split("/")[: depth + 1]) for leaf in rt.leaves for depth in range(leaf.path.count("/") + 1)
    }
    return [path for path in rt.localities if path in found | {COUNTRY}]


def _write_locality(rt: RoundTally, path: str, out: Path, shown: frozenset[str]) -> None:
    row = rt.localities[path]
    folder = out / row.level / row.code
    folder.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, Any]] = []
    for language in languages():
        drawn = [_write_chart(chart, folder) for chart in charts_of(rt, path, language)]
        entries += [_entry(each, row.code) for each in drawn]
        (folder / f"index.{language}.html").write_text(locality_page(rt, path, language, drawn, shown), "utf-8")
    manifest = {
        "round": rt.round["code"],
        "locality": row.code,
        "revision": rt.cut_at(path).revision,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "simulated": rt.cut.simulated,
        "charts": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_chart(chart: Chart, folder: Path) -> Drawn:
    name = f"{chart.id}.{chart.language}"
    figure = chart.figure()
    svg = render.svg(figure, id_=name.replace(".", "-"), title=chart.title, description=chart.description)
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{name}.png").write_bytes(render.png(figure))
    (folder / f"{name}.csv").write_bytes(chart_csv(chart))
    return Drawn(chart, name, svg)


def _entry(drawn: Drawn, code: str) -> dict[str, Any]:
    chart, name = drawn.chart, drawn.name
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
        "svg": f"{name}.svg",
        "png": f"{name}.png",
        "csv": f"{name}.csv",
        "n": chart.n,
        "sha256": hashlib.sha256(drawn.svg.encode()).hexdigest(),
    }
