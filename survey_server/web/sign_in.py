"""Sign in and out, and `/`, which redirects to the role's home page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from survey_server.domain import ROLES
from survey_server.problems import ProblemError
from survey_server.problems.people import CODE_WRONG, SECOND_FACTOR_UNREADABLE, TOO_MANY_TRIES, WRONG_PASSWORD
from survey_server.services import second_factor, sign_in as sessions
from survey_server.services.outage_sessions import OUTAGE_SESSION_TTL, is_outage_token, make_outage_token
from survey_server.web.errors import RETRY_AFTER_SECONDS
from survey_server.web.failure_log import log_failure
from survey_server.web.language import current_language, gettext as _
from survey_server.web.permissions import current_person, public, runtime, session_cookie, signed_in, visitor
from survey_server.web.security import forged, shows_form_again
from survey_server.web.typed_again import pack, typed_again_page, typed_pairs, unpack

pages = Blueprint("sign_in", __name__)

ARGUMENT_PREFIX = "next_"
STATUS_BY_CODE = {
    WRONG_PASSWORD.code: 403,
    CODE_WRONG.code: 403,
    SECOND_FACTOR_UNREADABLE.code: 403,
    TOO_MANY_TRIES.code: 429,
}


class LoginForm(FlaskForm):  # type: ignore[misc]  # untyped
    account = StringField("Tên đăng nhập", [InputRequired(), Length(max=100)])
    password = PasswordField("Mật khẩu", [InputRequired(), Length(max=512)])


def ask_to_sign_in() -> Response | tuple[str, int]:
    """Redirect to the login page; a submitted form is kept and can be sent again after signing in."""
    if request.method in ("GET", "HEAD"):
        arguments = {ARGUMENT_PREFIX + name: value for name, value in (request.view_args or {}).items()}
        queried = {ARGUMENT_PREFIX + name: value for name, value in request.args.items() if name != "lang"}
        target = {} if request.endpoint == "sign_in.home" else {"next": request.endpoint, **queried, **arguments}
        return redirect(url_for("sign_in.login", **target))
    if request.endpoint == "sign_in.logout":
        return redirect(url_for("sign_in.login"))
    kept = pack([("", request.full_path.removesuffix("?")), *typed_pairs()])
    return _login_page(LoginForm(formdata=None), _("Phiên làm việc đã hết. Nội dung vừa nhập vẫn được giữ."), kept), 401


@pages.route("/login", methods=["GET", "POST"])
@public
@shows_form_again
def login() -> Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    if request.method in ("GET", "HEAD"):
        return redirect(_requested_page()) if visitor() is not None else _login_page(LoginForm(), "")
    form = LoginForm()
    kept = request.form.get("kept", "")
    if forged():
        return _login_page(form, _("Trang này đã mở quá lâu. Xin bấm Đăng nhập lần nữa."), kept), 400
    if not form.validate():
        return _login_page(form, _("Nhập tên đăng nhập và mật khẩu."), kept), 400
    try:
        token = sessions.sign_in(
            runtime().database, form.account.data or "", form.password.data or "", request.remote_addr or ""
        )
    except sessions.CodeNeededError as needed:
        return _code_page(second_factor.make_ticket(runtime().settings.secret_key, needed.checked), "", kept)
    except sessions.SessionNotStoredError as error:
        log_failure(error)
        return _start_outage_session(error.checked, kept)
    except ProblemError as error:
        return _login_page(form, error.problem.text_and_hint(current_language()), kept), *_refusal(error)
    return _start_session(token, kept)


@pages.route("/login/code", methods=["GET", "POST"])
@public
@shows_form_again
def enter_code() -> Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The second step of signing in, for accounts with a second factor."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("sign_in.login"))
    kept, ticket = request.form.get("kept", ""), request.form.get("ticket", "")
    if forged():
        return _code_page(ticket, _("Trang này đã mở quá lâu. Xin bấm Đăng nhập lần nữa."), kept), 400
    settings, address = runtime().settings, request.remote_addr or ""
    try:
        token = second_factor.sign_in_with_code(
            runtime().database, settings.secret_key, ticket, request.form.get("code", ""), address
        )
    except ProblemError as error:
        return _code_page(ticket, error.problem.text_and_hint(current_language()), kept), *_refusal(error)
    if token is None:
        return _login_page(LoginForm(formdata=None), _("Đã quá lâu. Xin đăng nhập lại từ đầu."), kept), 403
    return _start_session(token, kept)


def _refusal(error: ProblemError) -> tuple[int, dict[str, str]]:
    status = STATUS_BY_CODE.get(error.problem.code, 503)
    wait = {429: str(error.problem.parts.get("seconds")), 503: RETRY_AFTER_SECONDS}.get(status)
    return status, {"Retry-After": wait} if wait is not None else {}


def _start_outage_session(checked: sessions.CheckedPassword, kept: str) -> Response:
    """The database takes no writes: a short session that is not stored, to read with."""
    token = make_outage_token(runtime().settings.secret_key, checked)
    return _set_session(token, OUTAGE_SESSION_TTL, kept)


def _start_session(token: str, kept: str) -> Response:
    """End the browser's session before, and begin this one."""
    old = request.cookies.get(session_cookie())
    if old and not is_outage_token(old):
        sessions.sign_out(runtime().database, old)
    return _set_session(token, int(sessions.SESSION_TTL), kept)


