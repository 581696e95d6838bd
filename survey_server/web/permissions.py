"""Who may open which page. Every view declares its permission; a view without one is closed to everybody.

`needs(Action.X)`, `signed_in` and `public` mark a view; DEVICE marks views of the device API, which checks the
tablet's token itself. The area is taken from the object that a page shows, never from the request (`require`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, request

from survey_server.domain import Action, Person
from survey_server.runtime import Runtime
from survey_server.services import sign_in
from survey_server.services.outage_sessions import is_outage_token, person_of_outage_token

PUBLIC = "public"
SIGNED_IN = "signed_in"
DEVICE = "device"
View = TypeVar("View", bound=Callable[..., Any])
Found = TypeVar("Found")


def needs(*actions: Action) -> Callable[[View], View]:
    """Admit people who may do one of these actions."""
    return lambda view: _mark(view, frozenset(actions))


def public(view: View) -> View:
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Admit everyone who is signed in, whatever the role."""
    return _mark(view, SIGNED_IN)


def _mark(view: View, permission: object) -> View:
    cast(Any, view).permission = permission
    return view


def permission_of(endpoint: str | None) -> object | None:
    """Return the permission that an endpoint's view declares; None where it declares none."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "permission", None) or getattr(getattr(view, "view_class", None), "permission", None)


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["survey_runtime"])


def visitor() -> Person | None:
    """Return who is signed in, or None; looked up once a request."""
    if "visitor" not in g:
        token = request.cookies.get(session_cookie())
        g.visitor = _person_of_token(token) if token else None
    return cast("Person | None", g.visitor)


def _person_of_token(token: str) -> Person | None:
    if is_outage_token(token):
        return person_of_outage_token(runtime().database, runtime().settings.secret_key, token)
    return sign_in.person_of_session(runtime().database, token)


def current_person() -> Person:
    """Return who is signed in; abort with 401 otherwise."""
    person = visitor()
    if person is None:
        abort(401)
    return person


def require(condition: bool, code: int = 403) -> None:
    """Abort unless the condition holds; for checks that depend on the object shown."""
    if not condition:
        abort(code)


def or_404(found: Found | None) -> Found:
    """What was looked up; abort with 404 where there is none."""
    if found is None:
        abort(404)
    return found


def session_cookie() -> str:
    """Return the cookie's name; over HTTPS its `__Host-` prefix binds it to this host and to HTTPS."""
    return "__Host-survey_session" if request.is_secure else "survey_session"
