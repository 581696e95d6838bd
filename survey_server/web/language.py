"""The language of a request, and texts, days, instants and figures as a page shows them in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from flask import Flask, current_app, g, has_request_context, request
from markupsafe import Markup

from survey_server.clock import VIETNAM
from survey_server.i18n import DEFAULT_LANGUAGE, Message, languages, translate
from survey_server.web.numbers import format_number

LANGUAGE_COOKIE = "survey_language"


def gettext(text: str, **parts: object) -> str:
    """The text in the language of this request; `{name}` in it is filled in from `parts`."""
    return Message(text, **parts).text(current_language())


def current_language() -> str:
    """The language asked for by `?lang=`, else the one kept in the cookie, else the server's."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    if "language" not in g:
        asked = request.args.get("lang", "")
        kept = request.cookies.get(LANGUAGE_COOKIE, "")
        g.language = next((code for code in (asked, kept) if code in languages()), default_language())
    return str(g.language)


def default_language() -> str:
    return str(current_app.config.get("SURVEY_LANGUAGE", DEFAULT_LANGUAGE))


def language_name(language: str) -> str:
    """What a language calls itself."""
    return translate("Tiếng Việt", language, "this language")


def in_language(text: Mapping[str, str], language: str | None = None) -> str:
    """A text of a questionnaire in a language; where that is missing, in any language that it has."""
    wanted = language or current_language()
    return text.get(wanted) or text.get(DEFAULT_LANGUAGE) or next(iter(text.values()), "")


def in_every_language(text_in: Callable[[str], str]) -> Markup:
    """A text in all languages, for pages without network; the style sheet shows one. `text_in`: language → text."""
    return Markup("").join(
        Markup('<span class="t" lang="{}">{}</span>').format(code, text_in(code)) for code in languages()
    )


def shown_day(day: str) -> str:
    """An ISO day as the language of the page writes it: 05/06/2012, 5 June 2012."""
    return gettext("{date:%d/%m/%Y}", date=date.fromisoformat(day[:10]))


def shown_instant(instant: str) -> str:
    """An instant of the database in Vietnamese time."""
    moment = datetime.fromisoformat(instant).astimezone(VIETNAM)
    return gettext("{time:%H:%M} ngày {day}", time=moment, day=shown_day(moment.date().isoformat()))


def shown_figure(number: float) -> str:
    """1500 as "1.500" or "1,500"."""
    return format_number(number, current_language())


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        _=gettext, in_language=in_language, current_language=current_language, languages=languages,
        language_name=language_name, in_all_languages=lambda text: in_every_language(Message(text).text),
    )  # fmt: skip
    app.jinja_env.filters.update(day=shown_day, instant=shown_instant, figure=shown_figure)
