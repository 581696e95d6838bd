"""/charts: the drawn charts of a locality in a round. Pages are made from files only; no request tallies or draws.

Coordinators see their own area, the centre sees everything. A page whose charts are not drawn yet requests them and
polls until they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from survey_server.domain import Action, Locality
from survey_server.i18n import DEFAULT_LANGUAGE, translate
from survey_server.services import published_charts as published
from survey_server.services.browse_rounds import FoundLocalities, RoundView, find_locality, search_localities
from survey_server.services.published_charts import ChartEntry, ChartKey, ChartManifest, ChartPage, ChartRequest
from survey_server.web.language import current_language, gettext as _
from survey_server.web.permissions import current_person, needs, or_404, require, runtime

pages = Blueprint("charts", __name__)
TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class LocalityCharts:
    """The charts page of a locality; `ancestors` and `below` are the localities that it links to."""

    round: RoundView
    locality: Locality
    ancestors: list[Locality]
    below: list[Locality]
    key: ChartKey
    page: ChartPage

    @property
    def manifest(self) -> ChartManifest | None:
        return self.page.manifest

    @property
    def version(self) -> str:
        return self.page.version.name if self.page.version is not None else ""


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """`figures`: the positions of the columns that hold numbers; `note` explains the signs in cells."""

    heads: list[str]
    figures: list[int]
    rows: list[list[str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on the page: its entry in the manifest, picture and table."""

    chart: ChartEntry
    svg: Markup
    table: ReadableTable | None


def read_table(csv: Path) -> ReadableTable | None:
    """The table beside a chart's CSV, from the JSON file that the publisher wrote; None where an earlier release wrote
    none, or where it has no rows."""
    try:
        table = ReadableTable(**json.loads(csv.with_suffix(".json").read_bytes()))
    except FileNotFoundError:
        return None
    return table if table.rows else None


@pages.route("/charts")
@needs(Action.SEE_CHARTS)
def index() -> AnyResponse | str:
    """The newest round, at the person's own locality."""
    found = runtime().round_views.all()
    if not found:
        return render_template("charts/none.html")
    person = current_person()
    newest = found[0]
    if person.area is not None and person.area.scheme == newest.scheme:
        own = find_locality(runtime().database, newest, path=person.area.path)
        if own is not None:
            return redirect(_url(newest, own.locality))
    return redirect(url_for("charts.locality", round_code=newest.code, level="country", code="VN"))


@pages.route("/charts/<round_code>/<level>/<code>")
@needs(Action.SEE_CHARTS)
def locality(round_code: str, level: str, code: str) -> AnyResponse | str:
    shown = _read(round_code, level, code)
    charts = _charts(shown)
    known = list(dict.fromkeys(each.questionnaire for each in charts if each.questionnaire))
    # The questionnaire in the query; without one, the first that has responses here.
    answered = [each.questionnaire for each in charts if each.questionnaire and each.n != 0]
    wanted = request.args.get("questionnaire", "")
    chosen = wanted if wanted in known else next(iter([*answered, *known]), "")
    drawn = [each for each in charts if each.questionnaire in (chosen, None)]
    return render_template(
        "charts/locality.html",
        shown=shown,
        figures=[_figure(shown, each) for each in drawn],
        questionnaires=_by_evidence(shown, charts, known),
        chosen=chosen,
        url=_url,
        found=_search(shown),
    )


@pages.route("/charts/<round_code>/<level>/<code>/state")
@needs(Action.SEE_CHARTS)
def state(round_code: str, level: str, code: str) -> Response:
    """Polled by an open page: the version that is drawn, and whether it is the newest."""
    shown = _read(round_code, level, code)
    response = jsonify(version=shown.version, current=shown.page.is_current)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{shown.version}-{shown.page.is_current}")
    return response.make_conditional(request)  # type: ignore[return-value]


