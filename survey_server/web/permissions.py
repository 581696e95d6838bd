"""Who may open which page. Every view names its permission; a view without one is closed to everybody.

`needs(Action.X)` and `public` mark a view; `DEVICE` marks the views of the device API, which asks for a tablet's
token itself. Where: the area comes from the object that a page shows, never from the request (`require`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, request

from survey_server.domain.people import Action, Person
from survey_server.services import sign_in
from survey_server.services.survey import Survey

PUBLIC = "public"
SIGNED_IN = "signed_in"
DEVICE = "device"
View = TypeVar("View", bound=Callable[..., Any])


def needs(*actions: Action) -> Callable[[View], View]:
    """Open a view to people who may do one of these."""
    return lambda view: _mark(view, frozenset(actions))


def public(view: View) -> View:
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Open a view to everyone who signed in, whatever the role."""
    return _mark(view, SIGNED_IN)


def _mark(view: View, permission: object) -> View:
    cast(Any, view).permission = permission
    return view


def permission_of(endpoint: str | None) -> object | None:
    """What the view behind an endpoint asks for; None where it names nothing."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "permission", None) or getattr(getattr(view, "view_class", None), "permission", None)


def survey() -> Survey:
    return cast(Survey, current_app.extensions["survey"])


def visitor() -> Person | None:
    """Who signed in, None for nobody. Asked once a request."""
    if "visitor" not in g:
        token = request.cookies.get(session_cookie())
        g.visitor = sign_in.person_of_session(survey().database, token) if token else None
    return cast("Person | None", g.visitor)


def current_person() -> Person:
    """Who signed in; on pages that need that."""
    person = visitor()
    if person is None:
        abort(401)
    return person


def require(condition: bool, code: int = 403) -> None:
    """Go on only where the condition holds; for what depends on the object shown."""
    if not condition:
        abort(code)


def session_cookie() -> str:
    """Over HTTPS the name binds the cookie to this host and to HTTPS."""
    return "__Host-survey_session" if request.is_secure else "survey_session"
