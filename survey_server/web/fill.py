"""/fill: a person's assignments, and questionnaires filled in without JavaScript, one section a page.

Every button saves the draft on the server; a broken rule never prevents saving. Problems are shown at their
questions, and all together on the review page before sending.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from survey_server.clock import now_in_vietnam
from survey_server.domain import Action, Assignment, Draft, Status
from survey_server.questionnaire.answers import AnswerProblem, Checked
from survey_server.questionnaire.model import Question, Questionnaire, Section
from survey_server.services import fill_draft
from survey_server.services.fill_draft import draft_of_returned
from survey_server.services.list_work import fill_work_of
from survey_server.services.questionnaire_versions import CompiledVersion
from survey_server.web.fill_problems import anchor_of, first_at_each, label_of, unreadable_in, unusable_in
from survey_server.web.language import current_language, gettext as _, in_language
from survey_server.web.permissions import current_person, needs, or_404, runtime
from survey_server.web.question_fields import PREFIX, answers_of, typed_answers
from survey_server.web.question_pages import render_questionnaire
from survey_server.web.question_types import ungrouped, value_in_words
from survey_server.web.security import forged, shows_form_again
from survey_server.web.state import web_state

pages = Blueprint("fill", __name__)
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class FillContext:
    """A questionnaire being filled in, with everything its pages need."""

    ready: CompiledVersion
    assignment: Assignment
    draft: Draft
    checked: Checked

    @property
    def questionnaire(self) -> Questionnaire:
        return self.ready.questionnaire

    def sections(self) -> list[Section]:
        """Return the sections with at least one relevant question, given the answers so far."""
        relevant = self.checked.state.relevant
        return [each for each in self.questionnaire.sections if not relevant.isdisjoint(_names(each.questions))]

    def relevant(self) -> frozenset[str]:
        """Return names of relevant questions; of questions in a repeat, those relevant in any instance."""
        names = {path.rpartition("-")[2] for path in self.checked.state.relevant}
        for question in self.questionnaire.walk():
            if question.role == "repeat" and question.name in names:
                names |= {inner.name for inner in question.questions}
        return frozenset(names)

    def problems_in(self, section: Section) -> list[AnswerProblem]:
        names = set(_names(section.questions))
        return [each for each in self.checked.problems if each.path and each.path.split("-")[0] in names]


@pages.route("/fill")
@needs(Action.FILL)
def work() -> str:
    found = fill_work_of(runtime().database, current_person())
    titles = {id_: in_language(title) for id_, title in found.titles.items()}
    return render_template("fill/work.html", work=found, titles=titles)


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
    if returned := request.args.get("returned", ""):
        return _complete_returned(ready, assignment, returned)
    draft = fill_draft.open_draft(runtime().database, current_person(), assignment)
    return _show(_fill_context(ready, assignment, draft), request.args.get("section", ""))


@pages.route("/fill/sent/<uuid:response_id>")
@needs(Action.FILL)
def sent(response_id: Any) -> str:
    found = or_404(fill_draft.sent_already(runtime().database, current_person(), str(response_id)))
    return render_template("fill/sent.html", response=found)


def _complete_returned(ready: CompiledVersion, assignment: Assignment, returned: str) -> Response:
    """Open the draft that completes a returned response, creating it where there is none."""
    draft = or_404(draft_of_returned(runtime().database, current_person(), assignment.id, returned))
    context = _fill_context(ready, assignment, draft)
    return redirect(_url(context, context.sections()[0].name))


def _process_button(ready: CompiledVersion, assignment: Assignment) -> Response | str | tuple[str, int]:
    """Process a button: save, next, back, add, remove or send."""
    response_id = request.form.get("response", "")
    draft = fill_draft.find_draft(runtime().database, current_person(), response_id)
    if draft is None or draft.assignment_id != assignment.id:
        if fill_draft.sent_already(runtime().database, current_person(), response_id):
            return redirect(url_for("fill.sent", response_id=response_id))
        abort(404)
    section = _section(ready.questionnaire, request.form.get("section", ""))
    form = web_state().form_class(ready.questionnaire)(formdata=request.form, meta={"csrf": False})
    if forged():
        context = _fill_context(ready, assignment, draft)
        notice = _("Trang này đã mở quá lâu. Nội dung vẫn còn dưới đây, xin bấm lại.")
        return _page(context, section or context.sections()[0], form, {}, notice), 400
    if section is not None:
        draft = _save(ready, fill_draft.with_defaults(draft, ready), section, form)
    context = _fill_context(ready, assignment, draft)
    if section is not None and (refused := _rejected_input(section, form)):
        return _page(context, section, form, refused), 422
    return _next_page(context, section)


def _save(ready: CompiledVersion, draft: Draft, section: Section, form: Any) -> Draft:
    # Before the answers are read, which drops empty instances and so renumbers them.
    repeat, _dash, number = request.form.get("remove", "").rpartition("-")
    if repeat in _repeats(section.questions):
        form[PREFIX + repeat].remove_instance(number)
    # A question that the page did not show, because it was not relevant, keeps its answer, as on the tablet.
    relevant = ready.checker.route.evaluate(draft.answers, now_in_vietnam()[:10]).relevant
    shown = {each.name: each for each in ungrouped(section.questions) if each.name in relevant}
    stored = {name: answer for name, answer in draft.answers.items() if name not in shown}
    # A question that had its default and was left empty has no answer: None keeps the default from coming back.
    emptied = {name: None for name, each in shown.items() if each.default is not None and name in draft.answers}
    answers = stored | emptied | answers_of(form, section.questions)
    if (added := _repeat_to_extend(section)) and not form[PREFIX + added].is_full:
        answers[added] = [*answers.get(added, []), {}]
    fill_draft.save_draft(runtime().database, draft, answers)
    return replace(draft, answers=answers)


def _repeat_to_extend(section: Section | None) -> str:
    """Return the repeat whose "add" button was pressed; "" for none."""
    asked = request.form.get("add", "")
    return asked if section is not None and asked in _repeats(section.questions) else ""


def _rejected_input(section: Section, form: Any) -> dict[str, str]:
    """Return {path: why the input was not accepted}."""
    found = unreadable_in(_names(section.questions), form)
    if (added := _repeat_to_extend(section)) and form[PREFIX + added].is_full:
        found[added] = form[PREFIX + added].too_many
    return found


def _next_page(context: FillContext, section: Section | None) -> Response | str | tuple[str, int]:
    if "send" in request.form:
        return _send(context)
    current = section.name if section is not None else REVIEW
    names = [each.name for each in context.sections()] + [REVIEW]
    if "next" in request.form and section is not None:
        if context.problems_in(section):
            return _show(context, section.name, with_problems=True), 422
        after = names.index(current) + 1 if current in names else 0
        current = names[min(after, len(names) - 1)]
    elif "back" in request.form:
        current = names[max(names.index(current) - 1, 0)] if current in names else names[0]
    elif "skip" in request.form:
        current = names[min(names.index(current) + 1, len(names) - 1)] if current in names else REVIEW
    anchor = _repeat_to_extend(section)
    return redirect(_url(context, current) + (f"#field-{anchor}" if anchor else ""))


def _send(context: FillContext) -> Response | str | tuple[str, int]:
    receipt = fill_draft.send_draft(
        runtime().receiving, current_person(), context.draft, context.assignment, context.ready, current_language()
    )
    if receipt.status is Status.REJECTED:
        refused = [problem.message for problem in receipt.problems]
        return render_template("fill/review.html", **_common(context, None), refused=refused), 422
    return redirect(url_for("fill.sent", response_id=context.draft.id))


def _fill_context(ready: CompiledVersion, assignment: Assignment, draft: Draft) -> FillContext:
    draft = fill_draft.with_defaults(draft, ready)
    return FillContext(ready, assignment, draft, ready.checker.check(draft.answers, now_in_vietnam()))


def _show(context: FillContext, asked: str, *, with_problems: bool = False) -> str:
    if asked == REVIEW:
        return render_template("fill/review.html", **_common(context, None))
    section = _section(context.questionnaire, asked)
    if section is None or section not in context.sections():
        section = context.sections()[0]
    typed: MultiDict[str, str] = typed_answers(section.questions, context.draft.answers)
    form = web_state().form_class(context.questionnaire)(formdata=typed, meta={"csrf": False})
    problems = context.problems_in(section)
    if not with_problems:
        problems = unusable_in(section, form, context.draft.answers, problems)
    return _page(context, section, form, first_at_each(problems, current_language()))


def _page(context: FillContext, section: Section, form: Any, problems: dict[str, str], notice: str = "") -> str:
    calculated = {path: value_in_words(value) for path, value in context.checked.state.calculated.items()}
    questions = render_questionnaire(
        context.questionnaire, language=current_language(), form=form, sections=(section,), problems=problems,
        relevant=context.relevant(), calculated=calculated,
    )  # fmt: skip
    summary = [(anchor_of(context.questionnaire, path), label_of(context.questionnaire, path), text)
               for path, text in problems.items()]  # fmt: skip
    return render_template(
        "fill/section.html", **_common(context, section), questions=questions, summary=summary, notice=notice
    )


def _common(context: FillContext, section: Section | None) -> dict[str, Any]:
    """What the templates of all pages show. `problems`: {section: [(anchor, question label, problem text)]}."""
    known, language = context.questionnaire, current_language()
    problems = {each.name: context.problems_in(each) for each in context.sections()}
    return {
        "context": context,
        "sections": [(each, len(problems[each.name])) for each in context.sections()],
        "section": section,
        "title": in_language(context.questionnaire.title),
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


def _url(context: FillContext, section: str) -> str:
    return url_for(
        "fill.questionnaire",
        questionnaire=context.questionnaire.id,
        version=context.questionnaire.version,
        assignment=context.assignment.id,
        section=section,
    )


def _section(questionnaire: Questionnaire, name: str) -> Section | None:
    return next((section for section in questionnaire.sections if section.name == name), None)


def _names(questions: tuple[Question, ...]) -> list[str]:
    """Return names of questions outside repeats; groups are flattened."""
    return [question.name for question in ungrouped(questions)]


def _repeats(questions: tuple[Question, ...]) -> list[str]:
    return [question.name for question in ungrouped(questions) if question.role == "repeat"]
