"""The tablet's pages: the app shell that works offline, its service worker, and one page a questionnaire version.

These pages are the same for everybody: no cookie, no CSRF token, nothing personal. The scripts fetch the person's
work with the device token and store it on the tablet.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from survey_server.domain import Action
from survey_server.questionnaire.model import Questionnaire
from survey_server.web.language import in_every_language, in_language
from survey_server.web.permissions import or_404, public, runtime, visitor
from survey_server.web.question_pages import render_questionnaire
from survey_server.web.state import web_state
from survey_server.web.tablet_shell import HOME, page_context

pages = Blueprint("tablet", __name__)

FILL_ENTRY = "fill.js"
INDENTATION = re.compile(r"\s*\n\s*")  # removed: smaller pages parse faster on slow tablets
HTML = "text/html; charset=utf-8"
REVALIDATE = {"Cache-Control": "no-cache"}


@pages.route(HOME)
@public
def home() -> Response:
    return Response(web_state().shell.home, content_type=HTML, headers=REVALIDATE)


@pages.route("/tablet/sw.js")
@public
def worker() -> Response:
    return Response(web_state().shell.worker, content_type="text/javascript; charset=utf-8", headers=REVALIDATE)


@pages.route("/tablet/q/<questionnaire>/<version>")
@public  # restricted to devices and people who fill in by `_may_fill`
def questionnaire(questionnaire: str, version: str) -> AnyResponse:
    """Show the questions of one version in both languages; redirect to the start page without a token or session."""
    if not _may_fill():
        return redirect(HOME)
    found = or_404(runtime().versions.find(questionnaire, version)).questionnaire
    shell = web_state().shell.version
    # Rendered once for each version and shell: all tablets of a round request the same few pages.
    page = web_state().tablet_pages.get_existing((found.sha256, shell), lambda: _render_page(found, shell))
    headers = {"Survey-Shell": shell, "Cache-Control": "private, no-cache"}
    return Response(page, content_type=HTML, headers=headers)


def _may_fill() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        device = runtime().devices.identify(token.strip())
        return device is not None and device.can_read and not device.is_revoked
    person = visitor()
    return person is not None and person.may(Action.FILL)


def _render_page(found: Questionnaire, shell: str) -> bytes:
    form = web_state().form_class(found)(formdata=None, meta={"csrf": False})
    page = render_template(
        "tablet/questionnaire.html",
        **page_context(
            web_state().static_files,
            shell,
            FILL_ENTRY,
            "filling-page",
            {question.type.name for question in found.walk()},
        ),
        questionnaire=found,
        page_title=in_every_language(lambda language: in_language(found.title, language)),
        sections=render_questionnaire(found, mode="tablet", form=form),
    )
    return INDENTATION.sub("\n", page).encode()
