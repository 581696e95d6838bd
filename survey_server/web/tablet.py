"""The tablet's pages: the app shell that works offline, its service worker, and one page a questionnaire version.

These pages are the same for everybody: no cookie, no CSRF token, nothing personal. The scripts fetch the person's
work with the device token and store it on the tablet.
"""

from __future__ import annotations

import re

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from survey_server.domain import Action
from survey_server.questionnaire.model import Questionnaire
from survey_server.web.language import in_every_language, in_language
from survey_server.web.permissions import public, runtime, visitor
from survey_server.web.question_pages import render_questionnaire
from survey_server.web.state import web_state
from survey_server.web.tablet_shell import HOME, page_context

pages = Blueprint("tablet", __name__)

FILL_ENTRY = "fill.js"
INDENTATION = re.compile(r"\s*\n\s*")  # removed: smaller pages parse faster on slow tablets
REVALIDATE = "no-cache"


@pages.route(HOME)
@public
def home() -> Response:
    return _page_response(web_state().shell.home, "text/html; charset=utf-8")


@pages.route("/tablet/sw.js")
@public
def worker() -> Response:
    return _page_response(web_state().shell.worker, "text/javascript; charset=utf-8")


@pages.route("/tablet/q/<questionnaire>/<version>")
@public  # restricted to devices and people who fill in by `_may_fill`
def questionnaire(questionnaire: str, version: str) -> AnyResponse:
    """Show the questions of one version in both languages; redirect to the start page without a token or session."""
    if not _may_fill():
        return redirect(HOME)
    found = runtime().versions.find(questionnaire, version)
    if found is None:
        abort(404)
    response = _page_response(_questionnaire_page(found.questionnaire), "text/html; charset=utf-8")
    response.headers["Survey-Shell"] = web_state().shell.version
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _may_fill() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        device = runtime().devices.identify(token.strip())
        return device is not None and device.can_read and not device.is_revoked
    person = visitor()
    return person is not None and person.may(Action.FILL)


def _questionnaire_page(found: Questionnaire) -> bytes:
    """Rendered once for each version and shell: all tablets of a round request the same few pages."""
    key = (found.sha256, web_state().shell.version)
    return web_state().tablet_pages.get_existing(key, lambda: _render_page(found))


def _render_page(found: Questionnaire) -> bytes:
    form = web_state().form_class(found)(formdata=None, meta={"csrf": False})
    page = render_template(
        "tablet/questionnaire.html",
        **page_context(
            web_state().static_files,
            web_state().shell.version,
            FILL_ENTRY,
            "filling-page",
            {question.type.name for question in found.walk()},
        ),
        questionnaire=found,
        page_title=in_every_language(lambda language: in_language(found.title, language)),
        sections=render_questionnaire(found, mode="tablet", form=form),
    )
    return INDENTATION.sub("\n", page).encode()


def _page_response(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = REVALIDATE
    return response


def register(app: Flask) -> None:
    app.register_blueprint(pages)
