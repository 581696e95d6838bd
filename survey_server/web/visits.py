"""/visits: the survey teams' visits and the open work of each."""

from __future__ import annotations

from flask import Blueprint, render_template

from survey_server.domain import Action
from survey_server.services.list_visits import visits_for
from survey_server.web.navigation import asked_turn_by_text
from survey_server.web.permissions import current_person, needs, runtime

pages = Blueprint("visits", __name__)


@pages.route("/visits")
@needs(Action.MANAGE_VISITS)
def list_visits() -> str:
    titles = {id_: title for each in runtime().round_views.all() for id_, title in each.titles.items()}
    page = visits_for(runtime().database, current_person(), asked_turn_by_text())
    return render_template("visits/list.html", visits=page.rows, page=page, titles=titles)
