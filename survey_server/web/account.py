"""/account: one's own password and second factor."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from survey_server.domain import ROLES
from survey_server.problems import ProblemError
from survey_server.services import credentials, people, second_factor
from survey_server.services.password_rules import MIN_PASSWORD_LENGTH
from survey_server.web.language import current_language, gettext as _
from survey_server.web.permissions import current_person, runtime, session_cookie, signed_in
from survey_server.web.required_steps import required_page

pages = Blueprint("account", __name__)

Shown = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@pages.route("/account")
@signed_in
def show() -> str:
    person = current_person()
    area = people.area_names(runtime().database, [person]).get(person.id, "")
    return render_template("account/show.html", person=person, area=area, ROLES=ROLES)


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Shown:
    if request.method != "POST":
        return _password_page()
    form = request.form
    try:
        credentials.change_password(
            runtime().database, current_person(), form.get("current_password", ""), form.get("new_password", ""),
            form.get("new_password_again", ""), _session_token(),
        )  # fmt: skip
    except ProblemError as error:
        return _password_page(error), *_refusal(error)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của tài khoản này đã kết thúc."), "done")
    return redirect(url_for("sign_in.home" if current_person().must_change_password else "account.show"))


@pages.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
def change_second_factor() -> Shown:
    person, secret_key = current_person(), runtime().settings.secret_key
    if person.demo or request.method != "POST":
        return _second_factor_page()
    try:
        if "confirm" in request.form:
            sealed, code = request.form.get("setup", ""), request.form.get("code", "")
            codes = second_factor.confirm_setup(runtime().database, secret_key, person, sealed, code, _session_token())
            return render_template("account/recovery_codes.html", codes=codes)
        return _change_present_factor()
    except ProblemError as error:
        return _second_factor_page(error), *_refusal(error)


def _change_present_factor() -> Shown:
    """What needs a code of the telephone in use, or a recovery code."""
    person, settings, code = current_person(), runtime().settings, request.form.get("code", "")
    if "codes" in request.form:
        codes = second_factor.replace_recovery_codes(runtime().database, settings.secret_key, person, code)
        return render_template("account/recovery_codes.html", codes=codes)
    if "replace" in request.form:
        second_factor.check_code(runtime().database, settings.secret_key, person, code)
        return _setup_page(second_factor.start_setup(settings.secret_key, person, replaces=True))
    if "turn_off" not in request.form:
        abort(400)
    second_factor.turn_off(runtime().database, settings, person, code)
    flash(_("Đã tắt xác thực hai bước."), "done")
    return redirect(url_for("account.show"))


def _password_page(error: ProblemError | None = None) -> str:
    return render_template(
        "account/password.html", problem=_message(error), least=MIN_PASSWORD_LENGTH, person=current_person()
    )


def _second_factor_page(error: ProblemError | None = None) -> str:
    """The state of the present factor; without one, or while another telephone is being set up, the setup."""
    person, settings = current_person(), runtime().settings
    if person.demo:
        return render_template("account/second_factor.html", person=person, problem="")
    sealed = request.form.get("setup")
    if person.has_second_factor and sealed is None:
        left = second_factor.count_recovery_codes(runtime().database, person)
        is_required = second_factor.is_required(runtime().database, settings, person)
        return render_template(
            "account/second_factor.html", person=person, problem=_message(error), left=left, is_required=is_required
        )
    setup = (
        second_factor.continue_setup(settings.secret_key, person, sealed)
        if sealed is not None
        else second_factor.start_setup(settings.secret_key, person)
    )
    return _setup_page(setup, error)


def _setup_page(setup: second_factor.Setup, error: ProblemError | None = None) -> str:
    from survey_server.qr_code import qr_svg  # its library is needed by few pages

    qr = Markup(qr_svg(setup.uri))  # noqa: S704  our own drawing
    is_required = required_page() is not None
    return render_template("account/set_up.html", setup=setup, qr=qr, problem=_message(error), is_required=is_required)


def _message(error: ProblemError | None) -> str:
    return error.problem.text_and_hint(current_language()) if error is not None else ""


def _refusal(error: ProblemError) -> tuple[int, dict[str, str]]:
    seconds = error.problem.parts.get("seconds")
    return (429, {"Retry-After": str(seconds)}) if seconds is not None else (422, {})


def _session_token() -> str:
    return request.cookies.get(session_cookie(), "")
