"""The languages of the pages: Vietnamese as written in the code, English from one .po file a room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, has_request_context, request

from survey_server.clock import VIETNAM
from survey_server.web.numbers import format_number

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES = ("vi", "en")
DEFAULT = "vi"
COOKIE = "survey_language"
A_YEAR = 365 * 24 * 3600


def gettext(text: str, **parts: object) -> str:
    """The text in the language of this request; `{name}` in it is filled in from `parts`."""
    return translate(text, current_language(), **parts)


def translate(text: str, language: str, **parts: object) -> str:
    """The text in a named language. A text without a translation stays Vietnamese."""
    found = catalogue(language).get(text, text)
    return found.format(**parts) if parts else found


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every translation into `language`: {text in the code: text in the language}."""
    from babel.messages.pofile import read_po

    texts: dict[str, str] = {}
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        with path.open("rb") as file:
            messages = read_po(file, locale=language, abort_invalid=True)
        texts.update({str(message.id): str(message.string) for message in messages if message.id and message.string})
    return texts


def current_language() -> str:
    """The language asked for by `?lang=`, else the one kept in the cookie, else Vietnamese."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        asked = request.args.get("lang", "")
        kept = request.cookies.get(COOKIE, "")
        g.language = next((code for code in (asked, kept) if code in LANGUAGES), default_language())
    return str(g.language)


def default_language() -> str:
    from flask import current_app

    return str(current_app.config.get("SURVEY_LANGUAGE", DEFAULT))


def in_language(text: Mapping[str, str], language: str | None = None) -> str:
    """A text of a questionnaire in a language; where that is missing, in any language that it has."""
    wanted = language or current_language()
    return text.get(wanted) or text.get(DEFAULT) or next(iter(text.values()), "")


def shown_day(day: str) -> str:
    """An ISO day as it is written in the language of the page: 05/06/2012, 5 June 2012."""
    known = date.fromisoformat(day[:10])
    return f"{known:%d/%m/%Y}" if current_language() == "vi" else f"{known.day} {known:%B %Y}"


def shown_instant(instant: str) -> str:
    """An instant of the database in Vietnamese time."""
    moment = datetime.fromisoformat(instant).astimezone(VIETNAM)
    return f"{moment:%H:%M} {_on(current_language())} {shown_day(moment.date().isoformat())}"


def shown_figure(number: float) -> str:
    """1500 as "1.500" or "1,500"."""
    return format_number(number, current_language())


def _on(language: str) -> str:
    return "ngày" if language == "vi" else "on"


def keep_language(response: Response) -> Response:
    """Remember the language of the switch for a year."""
    if request.query_string and request.args.get("lang", "") in LANGUAGES:
        response.set_cookie(
            COOKIE, current_language(), max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response


class FormTranslations:
    """WTForms' own messages: Vietnamese from our catalogue, English as WTForms writes them."""

    def gettext(self, text: str) -> str:
        return catalogue("vi").get(text, text) if current_language() == "vi" else text

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(_=gettext, in_language=in_language, current_language=current_language)
    app.jinja_env.filters.update(day=shown_day, instant=shown_instant, figure=shown_figure)
    app.after_request(keep_language)
    for language in LANGUAGES:
        catalogue(language)
