"""/fill: a person's assignments, and questionnaires filled in without JavaScript, one section a page.

Every button saves the draft on the server, and so does every link that leaves a section: on the page of a section it is
a button too. A broken rule never prevents saving, and what cannot be read is saved as it was typed. Problems are shown
at their questions, and all together on the review page before sending.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from survey_server.domain import Action, Assignment, Draft, Status
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.questionnaire.model import Questionnaire, Section
from survey_server.services import fill_draft
from survey_server.services.list_work import fill_work_of
from survey_server.services.questionnaire_versions import CompiledVersion
from survey_server.web.fill_context import (
    FillContext,
    fill_context,
    names_of,
    repeat_to_extend,
    save_section,
)
from survey_server.web.fill_problems import anchor_of, first_at_each, label_of, unreadable_in, unusable_in
from survey_server.web.language import current_language, gettext as _, in_language
from survey_server.web.navigation import menu
from survey_server.web.permissions import current_person, needs, or_404, runtime
from survey_server.web.question_fields import PREFIX
from survey_server.web.question_pages import render_questionnaire
from survey_server.web.question_types import value_in_words
from survey_server.web.responses import short_code
from survey_server.web.security import forged, shows_form_again
from survey_server.web.sign_in import logout
from survey_server.web.state import web_state
from survey_server.web.typed_again import typed_again_page

pages = Blueprint("fill", __name__)
REVIEW = "review"
TYPED, ALL = "typed", "all"  # which problems a page shows: of what cannot be read, or of the answers too
LEAVING = ("go", "back", "skip", "stay", "leave")  # buttons that show another page whatever is typed on this one
RESPONDENTS = {"organisation": "Tổ chức", "official": "Cán bộ", "resident": "Người dân"}


@pages.route("/fill")
@needs(Action.FILL)
def work() -> str:
    found = fill_work_of(runtime().database, current_person())
    titles = {id_: in_language(title) for id_, title in found.titles.items()}
    respondents = {id_: _(RESPONDENTS[kind]) for id_, kind in found.respondents.items()}
    return render_template("fill/work.html", work=found, titles=titles, respondents=respondents, short_code=short_code)


@pages.route("/fill/<questionnaire>/<version>", methods=["GET", "POST"])
@needs(Action.FILL)
@shows_form_again
def questionnaire(questionnaire: str, version: str) -> Response | str | tuple[str, int]:
    """Show or process one page of a questionnaire for the assignment in the query; the review is the last page."""
    ready = or_404(runtime().versions.find(questionnaire, version))
    assignment = or_404(
        fill_draft.own_assignment(runtime().assigned_work, current_person(), request.args.get("assignment", ""))
    )
    if (assignment.questionnaire, assignment.version) != (questionnaire, version):
        abort(404)
    if request.method == "POST":
        return _process_button(ready, assignment)
    return _show_draft(ready, assignment)


def _show_draft(ready: CompiledVersion, assignment: Assignment) -> Response | str | tuple[str, int]:
    """A page of the draft that the query names, of the one that completes the returned response that it names, or of
    the one that was saved last. `problems` in the query: a button was pressed that needs a page without problems."""
    database, person = runtime().database, current_person()
    draft: Draft | None
    if returned := request.args.get("returned", ""):
        draft = or_404(fill_draft.draft_of_returned(database, person, assignment.id, returned))
    elif named := request.args.get("draft", ""):
        draft = fill_draft.find_draft(database, person, named)
        if draft is None or draft.assignment_id != assignment.id:
            found = or_404(fill_draft.sent_already(database, person, named))
            return redirect(url_for("fill.sent", response_id=found.id))
    else:
        draft = fill_draft.open_draft(database, person, assignment)
    needed = request.args.get("problems", "")
    page = _show(fill_context(ready, assignment, draft), request.args.get("section", ""), with_problems=needed == ALL)
    return (page, 422) if needed else page


@pages.route("/fill/sent/<uuid:response_id>")
@needs(Action.FILL)
def sent(response_id: Any) -> str:
    found = or_404(fill_draft.sent_already(runtime().database, current_person(), str(response_id)))
    version = runtime().versions.questionnaire(found.questionnaire, found.version)
    title = in_language(version.title) if version is not None else found.questionnaire
    return render_template("fill/sent.html", response=found, questionnaire_title=title, code=short_code(found.id))


def _process_button(ready: CompiledVersion, assignment: Assignment) -> Response | str | tuple[str, int]:
    """Process a button: save, next, back, add, remove, send, or one of LEAVING."""
    response_id = request.form.get("response", "")
    section = _section(ready.questionnaire, request.form.get("section", ""))
    draft = fill_draft.find_draft(runtime().database, current_person(), response_id)
    if draft is None or draft.assignment_id != assignment.id:
        return _after_sending(response_id, section)
    form = web_state().form_class(ready.questionnaire)(formdata=request.form, meta={"csrf": False})
    if forged():
        context = fill_context(ready, assignment, draft)
        notice = _("Trang này đã mở quá lâu. Nội dung vẫn còn dưới đây, xin bấm lại.")
        return _page(context, section or context.sections()[0], form, {}, notice), 400
    if section is not None:
        draft = save_section(ready, fill_draft.with_defaults(draft, ready), section, form)
    context = fill_context(ready, assignment, draft)
    is_leaving = any(name in request.form for name in LEAVING)
    if section is not None and not is_leaving and (refused := _rejected_input(section, form)):
        if context.unreadable_in(section):  # shown by a page of its own, to which the browser's Back can return
            return redirect(_url(context, section.name, problems=TYPED))
        return _page(context, section, form, refused), 422
    return _next_page(context, section)


def _after_sending(response_id: str, section: Section | None) -> Response | tuple[str, int]:
    """The draft was sent. What was typed into a page of it that was still open is shown: it cannot be saved."""
    if fill_draft.sent_already(runtime().database, current_person(), response_id) is None:
        abort(404)
    target = url_for("fill.sent", response_id=response_id)
    if section is None:
        return redirect(target)
    text = _("Phiếu này đã được gửi trước đó nên nội dung dưới đây không còn lưu vào phiếu được.")
    return typed_again_page(target, title=_("Phiếu đã gửi"), text=text, is_sendable=False), 409


def _rejected_input(section: Section, form: Any) -> dict[str, str]:
    """Return {path: why the input was not accepted}."""
    found = unreadable_in(names_of(section.questions), form)
    if (added := repeat_to_extend(section)) and form[PREFIX + added].is_full:
        found[added] = form[PREFIX + added].too_many
    return found


def _next_page(context: FillContext, section: Section | None) -> Response | str | tuple[str, int]:
    if "send" in request.form:
        return _send(context)
    if "leave" in request.form:
        return _leave(request.form["leave"])
    current = section.name if section is not None else REVIEW
    names = [each.name for each in context.sections()] + [REVIEW]
    if "next" in request.form and section is not None:
        if context.problems_in(section):
            return redirect(_url(context, section.name, problems=ALL))
        after = names.index(current) + 1 if current in names else 0
        current = names[min(after, len(names) - 1)]
    elif "back" in request.form:
        current = names[max(names.index(current) - 1, 0)] if current in names else names[0]
    elif "go" in request.form:
        current = request.form["go"] if request.form["go"] in names else current
    elif "skip" in request.form:
        if section is not None and not _were_shown(context.problems_in(section)):
            return redirect(_url(context, section.name, problems=ALL))
        current = names[min(names.index(current) + 1, len(names) - 1)] if current in names else REVIEW
    anchor = repeat_to_extend(section)
    return redirect(_url(context, current) + (f"#field-{anchor}" if anchor else ""))


def _were_shown(problems: list[AnswerProblem]) -> bool:
    """Whether the page that sent the form showed all of these problems: none is passed over unseen."""
    shown = set(request.form["skip"].split())
    return all(f"{each.path}:{each.code}" in shown for each in problems)


def _leave(path: str) -> Response:
    """Go where a link in the header of the page leads."""
    if path == url_for("sign_in.logout"):
        return logout()
    known = {url_for("account.show"), *(entry.path for entry in menu())}
    return redirect(path if path in known else url_for("sign_in.home"))


def _send(context: FillContext) -> Response | str | tuple[str, int]:
    receipt = fill_draft.send_draft(
        runtime().receiving, current_person(), context.draft, context.assignment, context.ready, current_language()
    )
    if receipt.status is Status.REJECTED:
        refused = [problem.message for problem in receipt.problems]
        return render_template("fill/review.html", **_common(context, None), refused=refused), 422
    return redirect(url_for("fill.sent", response_id=context.draft.id))


def _show(context: FillContext, asked: str, *, with_problems: bool = False) -> str:
    if asked == REVIEW:
        return render_template("fill/review.html", **_common(context, None))
    section = _section(context.questionnaire, asked)
    if section is None or section not in context.sections():
        section = context.sections()[0]
    form = context.form(section)
    problems = context.problems_in(section)
    if not with_problems:
        problems = [
            *context.unreadable_in(section), *unusable_in(section, form, context.draft.answers, problems)
        ]  # fmt: skip
    shown = " ".join(f"{each.path}:{each.code}" for each in problems)
    return _page(context, section, form, first_at_each(problems, current_language()), shown=shown)


def _page(
    context: FillContext, section: Section, form: Any, problems: dict[str, str], notice: str = "", shown: str = ""
) -> str:
    """`problems`: path → text; `shown`: the paths and codes of those that the page shows."""
    calculated = {path: value_in_words(value) for path, value in context.checked.state.calculated.items()}
    questions = render_questionnaire(
        context.questionnaire, language=current_language(), form=form, sections=(section,), problems=problems,
        relevant=context.relevant(), calculated=calculated,
    )  # fmt: skip
    summary = [(anchor_of(context.questionnaire, path), label_of(context.questionnaire, path), text)
               for path, text in problems.items()]  # fmt: skip
    return render_template(
        "fill/section.html", **_common(context, section), questions=questions, summary=summary, notice=notice,
        shown=shown or " ".join(f"{path}:unreadable" for path in problems),
    )  # fmt: skip


def _common(context: FillContext, section: Section | None) -> dict[str, Any]:
    """What the templates of all pages show. `problems`: {section: [(anchor, question label, problem text)]}."""
    known, language = context.questionnaire, current_language()
    problems = {each.name: context.problems_in(each) for each in context.sections()}
    return {
        "context": context,
        "sections": [(each, len(problems[each.name])) for each in context.sections()],
        "section": section,
        "title": in_language(context.questionnaire.title),
        "respondent": _(RESPONDENTS[known.respondent]),
        "code": short_code(context.draft.id),
        "url": lambda name: _url(context, name),
        "REVIEW": REVIEW,
        "problems": {
            name: [
                (anchor_of(known, each.path or ""), label_of(known, each.path or ""), each.text(language))
                for each in found
            ]
            for name, found in problems.items()
        },
    }


def _url(context: FillContext, section: str, problems: str | None = None) -> str:
    return url_for(
        "fill.questionnaire",
        questionnaire=context.questionnaire.id,
        version=context.questionnaire.version,
        assignment=context.assignment.id,
        returned=context.draft.supersedes,
        draft=None if context.draft.supersedes else context.draft.id,
        section=section,
        problems=problems,
    )


def _section(questionnaire: Questionnaire, name: str) -> Section | None:
    return next((section for section in questionnaire.sections if section.name == name), None)
