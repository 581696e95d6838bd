"""Headers of every response, and the two checks against forged requests: the Origin and a token in each form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, abort, current_app, g, request
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms.validators import ValidationError

from survey_server.web.permissions import View
from survey_server.web.typed_again import typed_again_page

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
_OVER_TLS = (*HEADERS, TWO_YEARS)
_NAMES = frozenset(name.lower() for name, _ in _OVER_TLS)
MAX_NUMBER = 2**31 - 1  # what PostgreSQL's integer holds
DEVICE_API = "/api/"
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


def refuse_unreadable(*texts: str) -> None:
    """Abort where a text holds U+0000, or the path a number that no database column takes."""
    if any(isinstance(value, int) and value > MAX_NUMBER for value in (request.view_args or {}).values()):
        abort(404)
    if any("\0" in text for text in texts):
        abort(400)


def clean_form() -> None:
    """Take U+0000 out of the texts of a form, which can be pasted but not stored: refusing it would lose the rest."""
    if any("\0" in text for text in texts_of(request.form)):
        pairs = ((name.replace("\0", ""), text.replace("\0", "")) for name, text in request.form.items(multi=True))
        request.form = ImmutableMultiDict(list(pairs))


def texts_of(sent: MultiDict[str, str]) -> Iterator[str]:
    return (text for pair in sent.items(multi=True) for text in pair)


def check_forgery() -> tuple[str, int] | None:
    """The page that shows a form again where its token is missing or wrong. Aborts where another site sent it."""
    if request.method in SAFE_METHODS or request.endpoint is None:
        return None
    if not _is_same_origin():
        abort(403)
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValidationError:
        g.forged = True
        view = current_app.view_functions.get(request.endpoint)
        return None if getattr(view, "shows_form_again", False) else (typed_again_page(), 400)
    g.csrf_valid = True
    return None


def _is_same_origin() -> bool:
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


class SecurityHeaders:
    """A WSGI application that adds our headers to each response of `app` that does not set them itself.

    Around Flask, not in it: werkzeug validates each header that is added, and these are the same on every response.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        ours = _OVER_TLS if environ.get("wsgi.url_scheme") == "https" else HEADERS

        def begin(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            present = {name.lower(): value for name, value in headers}
            missing: Iterable[tuple[str, str]] = ours
            if not present.keys().isdisjoint(_NAMES):
                missing = [(name, value) for name, value in ours if name.lower() not in present]
            return start(status, [*_vary_by_cookie(headers, present), *missing], *failure)

        return self._app(environ, begin)


def _vary_by_cookie(headers: list[tuple[str, str]], present: Mapping[str, str]) -> list[tuple[str, str]]:
    """A response that is not public depends on the person: a cache must not give it to another."""
    varies = present.get("vary", "")
    if "public" in present.get("cache-control", "") or "Cookie" in varies:
        return headers
    if not varies:
        return [*headers, ("Vary", "Cookie")]
    kept = [each for each in headers if each[0].lower() != "vary"]
    return [*kept, ("Vary", f"{varies}, Cookie")]


_NO_SESSION = NullSession()  # refuses every write


class FormSession(SecureCookieSessionInterface):
    """Flask's own session: the key of the forms, in a cookie that over HTTPS is bound to HTTPS."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The device API has no session: opening and saving one would cost a tenth of an upload."""
        if request.path.startswith(DEVICE_API):
            return _NO_SESSION
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
    app.wsgi_app = SecurityHeaders(app.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask's own way
    app.jinja_env.globals["csrf_field"] = csrf_field
