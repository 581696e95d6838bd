"""Parts of every page: the menu by permission, the language and theme switches."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, Response, request

from survey_server.domain import Action
from survey_server.i18n import languages
from survey_server.services.paging import Turn
from survey_server.web.language import LANGUAGE_COOKIE
from survey_server.web.permissions import visitor
from survey_server.web.required_steps import required_page

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "survey_theme"
COOKIE_MAX_AGE = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class MenuEntry:
    action: Action
    path: str
    text: str


MENU = (
    MenuEntry(Action.FILL, "/fill", "Điền phiếu"),
    MenuEntry(Action.UPLOAD, "/tablet/", "Máy tính bảng"),
    MenuEntry(Action.READ_RESPONSE, "/responses", "Phiếu"),
    MenuEntry(Action.MONITOR, "/monitor", "Tiến độ"),
    MenuEntry(Action.SEE_CHARTS, "/charts", "Biểu đồ"),
    MenuEntry(Action.MANAGE_VISITS, "/visits", "Chuyến khảo sát"),
    MenuEntry(Action.SEE_QUESTIONNAIRES, "/questionnaires", "Mẫu phiếu"),
    MenuEntry(Action.SETTLE_QUARANTINE, "/quarantine", "Chờ xử lý"),
    MenuEntry(Action.IMPORT_UNSENT, "/unsent", "Nhập phiếu"),
    MenuEntry(Action.MANAGE_PEOPLE, "/people", "Tài khoản"),
)


def menu() -> list[MenuEntry]:
    person = visitor()
    if person is None or required_page() is not None:
        return []
    return [entry for entry in MENU if person.may(entry.action)]


def is_current(entry: MenuEntry) -> bool:
    return request.path.rstrip("/") == entry.path.rstrip("/") or request.path.startswith(entry.path.rstrip("/") + "/")


def this_page(**changed: str | None) -> str:
    """Return the URL of this page with some query parameters changed; None removes one."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in changed]
    added = [(name, value) for name, value in changed.items() if value is not None]
    return f"{request.path}?{urlencode([*query, *added])}"


def asked_turn() -> Turn[int]:
    """Which page of a list with numbers as keys was asked for."""
    return Turn(request.args.get("after", type=int), request.args.get("before", type=int), _asked_number())


def asked_turn_by_text() -> Turn[str]:
    """The same for a list with texts as keys."""
    return Turn(request.args.get("after") or None, request.args.get("before") or None, _asked_number())


def _asked_number() -> int:
    return max(request.args.get("page", 1, type=int), 1)


def theme() -> str:
    wanted = (request.args.get("theme", ""), request.cookies.get(THEME_COOKIE, ""))
    return next((name for name in wanted if name in THEMES), "auto")


def keep_switches(response: Response) -> None:
    """Remember the language and the theme of the switches for a year."""
    for name, known, cookie in (("lang", languages(), LANGUAGE_COOKIE), ("theme", THEMES, THEME_COOKIE)):
        if (chosen := request.args.get(name, "")) in known:
            response.set_cookie(
                cookie, chosen, max_age=COOKIE_MAX_AGE, secure=request.is_secure, httponly=True, samesite="Lax"
            )


def register(app: Flask) -> None:
    app.jinja_env.globals.update(menu=menu, is_current=is_current, this_page=this_page, theme=theme, THEMES=THEMES)