def _set_session(token: str, ttl: int, kept: str) -> Response:
    """Set the cookie and a new CSRF key, and redirect to the page asked for before."""
    session.clear()
    pairs = unpack(kept)
    target = _postable_path(pairs[0][1]) if pairs else None
    response = (
        Response(typed_again_page(target, pairs[1:]), mimetype="text/html") if target else redirect(_requested_page())
    )
    response.set_cookie(
        session_cookie(),
        token,
        max_age=ttl,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@pages.route("/logout", methods=["POST"])
@signed_in
def logout() -> Response:
    token = request.cookies.get(session_cookie())
    if token and not is_outage_token(token):
        sessions.sign_out(runtime().database, token)
    session.clear()
    response = redirect(url_for("sign_in.login"))
    response.delete_cookie(session_cookie(), secure=request.is_secure, httponly=True, samesite="Lax")
    return response


@pages.route("/")
@signed_in
def home() -> Response:
    try:
        return redirect(url_for(ROLES[current_person().role].home))
    except BuildError:
        return redirect(url_for("sign_in.no_rights"))


@pages.route("/no-rights")
@signed_in
def no_rights() -> str:
    return render_template("no_rights.html")


def _login_page(form: LoginForm, problem: str, kept: str = "") -> str:
    return render_template("login.html", form=form, problem=problem, kept=kept, target=_target())


def _code_page(ticket: str, problem: str, kept: str) -> str:
    return render_template("enter_code.html", ticket=ticket, problem=problem, kept=kept, target=_target())


def _target() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name == "next" or name.startswith(ARGUMENT_PREFIX)}


def _requested_page() -> str:
    """Return the page requested before signing in: built from an endpoint and arguments, never from a URL."""
    endpoint = request.args.get("next", "")
    if not endpoint or endpoint == "sign_in.logout":
        return url_for("sign_in.home")
    arguments: dict[str, Any] = {
        name.removeprefix(ARGUMENT_PREFIX): value
        for name, value in request.args.items()
        if name.startswith(ARGUMENT_PREFIX) and not name.startswith(f"{ARGUMENT_PREFIX}_")
    }
    try:
        return url_for(endpoint, **arguments)
    except (BuildError, ValueError, TypeError):  # TypeError: an argument of `url_for` itself
        return url_for("sign_in.home")


def _postable_path(path: str) -> str | None:
    """Return the path if it accepts POST in this application, else None."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return None
    adapter = current_app.url_map.bind("")
    try:
        adapter.match(path.partition("?")[0], method="POST")
    except HTTPException:
        return None
    return path
