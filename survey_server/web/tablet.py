"""The tablet's pages: the app shell that works offline, its service worker, and one page a questionnaire version.

These pages are the same for everybody: no cookie, no CSRF token, nothing personal. The scripts fetch the person's
work with the device token and store it on the tablet.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from survey_server.domain.people import Action
from survey_server.i18n import CATALOGUE_DIR
from survey_server.questionnaire.model import Questionnaire
from survey_server.services.find_questionnaire import find_questionnaire
from survey_server.services.identify_device import identify
from survey_server.web.assets import Assets
from survey_server.web.language import in_every_language, in_language
from survey_server.web.permissions import public, survey, visitor
from survey_server.web.question_fields import form_class
from survey_server.web.question_pages import render_questionnaire

pages = Blueprint("tablet", __name__)

HOME = "/tablet/"
WORKER = "tablet/worker.js"
SHARED = ("css/base.css", "css/forms.css", "favicon.svg")
FONTS = ("fonts/be-vietnam-pro-regular.woff2", "fonts/be-vietnam-pro-semibold.woff2")
HOME_ENTRY = "home.js"
FILL_ENTRY = "fill.js"
IMPORTED = re.compile(r'^(?:import|export) .*?from "\./([a-z_]+\.js)";$', re.MULTILINE | re.DOTALL)
INDENTATION = re.compile(r"\s*\n\s*")  # removed: smaller pages parse faster on slow tablets
REVALIDATE = "no-cache"
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Shell:
    """The files that a tablet caches: version hash, file digests, start page, service worker."""

    version: str
    files: Mapping[str, str]
    home: bytes
    worker: bytes


@pages.route(HOME)
@public
def home() -> Response:
    return _page_response(current_shell().home, "text/html; charset=utf-8")


@pages.route("/tablet/sw.js")
@public
def worker() -> Response:
    return _page_response(current_shell().worker, "text/javascript; charset=utf-8")


@pages.route("/tablet/q/<questionnaire>/<version>")
@public  # restricted to devices and people who fill in by `_may_fill`
def questionnaire(questionnaire: str, version: str) -> AnyResponse:
    """Show the questions of one version in both languages; redirect to the start page without a token or session."""
    if not _may_fill():
        return redirect(HOME)
    found = find_questionnaire(survey().database, questionnaire, version)
    if found is None:
        abort(404)
    response = _page_response(_questionnaire_page(found), "text/html; charset=utf-8")
    response.headers["Survey-Shell"] = current_shell().version
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _may_fill() -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        device = identify(survey().database, token.strip())
        return device is not None and device.can_read and not device.revoked
    person = visitor()
    return person is not None and person.may(Action.FILL)


_PAGES: dict[tuple[str, str], bytes] = {}


def _questionnaire_page(found: Questionnaire) -> bytes:
    """Render once a process for each version and shell; all tablets of a round request the same few pages."""
    key = (found.sha256, current_shell().version)
    if key not in _PAGES:
        _PAGES[key] = _render_page(found)
    return _PAGES[key]


def _render_page(found: Questionnaire) -> bytes:
    form = form_class(found)(formdata=None, meta={"csrf": False})
    page = render_template(
        "tablet/questionnaire.html",
        **_page_context(current_shell().version, FILL_ENTRY, "filling-page"),
        questionnaire=found,
        page_title=in_every_language(lambda language: in_language(found.title, language)),
        sections=render_questionnaire(found, mode="tablet", form=form),
    )
    return INDENTATION.sub("\n", page).encode()


def current_shell() -> Shell:
    """Return the shell, built once a process on first use."""
    kept = current_app.extensions.get("survey_tablet_shell")
    if kept is None:
        kept = current_app.extensions["survey_tablet_shell"] = _build_shell()
    return cast(Shell, kept)


def _build_shell() -> Shell:
    files = {f"/static/{name}": _digest(path.read_bytes()) for name, path in sorted(_shell_files().items())}
    source = _assets().files[WORKER].read_bytes()
    written = json.dumps(files) + _digest(source) + _digest(_home_page("").encode()) + _markup_digest()
    version = _digest(written.encode())[:16]
    page = _home_page(version).encode()
    files[HOME] = _digest(page)
    head = f"const SHELL = {json.dumps(version)};\nconst FILES = {json.dumps(files)};\n"
    return Shell(version, files, page, head.encode() + source)


def _shell_files() -> dict[str, Path]:
    known = _assets().files
    names = {name for name in known if name.startswith("tablet/") and name != WORKER}
    return {name: known[name] for name in {*names, *SHARED, *FONTS} if name in known}


def _markup_digest() -> str:
    """Return a digest of the templates and catalogues of questionnaire pages, which must match the shell's scripts."""
    drawn = [*TEMPLATES.glob("questions/*.html"), *TEMPLATES.glob("tablet/*.html"), *CATALOGUE_DIR.glob("*.po")]
    return _digest(b"\0".join(path.read_bytes() for path in sorted(drawn)))


def _home_page(version: str) -> str:
    return render_template("tablet/home.html", **_page_context(version, HOME_ENTRY, "home-page"))


def _page_context(version: str, entry: str, kind: str) -> dict[str, object]:
    return {"shell": version, "entry": entry, "modules": sorted(_imported_modules(entry)), "kind": kind}


def _imported_modules(entry: str) -> set[str]:
    """Return the modules that an entry script imports, directly or not, to be preloaded together."""
    found: set[str] = set()
    pending = [entry]
    while pending:
        source = _assets().files[f"tablet/{pending.pop()}"].read_text(encoding="utf-8")
        new = set(IMPORTED.findall(source)) - found
        found |= new
        pending += new
    return found


def _page_response(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = REVALIDATE
    return response


def _assets() -> Assets:
    return cast(Assets, current_app.extensions["survey_assets"])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def register(app: Flask) -> None:
    app.register_blueprint(pages)
