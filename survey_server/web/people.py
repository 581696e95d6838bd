"""/people: accounts, their sessions and tablets."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from survey_server.domain import ROLES, Action, Role
from survey_server.problems import ProblemError
from survey_server.services import credentials, devices, people, second_factor, sign_in
from survey_server.services.paging import Turn
from survey_server.web.language import current_language, gettext as _
from survey_server.web.navigation import asked_turn_by_text
from survey_server.web.permissions import current_person, needs, or_404, runtime

pages = Blueprint("people", __name__)


@pages.route("/people")
@needs(Action.MANAGE_PEOPLE)
def list_people() -> str:
    return _list_page(request.args.get("q", "").strip(), asked_turn_by_text())


@pages.route("/people", methods=["POST"])
@needs(Action.MANAGE_PEOPLE)
def add_account() -> Response | str | tuple[str, int]:
    """Add an account whose password has to be changed at the first sign-in; without one, a one-time password is made
    and shown on this page only."""
    form, database, by = request.form, runtime().database, current_person()
    role = form.get("role", "")
    if role not in list(Role):
        abort(400)
    typed = form.get("password", "")
    password = typed or credentials.make_one_time_password()
    try:
        person_id = people.add_person(
            database, form.get("account", "").strip(), form.get("name", ""), Role(role),
            form.get("area", "").strip() or None, password, must_change_password=True, by=by,
        )  # fmt: skip
    except ProblemError as error:
        flash(error.problem.text_and_hint(current_language()), "problem")
        return _list_page(entered=form), 422
    if not typed:
        return _person_page(or_404(people.find_person(database, by, person_id)), password=password)
    flash(_("Đã thêm tài khoản {account}.", account=form.get("account", "")), "done")
    return redirect(url_for("people.list_people"))


@pages.route("/people/<int:person_id>")
@needs(Action.MANAGE_PEOPLE)
def show_person(person_id: int) -> str:
    return _person_page(or_404(people.find_person(runtime().database, current_person(), person_id)))


@pages.route("/people/<int:person_id>", methods=["POST"])
@needs(Action.MANAGE_PEOPLE)
def change_person(person_id: int) -> Response | str | tuple[str, int]:
    """End sessions, close or reopen the account, reset its password or second factor, make an enrolment code, or revoke
    a tablet."""
    database, by = runtime().database, current_person()
    found = or_404(people.find_person(database, by, person_id))
    code = password = None
    try:
        if "close" in request.form or "open" in request.form:
            people.set_active(database, person_id, "open" in request.form, by)
        elif "end_sessions" in request.form:
            sign_in.end_sessions(database, person_id, by)
        elif "revoke" in request.form:
            people.check_device(found, request.form["revoke"])
            devices.revoke_device(database, request.form["revoke"], by)
        elif "reset_password" in request.form:
            password = credentials.reset_password(database, person_id, by)
        elif "reset_second_factor" in request.form:
            second_factor.reset(database, person_id, by)
            flash(_("Đã đặt lại xác thực hai bước; các phiên đăng nhập của tài khoản đã kết thúc."), "done")
        elif "code" in request.form:
            code = devices.make_code(database, found.person.account, by=by)
        else:
            abort(400)
    except ProblemError as error:
        flash(error.problem.text(current_language()), "problem")
    if code is None and password is None:
        return redirect(url_for("people.show_person", person_id=person_id))
    return _person_page(found, code, password)


def _list_page(asked: str = "", turn: Turn[str] = people.FIRST_PAGE, entered: Mapping[str, str] | None = None) -> str:
    page = people.find_people(runtime().database, current_person(), asked, turn)
    areas = people.area_names(runtime().database, page.rows)
    return render_template(
        "people/list.html", people=page.rows, areas=areas, page=page, ROLES=ROLES, q=asked, entered=entered
    )


def _person_page(found: people.PersonWithDevices, code: str | None = None, password: str | None = None) -> str:
    """`code`, `password`: an enrolment code and a one-time password, which are shown this once."""
    area = people.area_names(runtime().database, [found.person]).get(found.person.id, "")
    from survey_server.qr_code import qr_svg  # its library is needed by this page alone

    qr = Markup(qr_svg(code)) if code is not None else ""  # noqa: S704  our own drawing
    return render_template("people/one.html", found=found, area=area, ROLES=ROLES, code=code, qr=qr, password=password)
