"""/questionnaires: published questionnaires to read, and the YAML of each version."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from survey_server.domain import Action
from survey_server.web.language import current_language
from survey_server.web.permissions import needs, or_404, runtime
from survey_server.web.question_pages import render_questionnaire
from survey_server.web.state import web_state

pages = Blueprint("questionnaires", __name__)


@pages.route("/questionnaires")
@needs(Action.SEE_QUESTIONNAIRES)
def list_questionnaires() -> str:
    return render_template("questionnaires/list.html", published=runtime().versions.all())


@pages.route("/questionnaires/<id_>/<version>")
@needs(Action.SEE_QUESTIONNAIRES)
def show_questionnaire(id_: str, version: str) -> str:
    """Show all questions of a version, to read and to print."""
    found = or_404(runtime().versions.find(id_, version))
    form = web_state().form_class(found.questionnaire)(formdata=None, meta={"csrf": False})
    drawn = render_questionnaire(found.questionnaire, language=current_language(), form=form)
    return render_template("questionnaires/one.html", ready=found, questions=drawn)


@pages.route("/questionnaires/<id_>/<version>.yaml")
@needs(Action.SEE_QUESTIONNAIRES)
def download_yaml(id_: str, version: str) -> Response:
    found = or_404(runtime().versions.find(id_, version))
    return Response(
        found.published.source,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{id_}-{version}.yaml"'},
    )
