"""/charts: the drawn charts of a locality in a round. Pages are joined from drawn files; no request tallies or draws.

The centre sees everything; coordinators see their own area, of the localities above it these alone, and of what people
answered only what docs/analysis.md says. A page whose charts are not drawn yet requests them and polls until they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_server.clock import now_in_vietnam
from survey_server.deflated import DeflatedPart
from survey_server.domain import ALL_QUESTIONNAIRES, COORDINATOR, Action, ChartBundle, ChartKey, ChartRequest, Locality
from survey_server.i18n import DEFAULT_LANGUAGE, translate
from survey_server.services import published_charts as published
from survey_server.services.browse_rounds import (
    FoundLocalities,
    RoundView,
    find_locality,
    newest_for,
    search_localities,
)
from survey_server.services.chart_bundles import UnreadableBundleError, read_member, read_page_part
from survey_server.services.published_charts import ChartEntry, ChartPage
from survey_server.web.language import current_language, gettext as _
from survey_server.web.permissions import current_person, needs, or_404, require, runtime
from survey_server.web.ready_parts import READY_PARTS, join_parts

pages = Blueprint("charts", __name__)
TYPES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class LocalityCharts:
    """The charts page of a locality; `ancestors` and `below` are the localities that it links to; `people_note`: why
    there are no charts about people, "" where there are or that needs no word."""

    round: RoundView
    locality: Locality
    ancestors: list[Locality]
    below: list[Locality]
    key: ChartKey
    page: ChartPage
    people_note: str


@pages.route("/charts")
@needs(Action.SEE_CHARTS)
def index() -> AnyResponse | str:
    """The newest round with the person's own locality, there."""
    found = runtime().round_views.all()
    if not found:
        return render_template("charts/none.html")
    person = current_person()
    newest = newest_for(person, found) or found[0]
    if person.area is not None and person.area.scheme == newest.scheme:
        own = find_locality(runtime().database, newest, path=person.area.path)
        if own is not None:
            return redirect(_url(newest, own.locality))
    return redirect(url_for("charts.locality", round_code=newest.code, level="country", code="VN"))


@pages.route("/charts/<round_code>/<level>/<code>")
@needs(Action.SEE_CHARTS)
def locality(round_code: str, level: str, code: str) -> AnyResponse:
    shown = _read(round_code, level, code, with_charts=False)
    bundles = _bundles(shown.page)
    known = [each for each in bundles if each.questionnaire != ALL_QUESTIONNAIRES and each.sha256]
    wanted = request.args.get("questionnaire", "")
    # The questionnaire in the query; without one, the first that has responses here.
    ordered = sorted(known, key=lambda each: (each.questionnaire != wanted, not each.is_answered))
    chosen = ordered[0].questionnaire if ordered else ALL_QUESTIONNAIRES
    parts = _page_parts(shown, [each for each in bundles if each.questionnaire in (chosen, ALL_QUESTIONNAIRES)])
    page = render_template(
        "charts/locality.html",
        shown=shown,
        version=shown.page.version if parts is not None else "",
        has_charts=bool(parts),
        questionnaires=_by_evidence(shown, known),
        chosen=chosen,
        url=_url,
        found=_search(shown),
        ready_parts=READY_PARTS,
    )
    return join_parts(page, parts or [])


@pages.route("/charts/<round_code>/<level>/<code>/state")
@needs(Action.SEE_CHARTS)
def state(round_code: str, level: str, code: str) -> Response:
    """Polled by an open page: the version that is drawn, and whether it is the newest."""
    page = _read(round_code, level, code, with_charts=False).page
    response = jsonify(version=page.version, current=page.is_current)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{page.version}-{page.is_current}")
    return response.make_conditional(request)  # type: ignore[return-value]


@pages.route("/charts/<round_code>/<level>/<code>/manifest.json")
@needs(Action.SEE_CHARTS)
def manifest(round_code: str, level: str, code: str) -> Response:
    """The charts that are drawn, with the names of their files."""
    shown = _read(round_code, level, code)
    or_404(shown.page.drawn)
    return jsonify(published.manifest_json(shown.key, shown.page))