@pages.route("/charts/<round_code>/<level>/<code>/file/<path:name>")
@needs(Action.SEE_CHARTS)
def chart_file(round_code: str, level: str, code: str, name: str) -> AnyResponse | tuple[str, int]:
    """A chart as SVG, PNG or PDF, or its table as CSV. PNG and PDF are drawn on the first request. Files are passed on,
    so those of an outdated build are drawn again before they are served."""
    shown = _read(round_code, level, code)
    manifest = or_404(shown.manifest)
    if shown.page.has_outdated_build:
        return _wait(shown)
    path = published.chart_file(runtime().settings, shown.key, manifest, name)
    if path is None:
        newer, key = or_404(published.find_successor(manifest, name)), shown.key
        return redirect(url_for("charts.chart_file", round_code=key.round, level=key.level, code=key.code, name=newer))
    format_ = path.suffix.removeprefix(".")
    if not path.exists():
        if format_ not in published.ON_REQUEST:
            abort(404)
        chart_id, language, _format = path.name.rsplit(".", 2)
        published.request_drawing(runtime().settings, ChartRequest(shown.key, chart_id, language, format_))
        return _wait(shown)
    mark = translate("mo-phong-", current_language(), "file name") if manifest.simulated else ""
    headers = {
        "Content-Disposition": f'attachment; filename="{code}-{mark}{path.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(path.read_bytes(), content_type=TYPES[format_], headers=headers)


def _wait(shown: LocalityCharts) -> tuple[str, int]:
    """A page that reloads itself until the file is drawn."""
    return render_template("charts/waiting.html", shown=shown, url=_url), 202


def _read(round_code: str, level: str, code: str) -> LocalityCharts:
    """The charts of a locality in the person's area. Requests their drawing where they are not current."""
    round_view = or_404(next((each for each in runtime().round_views.all() if each.code == round_code), None))
    found = or_404(find_locality(runtime().database, round_view, level=level, code=code))
    person = current_person()
    require(person.area is None or person.area.covers(round_view.scheme, found.locality.path))
    key = ChartKey(round_code, level, code)
    page = published.read_page(runtime().settings, key, found.locality.path)
    if not page.is_current:
        published.request_drawing(runtime().settings, ChartRequest(key))
    ancestors = [each for each in found.ancestors if person.area is None or person.area.covers(each.scheme, each.path)]
    return LocalityCharts(round_view, found.locality, ancestors, found.children, key, page)


def _charts(shown: LocalityCharts) -> list[ChartEntry]:
    """Those in the language of the page; in Vietnamese where no charts are drawn in it."""
    charts = shown.manifest.charts if shown.manifest is not None else ()
    drawn = {each.language for each in charts}
    language = current_language() if current_language() in drawn else DEFAULT_LANGUAGE
    return [each for each in charts if each.language == language]


def _by_evidence(shown: LocalityCharts, charts: list[ChartEntry], known: list[str]) -> list[tuple[str, list[Any]]]:
    """The choice of questionnaires: visits and self-reviews apart, each as (id, title)."""
    evidence = {each.questionnaire: each.evidence for each in charts}
    groups = {"visit": _("Khảo sát"), "self_review": _("Tự đánh giá")}
    listed = [(text, [id_ for id_ in known if evidence[id_] == code]) for code, text in groups.items()]
    return [(text, [(id_, shown.round.titles[id_]) for id_ in ids]) for text, ids in listed if ids]


def _figure(shown: LocalityCharts, chart: ChartEntry) -> Figure:
    """The SVG is inlined, so that it uses the page's font and a screen reader finds its title and description. It is
    trusted: the publisher writes it from escaped texts only."""
    folder = shown.key.folder(runtime().settings)
    picture = folder / chart.svg
    svg = Markup(picture.read_text(encoding="utf-8")) if picture.exists() else Markup("")  # noqa: S704
    return Figure(chart, svg, read_table(folder / chart.csv))


def _search(shown: LocalityCharts) -> FoundLocalities | None:
    """The localities that match the search box, in the person's area; None where it is empty."""
    wanted = request.args.get("q", "").strip()
    if not wanted:
        return None
    person = current_person()
    area = person.area.path if person.area is not None else None
    return search_localities(runtime().database, shown.round, wanted, area)


def _url(round_view: RoundView, to: Locality) -> str:
    kept: dict[str, Any] = {"questionnaire": value} if (value := request.args.get("questionnaire")) else {}
    return url_for("charts.locality", round_code=round_view.code, level=to.level, code=to.code, **kept)
