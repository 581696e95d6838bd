"""/monitor: progress of a round in the reader's area, level by level."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from flask import Blueprint, render_template, request

from survey_server.clock import now_in_vietnam
from survey_server.domain import COUNTRY_CODE, Action
from survey_server.services.browse_rounds import find_locality, newest_for
from survey_server.services.track_progress import Progress, list_progress
from survey_server.web.language import gettext as _
from survey_server.web.permissions import current_person, needs, or_404, require, runtime

pages = Blueprint("monitor", __name__)
OWN_LEVEL = {
    "country": "Cấp Trung ương: {name}",
    "province": "Cấp tỉnh: {name}",
    "district": "Cấp huyện: {name}",
    "commune": "Cấp xã: {name}",
}
OWN_OTHER_LEVEL = "Riêng cấp này: {name}"  # schemes may define further levels


def percent(done: int, target: int) -> int:
    """Return done / target in per cent, rounded half up as on the charts."""
    return (200 * done + target) // (2 * target)


def row_name(row: Progress) -> str:
    """Return the label of a row; a row of the locality's own level names that level, since the plain name means the
    whole locality."""
    if not row.own:
        return row.locality.name
    return _(OWN_LEVEL.get(row.locality.level, OWN_OTHER_LEVEL), name=row.locality.name)


@pages.route("/monitor")
@needs(Action.MONITOR)
def overview() -> str:
    """Show progress of the newest round with the reader's area (or of `?round=`), below a locality of that area
    (`?area=`, a path)."""
    known, person = runtime().round_views.all(), current_person()
    if known and person.areas == ():
        return render_template("monitor/overview.html", round=known[0], locality=None)
    chosen = newest_for(person, known)
    if asked := request.args.get("round"):
        chosen = or_404(next((each for each in known if each.code == asked), None))
    if chosen is None:
        return render_template("monitor/overview.html", round=None)
    area = request.args.get("area") or (person.area.path if person.area is not None else COUNTRY_CODE)
    require(person.works_at(chosen.scheme, area))
    found = or_404(find_locality(runtime().database, chosen, path=area))
    now = datetime.fromisoformat(now_in_vietnam())
    rows = list_progress(runtime().database, runtime().versions, person, chosen.code, area, now)
    by_locality = groupby((each for each in rows if each.target), lambda each: each.locality)
    return render_template(
        "monitor/overview.html",
        round=chosen,
        locality=found.locality,
        ancestors=[each for each in found.ancestors if person.works_at(each.scheme, each.path)],
        localities=[list(rows) for _locality, rows in by_locality],
        percent=percent,
        row_name=row_name,
    )
