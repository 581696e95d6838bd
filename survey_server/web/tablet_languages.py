"""The languages of the tablet's pages: one script and one style sheet, made from the catalogues."""

from __future__ import annotations

import json

from survey_server.i18n import languages, translations
from survey_server.web.language import language_name
from survey_server.web.numbers import number_pattern


def language_files() -> dict[str, bytes]:
    """{name below /static: content}."""
    return {
        "tablet/translations.js": f"export const CATALOGUES = {_catalogues()};\n".encode(),
        "tablet/languages.css": "".join(map(_style, languages())).encode(),
    }


def _catalogues() -> str:
    """As static/tablet/translations.js describes them."""
    found = {
        code: {"name": language_name(code), "numbers": number_pattern(code), "texts": translations(code, "tablet")}
        for code in languages()
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _style(language: str) -> str:
    """Of a text that stands in the page in every language, show the one that the page is in."""
    return f'html[lang="{language}"] .t:not([lang="{language}"]) {{ display: none; }}\n'
