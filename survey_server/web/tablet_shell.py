"""The app shell of the tablet: the files that work offline, under one version."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, normpath

from flask import render_template

from survey_server.i18n import CATALOGUE_DIR
from survey_server.web.static_files import StaticFiles

HOME = "/tablet/"
WORKER = "tablet/worker.js"
SHARED = ("css/base.css", "css/forms.css", "favicon.svg")
FONTS = ("fonts/be-vietnam-pro-regular.woff2", "fonts/be-vietnam-pro-semibold.woff2")
HOME_ENTRY = "home.js"
IMPORTED = re.compile(r'^(?:import|export) .*?from "(\.\.?/[a-z_/]+\.js)";$', re.MULTILINE | re.DOTALL)
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Shell:
    """The files that a tablet caches: version hash, file digests, start page, service worker."""

    version: str
    files: Mapping[str, str]
    home: bytes
    worker: bytes


def build_shell(static_files: StaticFiles) -> Shell:
    names = {name for name in static_files.names if name.startswith("tablet/") and name != WORKER}
    names |= static_files.names & {*SHARED, *FONTS}
    files = {f"/static/{name}": _digest(static_files.content(name)) for name in sorted(names)}
    source = static_files.content(WORKER)
    written = json.dumps(files) + _digest(source) + _digest(_home_page(static_files, "").encode()) + _markup_digest()
    version = _digest(written.encode())[:16]
    page = _home_page(static_files, version).encode()
    files[HOME] = _digest(page)
    head = f"const SHELL = {json.dumps(version)};\nconst FILES = {json.dumps(files)};\n"
    return Shell(version, files, page, head.encode() + source)


def _markup_digest() -> str:
    """Return a digest of the templates and catalogues of questionnaire pages, which must match the shell's scripts."""
    drawn = [*TEMPLATES.glob("questions/*.html"), *TEMPLATES.glob("tablet/*.html"), *CATALOGUE_DIR.glob("*.po")]
    return _digest(b"\0".join(path.read_bytes() for path in sorted(drawn)))


def _home_page(static_files: StaticFiles, version: str) -> str:
    return render_template("tablet/home.html", **page_context(static_files, version, HOME_ENTRY, "home-page"))


def page_context(
    static_files: StaticFiles, version: str, entry: str, kind: str, question_types: Iterable[str] = ()
) -> dict[str, object]:
    """What the layout of a tablet page needs: `version` of the shell, the entry script and the modules to preload: what
    it imports, and the modules of the question types on the page."""
    types = {f"types/{name}.js" for name in question_types}
    modules = sorted(types.union(*(_imported_modules(static_files, name) for name in (entry, *types))))
    return {"shell": version, "entry": entry, "modules": modules, "kind": kind}


def _imported_modules(static_files: StaticFiles, entry: str) -> set[str]:
    """Return the modules that a script imports, directly or not."""
    found: set[str] = set()
    pending = [entry]
    while pending:
        name = pending.pop()
        source = static_files.content(f"tablet/{name}").decode()
        new = {normpath(f"{dirname(name) or '.'}/{each}") for each in IMPORTED.findall(source)} - found
        found |= new
        pending += new
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