@pages.route("/charts/<round_code>/<level>/<code>/file/<path:name>")
@needs(Action.SEE_CHARTS)
def chart_file(round_code: str, level: str, code: str, name: str) -> AnyResponse | tuple[str, int]:
    """A chart as SVG, PNG or PDF, or its table as CSV. PNG and PDF are drawn on the first request. Files are passed on,
    so those of an outdated build are drawn again before they are served."""
    shown = _read(round_code, level, code)
    drawn = or_404(shown.page.drawn)
    if shown.page.has_outdated_build:
        return _wait(shown)
    found = published.find_file(shown.page, name)
    if found is None:
        newer, key = or_404(published.find_successor(shown.page, name)), shown.key
        return redirect(url_for("charts.chart_file", round_code=key.round, level=key.level, code=key.code, name=newer))
    content = _read_file(shown, *found, name)
    if content is None:
        return _wait(shown)
    mark = translate("mo-phong-", current_language(), "file name") if drawn.simulated else ""
    _folder, _slash, file = name.rpartition("/")
    headers = {
        "Content-Disposition": f'attachment; filename="{code}-{mark}{file}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, content_type=TYPES[file.rpartition(".")[2]], headers=headers)


def _read_file(shown: LocalityCharts, bundle: ChartBundle, entry: ChartEntry, name: str) -> bytes | None:
    """The content of a chart's file. Requests its drawing, and returns None, where it is not there."""
    _folder, _slash, file = name.rpartition("/")
    format_ = file.rpartition(".")[2]
    try:
        if format_ not in published.ON_REQUEST:
            return read_member(runtime().chart_blobs, bundle.sha256, file)
        picture = published.find_picture(runtime().database, bundle, file)
        if picture is not None:
            with runtime().chart_blobs.open(picture.sha256) as content:
                return content.read()
    except UnreadableBundleError:
        published.request_drawing(runtime().database, ChartRequest(shown.key))
        return None
    except OSError:  # the picture cannot be read: it is drawn again
        pass
    published.request_drawing(runtime().database, ChartRequest(shown.key, entry.id, entry.language, format_))
    return None


def _wait(shown: LocalityCharts) -> tuple[str, int]:
    """A page that reloads itself until the file is drawn."""
    return render_template("charts/waiting.html", shown=shown, url=_url), 202


def _read(round_code: str, level: str, code: str, *, with_charts: bool = True) -> LocalityCharts:
    """The charts of a locality that the person may see. Requests their drawing where they are not current."""
    round_view = or_404(next((each for each in runtime().round_views.all() if each.code == round_code), None))
    found = or_404(runtime().round_views.find_locality(round_view, level, code))
    person = current_person()
    audience = published.audience_of(person, found.locality)
    require(audience is not None)
    key = ChartKey(round_code, level, code)
    is_released = round_view.is_released(now_in_vietnam()[:10])
    page = published.read_page(
        runtime().database, key, found.locality.path, audience or "", is_released=is_released, with_charts=with_charts
    )
    if not page.is_current:
        published.request_drawing(runtime().database, ChartRequest(key))
    ancestors, below = (
        [each for each in some if published.audience_of(person, each) is not None]
        for some in (found.ancestors, found.children)
    )
    notes = _people_note(round_view, page, is_released=is_released) if audience in published.COORDINATORS else ""
    return LocalityCharts(round_view, found.locality, ancestors, below, key, page, notes)


def _people_note(round_view: RoundView, page: ChartPage, *, is_released: bool) -> str:
    """What a coordinator reads in place of charts about people."""
    if not round_view.asks_people or any(each.audience == COORDINATOR and each.questionnaire for each in page.bundles):
        return ""
    if not is_released:
        return _("Kết quả ý kiến người dân công bố khi kết thúc đợt.")
    return _("Ở đây không công bố ý kiến người dân, cán bộ.")


def _bundles(page: ChartPage) -> list[ChartBundle]:
    """Those in the language of the page, in its order; in Vietnamese where no charts are drawn in that language."""
    drawn = {each.language for each in page.bundles if each.sha256}
    language = current_language() if current_language() in drawn else DEFAULT_LANGUAGE
    return [each for each in page.bundles if each.language == language]


def _page_parts(shown: LocalityCharts, bundles: list[ChartBundle]) -> list[DeflatedPart] | None:
    """The page's parts with these charts; None before anything is drawn, and where a file cannot be read: then all are
    requested again."""
    if shown.page.drawn is None:
        return None
    try:
        parts = [read_page_part(runtime().chart_blobs, each) for each in bundles]
    except UnreadableBundleError:
        published.request_drawing(runtime().database, ChartRequest(shown.key))
        return None
    return [each for each in parts if each is not None]


def _by_evidence(shown: LocalityCharts, known: list[ChartBundle]) -> list[tuple[str, list[Any]]]:
    """The choice of questionnaires: visits and self-reviews apart, each as (id, title)."""
    groups = {"visit": _("Khảo sát"), "self_review": _("Tự đánh giá")}
    listed = [(text, [each.questionnaire for each in known if each.evidence == code]) for code, text in groups.items()]
    return [(text, [(id_, shown.round.titles[id_]) for id_ in dict.fromkeys(ids)]) for text, ids in listed if ids]


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
