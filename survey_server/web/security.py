"""Headers of every answer, and the two checks against forged requests: the Origin and a token in each form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, abort, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from survey_server.web.permissions import DEVICE, View, permission_of
from survey_server.web.typed_again import typed_again_page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self)"),
    ("Cache-Control", "no-store"),
)
TWO_YEARS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
_OURS = tuple((name.lower(), name, value) for name, value in HEADERS)
_OVER_TLS = tuple((name.lower(), name, value) for name, value in (*HEADERS, TWO_YEARS))
MAX_NUMBER = 2**31 - 1  # what PostgreSQL's integer holds
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def shows_form_again(view: View) -> View:
    """Mark a view that draws its own form again where the token is missing or wrong (`forged()`)."""
    cast(Any, view).shows_form_again = True
    return view


def forged() -> bool:
    """Whether this request came without the token of a form; then nothing may be written."""
    return bool(g.get("forged", False))


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _refuse_unreadable() -> None:
    """No text holds U+0000, and no row of ours has a number that a database does not take."""
    if any(isinstance(value, int) and value > MAX_NUMBER for value in (request.view_args or {}).values()):
        abort(404)
    if permission_of(request.endpoint) == DEVICE:
        sent = [request.path]
    else:
        sent = [request.path, *_texts(request.args), *_texts(request.form)]
    if any("\0" in text for text in sent):
        abort(400)


def _texts(sent: MultiDict[str, str]) -> Iterator[str]:
    return (text for pair in sent.items(multi=True) for text in pair)


def _refuse_forged() -> tuple[str, int] | None:
    if request.method in SAFE_METHODS or request.endpoint is None or permission_of(request.endpoint) == DEVICE:
        return None
    if not _from_here():
        abort(403)
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        g.forged = True
        return None if _draws_itself() else (typed_again_page(), 400)
    g.csrf_valid = True
    return None


def _draws_itself() -> bool:
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "shows_form_again", False))


def _from_here() -> bool:
    """Whether the browser says that the request comes from our own pages; silence is left to the token.

    Under `Referrer-Policy: no-referrer` browsers write `Origin: null` on our own forms; Sec-Fetch-Site is then right.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return True
    return urlsplit(origin).netloc == request.host


class Protected:
    """The application, with our headers on each of its answers that does not bear its own.

    Around Flask, not in it: werkzeug examines each header that is added, and these are the same on every answer.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        ours = _OVER_TLS if environ.get("wsgi.url_scheme") == "https" else _OURS

        def begin(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            there = {name.lower(): value for name, value in headers}
            missing = [(name, value) for key, name, value in ours if key not in there]
            return start(status, _for_one_person(headers, there) + missing, *failure)

        return self._app(environ, begin)


def _for_one_person(headers: list[tuple[str, str]], there: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is not public depends on who asks: whoever keeps it must not give it to another."""
    varies = there.get("vary", "")
    if "public" in there.get("cache-control", "") or "Cookie" in varies:
        return headers
    kept = [each for each in headers if each[0].lower() != "vary"]
    return [*kept, ("Vary", f"{varies}, Cookie" if varies else "Cookie")]


class FormSession(SecureCookieSessionInterface):
    """What Flask itself keeps in a cookie: the key of the forms. Over HTTPS that cookie stays on HTTPS, too."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Devices have tokens and send no cookies: making the reader of one for each upload costs a tenth of it."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name


def register(app: Flask) -> None:
    app.session_interface = FormSession()
    app.before_request(_refuse_unreadable)
    app.before_request(_refuse_forged)
    app.wsgi_app = Protected(app.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask's own way
    app.jinja_env.globals["csrf_field"] = csrf_field
