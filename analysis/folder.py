"""The charts as a folder that needs no server: index.html, and SVG, PNG, CSV and manifest.json for each locality."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from analysis.plots import render
from analysis.plots.texts import read
from analysis.report import Chart, charts_of
from analysis.round_tally import COUNTRY, RoundTally
from analysis.tables import table_csv

LANGUAGES = ("vi", "en")
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="{up}charts.css"></head>
<body><nav>{way}</nav><h1>{title}</h1><p>{switch}</p>{below}
{charts}
</body></html>
"""
_CSS = """body { font-family: "Be Vietnam Pro", "DejaVu Sans", sans-serif; line-height: 1.5; margin: 1.5rem auto;
  max-width: 60rem; padding: 0 1rem; color: #1c2326; }
figure { margin: 1.5rem 0; border-top: 1px solid #c9d0d3; padding-top: 1rem; break-inside: avoid; }
img { max-width: 100%; height: auto; } nav a::after { content: " ›"; } ul { columns: 3 14rem; }
"""


def write_folder(rt: RoundTally, out: Path, progress: Callable[[str], None] = lambda _name: None) -> Path:
    """Write every locality that has responses, and the way to it; returns the index. The first page is Vietnamese."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "charts.css").write_text(_CSS, encoding="utf-8")
    for path in _paths(rt):
        progress(rt.localities[path].name)
        _write_locality(rt, path, out)
    country = rt.localities[COUNTRY]
    target = f"{country.level}/{country.code}/index.vi.html"
    index = out / "index.html"
    index.write_text(
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        f"<title>{escape(read(rt.round['name'], 'vi'))}</title>"
        f'<meta http-equiv="refresh" content="0; url={target}"></head>'
        f'<body><p><a href="{target}">{escape(read(rt.round["name"], "vi"))}</a></p></body></html>\n',
        encoding="utf-8",
    )
    return index


def _paths(rt: RoundTally) -> list[str]:
    """Localities with responses, and those above them."""
    found = {
        "/".join(leaf.path.split("/")[: depth + 1]) for leaf in rt.leaves for depth in range(leaf.path.count("/") + 1)
    }
    return [path for path in rt.localities if path in found | {COUNTRY}]


def _write_locality(rt: RoundTally, path: str, out: Path) -> None:
    row = rt.localities[path]
    folder = out / row.level / row.code
    folder.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, Any]] = []
    for language in LANGUAGES:
        charts = list(charts_of(rt, path, language))
        entries += [_write_chart(chart, folder, row.code) for chart in charts]
        (folder / f"index.{language}.html").write_text(_page(rt, path, language, charts), encoding="utf-8")
    manifest = {
        "round": rt.round["code"],
        "locality": row.code,
        "revision": rt.cut_at(path).revision,
        "generated_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "simulated": rt.cut.simulated,
        "charts": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_chart(chart: Chart, folder: Path, code: str) -> dict[str, Any]:
    name = f"{chart.id}.{chart.language}"
    figure = chart.figure()
    drawn = render.svg(figure, id_=name.replace(".", "-"), title=chart.title, description=chart.description)
    (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")
    (folder / f"{name}.png").write_bytes(render.png(figure))
    (folder / f"{name}.csv").write_bytes(table_csv(chart.table))
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
        "sha256": hashlib.sha256(drawn.encode()).hexdigest(),
    }


def _page(rt: RoundTally, path: str, language: str, charts: Sequence[Chart]) -> str:
    with_data = set(_paths(rt))
    codes = path.split("/")
    above = ["/".join(codes[: depth + 1]) for depth in range(len(codes) - 1)]
    below = [row for row in rt.children(path) if row.path in with_data]
    other = "en" if language == "vi" else "vi"
    return _PAGE.format(
        language=language,
        title=escape(f"{rt.localities[path].name} – {read(rt.round['name'], language)}"),
        up="../../",
        way=" ".join(_link(rt, each, language) for each in above),
        switch=f'<a href="index.{other}.html" lang="{other}">{"English" if other == "en" else "Tiếng Việt"}</a>',
        below=f"<ul>{''.join(f'<li>{_link(rt, row.path, language)}</li>' for row in below)}</ul>" if below else "",
        charts="\n".join(_figure(chart) for chart in charts),
    )


def _link(rt: RoundTally, path: str, language: str) -> str:
    row = rt.localities[path]
    return f'<a href="../../{row.level}/{row.code}/index.{language}.html">{escape(row.name)}</a>'


def _figure(chart: Chart) -> str:
    name = f"{chart.id}.{chart.language}"
    return (
        f'<figure><img src="{name}.svg" alt="{escape(chart.title)}. {escape(chart.description)}">'
        f'<figcaption><a href="{name}.png">PNG</a> · <a href="{name}.csv">CSV</a></figcaption></figure>'
    )
