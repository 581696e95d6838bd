"""/charts: what the publisher has drawn, for a locality of a round. Files only: no request counts or draws.

A coordinator sees the own area; the centre sees everything. What is not drawn yet is asked for, and the page waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from survey_server.domain.localities import Locality
from survey_server.domain.people import Action, covers
from survey_server.services import published_charts as published
from survey_server.services.browse_rounds import FoundPlaces, RoundView, find_place, rounds_with_charts, search_places
from survey_server.services.published_charts import Place, Request
from survey_server.web.chart_tables import ReadableTable, read_table
from survey_server.web.language import current_language
from survey_server.web.language import gettext as _
from survey_server.web.permissions import current_person, needs, require, survey

pages = Blueprint("charts", __name__)
SIMULATED = {"vi": "mo-phong-", "en": "simulated-"}  # in the name of a file that is taken away
TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A locality's charts page: what is drawn, whether something newer is on its way, and whether that is because of
    more than new numbers."""

    round: RoundView
    locality: Locality
    way: list[Locality]
    below: list[Locality]
    place: Place
    manifest: dict[str, Any] | None
    is_current: bool
    is_of_older_edition: bool
    issue: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as it stands on the page: its entry of the manifest, picture and table."""

    chart: dict[str, Any]
    svg: Markup
    table: ReadableTable | None


@pages.route("/charts")
@needs(Action.SEE_CHARTS)
def index() -> AnyResponse | str:
    """The newest round, at the locality that the person works for."""
    found = rounds_with_charts(survey().database)
    if not found:
        return render_template("charts/none.html")
    person = current_person()
    newest = found[0]
    if person.area is not None and person.scheme == newest.scheme:
        place = find_place(survey().database, newest, path=person.area)
        if place is not None:
            return redirect(_url(newest, place.locality))
    return redirect(url_for("charts.locality", round_code=newest.code, level="country", code="VN"))


@pages.route("/charts/<round_code>/<level>/<code>")
@needs(Action.SEE_CHARTS)
def locality(round_code: str, level: str, code: str) -> AnyResponse | str:
    shown = _shown(round_code, level, code)
    charts = _charts(shown)
    known = list(dict.fromkeys(each["questionnaire"] for each in charts if each["questionnaire"]))
    chosen = _chosen(charts, known)
    drawn = [each for each in charts if each["questionnaire"] in (chosen, None)]
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
    """What an open page asks every few seconds: which issue is drawn, and whether it is the newest."""
    shown = _shown(round_code, level, code)
    response = jsonify(issue=shown.issue, current=shown.is_current)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{shown.issue}-{shown.is_current}")
    return response.make_conditional(request)  # type: ignore[return-value]


@pages.route("/charts/<round_code>/<level>/<code>/file/<path:name>")
@needs(Action.SEE_CHARTS)
def chart_file(round_code: str, level: str, code: str, name: str) -> AnyResponse | tuple[str, int]:
    """A chart as SVG, PNG, PDF, or its table as CSV. PNG and PDF are drawn when first asked for. Files travel: what the
    program of today would draw otherwise is drawn anew before it is given away."""
    shown = _shown(round_code, level, code)
    if shown.manifest is None:
        abort(404)
    if shown.is_of_older_edition:
        return _wait(shown)
    path = published.chart_file(survey().settings, shown.place, shown.manifest, name)
    if path is None:
        return _same_chart(shown, name)
    form = path.suffix.removeprefix(".")
    if not path.exists():
        if form not in published.ON_REQUEST:
            abort(404)
        chart_id, language, _form = path.name.rsplit(".", 2)
        published.ask_for(survey().settings, Request(shown.place, chart_id, language, form))
        return _wait(shown)
    response = Response(path.read_bytes(), content_type=TYPES[form])
    mark = SIMULATED[current_language()] if shown.manifest.get("simulated") else ""
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{mark}{path.name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _wait(shown: Shown) -> tuple[str, int]:
    """A page that asks again by itself."""
    return render_template("charts/waiting.html", shown=shown, url=_url), 202


def _same_chart(shown: Shown, name: str) -> AnyResponse:
    """To the file that has taken this one's place."""
    newer = published.same_chart(shown.manifest, name) if shown.manifest is not None else None
    if newer is None:
        abort(404)
    place = shown.place
    return redirect(
        url_for("charts.chart_file", round_code=place.round, level=place.level, code=place.code, name=newer)
    )


def _shown(round_code: str, level: str, code: str) -> Shown:
    """The locality, in the person's area; asks for its charts where they are not drawn or not the newest."""
    round_view = next((each for each in rounds_with_charts(survey().database) if each.code == round_code), None)
    if round_view is None:
        abort(404)
    found = find_place(survey().database, round_view, level=level, code=code)
    if found is None:
        abort(404)
    person = current_person()
    require(person.area is None or (person.scheme == round_view.scheme and covers(person.area, found.locality.path)))
    place = Place(round_code, level, code)
    page = published.read_page(survey().settings, place, found.locality.path)
    if not page.is_current:
        published.ask_for(survey().settings, Request(place))
    way = [each for each in found.way if person.area is None or covers(person.area, each.path)]
    return Shown(
        round_view, found.locality, way, found.below, place, page.manifest, page.is_current, page.is_of_older_edition,
        page.issue.name if page.issue is not None else "",
    )  # fmt: skip


def _charts(shown: Shown) -> list[dict[str, Any]]:
    charts = shown.manifest["charts"] if shown.manifest is not None else []
    return [each for each in charts if each["language"] == current_language()]


def _chosen(charts: list[dict[str, Any]], known: list[str]) -> str:
    """The questionnaire asked for; without that, the first that somebody answered here."""
    asked = request.args.get("questionnaire", "")
    answered = [each["questionnaire"] for each in charts if each["questionnaire"] and each["n"] != 0]
    return asked if asked in known else next(iter([*answered, *known]), "")


def _by_evidence(shown: Shown, charts: list[dict[str, Any]], known: list[str]) -> list[tuple[str, list[Any]]]:
    """What is offered to be chosen: visits and self-reviews apart, each with its title."""
    evidence = {each["questionnaire"]: each["evidence"] for each in charts}
    groups = {"visit": _("Khảo sát"), "self_review": _("Tự đánh giá")}
    listed = [(text, [id_ for id_ in known if evidence[id_] == code]) for code, text in groups.items()]
    return [(text, [(id_, shown.round.titles[id_]) for id_ in ids]) for text, ids in listed if ids]


def _figure(shown: Shown, chart: dict[str, Any]) -> Figure:
    return Figure(chart, _svg(shown, chart), read_table(shown.place.folder(survey().settings) / chart["csv"]))


def _svg(shown: Shown, chart: dict[str, Any]) -> Markup:
    """Inline, so that the page's font is used and a screen reader finds title and description. Written by the
    publisher from escaped texts only."""
    path = shown.place.folder(survey().settings) / chart["svg"]
    return Markup(path.read_text(encoding="utf-8")) if path.exists() else Markup("")  # noqa: S704


def _search(shown: Shown) -> FoundPlaces | None:
    """What the search box found, in the person's area; None where nothing was asked."""
    asked = request.args.get("q", "").strip()
    if not asked:
        return None
    person = current_person()
    return search_places(survey().database, shown.round, asked, person.area)


def _url(round_view: RoundView, to: Locality) -> str:
    kept: dict[str, Any] = {"questionnaire": value} if (value := request.args.get("questionnaire")) else {}
    return url_for("charts.locality", round_code=round_view.code, level=to.level, code=to.code, **kept)
