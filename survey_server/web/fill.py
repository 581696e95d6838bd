"""/fill: the work of a person, and questionnaires filled in without JavaScript, a section a page.

What is typed is saved on the server at every button; no rule ever keeps it from being saved. The rules are shown
where they are broken, and once more, all together, before sending.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from survey_server.domain.people import Action
from survey_server.domain.responses import Status
from survey_server.questionnaire.answers import Checked, Finding
from survey_server.questionnaire.model import Question, Questionnaire, Section
from survey_server.services import fill_draft
from survey_server.services.complete_returned import draft_of_returned
from survey_server.services.find_questionnaire import Ready, find_ready
from survey_server.services.list_fill_work import fill_work_of
from survey_server.storage.clock import now_in_vietnam
from survey_server.storage.drafts import Draft
from survey_server.storage.rounds import Assignment
from survey_server.web.answers_in_words import value_in_words
from survey_server.web.fill_problems import anchor_of, first_at_each, label_of, unreadable_in, unusable_in
from survey_server.web.language import current_language, in_language
from survey_server.web.language import gettext as _
from survey_server.web.permissions import current_person, needs, survey
from survey_server.web.question_fields import PREFIX, answers_of, form_class, too_many_instances
from survey_server.web.question_pages import render_questionnaire
from survey_server.web.security import forged, shows_form_again
from survey_server.web.typed_answers import typed_answers

pages = Blueprint("fill", __name__)
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Filling:
    """One questionnaire being filled in: everything that its pages need."""

    ready: Ready
    assignment: Assignment
    draft: Draft
    checked: Checked

    @property
    def questionnaire(self) -> Questionnaire:
        return self.ready.questionnaire

    def sections(self) -> list[Section]:
        """Those that have something to ask by the answers so far."""
        return [section for section in self.questionnaire.sections if self._is_asked(section)]

    def relevant(self) -> frozenset[str]:
        """Names of questions that are asked; of a repeat's inner ones, those asked in any instance."""
        names = {path.rpartition("-")[2] for path in self.checked.state.relevant}
        for question in self.questionnaire.walk():
            if question.type == "repeat" and question.name in names:
                names |= {inner.name for inner in question.questions}
        return frozenset(names)

    def problems_in(self, section: Section) -> list[Finding]:
        names = set(_names(section.questions))
        return [each for each in self.checked.problems if each.path and each.path.split("-")[0] in names]

    def _is_asked(self, section: Section) -> bool:
        return any(name in self.checked.state.relevant for name in _names(section.questions))


@pages.route("/fill")
@needs(Action.FILL)
def work() -> str:
    found = fill_work_of(survey().database, current_person())
    titles = {id_: in_language(title) for id_, title in found.titles.items()}
    return render_template("fill/work.html", work=found, titles=titles)


@pages.route("/fill/<questionnaire>/<version>", methods=["GET", "POST"])
@needs(Action.FILL)
@shows_form_again
def questionnaire(questionnaire: str, version: str) -> Response | str | tuple[str, int]:
    """A page of the questionnaire for the assignment in the query; the review is its last page."""
    ready = find_ready(survey().database, questionnaire, version)
    assignment = fill_draft.own_assignment(survey().database, current_person(), request.args.get("assignment", ""))
    if ready is None or assignment is None:
        abort(404)
    if (assignment.questionnaire, assignment.version) != (questionnaire, version):
        abort(404)
    if request.method == "POST":
        return _act(ready, assignment)
    if returned := request.args.get("returned", ""):
        return _complete(ready, assignment, returned)
    draft = fill_draft.open_draft(survey().database, current_person(), assignment)
    return _show(_filling(ready, assignment, draft), request.args.get("section", ""))


@pages.route("/fill/sent/<uuid:response_id>")
@needs(Action.FILL)
def sent(response_id: Any) -> str:
    found = fill_draft.sent_already(survey().database, current_person(), str(response_id))
    if found is None:
        abort(404)
    return render_template("fill/sent.html", response=found)


def _complete(ready: Ready, assignment: Assignment, returned: str) -> Response:
    """Begin or go on with completing a response that was returned; the draft found last is the one that is filled."""
    draft = draft_of_returned(survey().database, current_person(), assignment.id, returned)
    if draft is None:
        abort(404)
    filling = _filling(ready, assignment, draft)
    return redirect(_url(filling, filling.sections()[0].name))


def _act(ready: Ready, assignment: Assignment) -> Response | str | tuple[str, int]:
    """One of the buttons was pressed: save, next, back, add, remove, send."""
    response_id = request.form.get("response", "")
    draft = fill_draft.find_draft(survey().database, current_person(), response_id)
    if draft is None or draft.assignment_id != assignment.id:
        if fill_draft.sent_already(survey().database, current_person(), response_id):
            return redirect(url_for("fill.sent", response_id=response_id))
        abort(404)
    section = _section(ready.questionnaire, request.form.get("section", ""))
    form = form_class(ready.questionnaire)(formdata=request.form, meta={"csrf": False})
    if forged():
        filling = _filling(ready, assignment, draft)
        notice = _("Trang này đã mở quá lâu. Nội dung vẫn còn dưới đây, xin bấm lại.")
        return _page(filling, section or filling.sections()[0], form, {}, notice), 400
    if section is not None:
        draft = _save(draft, section, form)
    filling = _filling(ready, assignment, draft)
    if section is not None and (refused := _refused(section, form)):
        return _page(filling, section, form, refused), 422
    return _go_on(filling, section)


def _save(draft: Draft, section: Section, form: Any) -> Draft:
    _take_out_instance(section, form)
    own = set(_names(section.questions))
    kept = {name: answer for name, answer in draft.answers.items() if name not in own}
    answers = kept | answers_of(form, section.questions)
    if (added := _added_to(section)) and not form[PREFIX + added].is_full:
        answers[added] = [*answers.get(added, []), {}]
    fill_draft.save_draft(survey().database, draft, answers)
    return Draft(
        draft.id, draft.person_id, draft.assignment_id, answers, draft.supersedes, draft.started_at, draft.saved_at
    )


def _take_out_instance(section: Section, form: Any) -> None:
    """Before the answers are read: among them, empty instances have no place, and the numbers are others."""
    repeat, _dash, number = request.form.get("remove", "").rpartition("-")
    if repeat in _repeats(section.questions):
        form[PREFIX + repeat].take_out(number)


def _added_to(section: Section | None) -> str:
    """The repeat of this section whose button "add" was pressed, "" for none."""
    asked = request.form.get("add", "")
    return asked if section is not None and asked in _repeats(section.questions) else ""


def _refused(section: Section, form: Any) -> dict[str, str]:
    """Path → why something that was typed or pressed was not taken."""
    found = unreadable_in(_names(section.questions), form)
    if (added := _added_to(section)) and form[PREFIX + added].is_full:
        found[added] = too_many_instances()
    return found


def _go_on(filling: Filling, section: Section | None) -> Response | str | tuple[str, int]:
    if "send" in request.form:
        return _send(filling)
    place = section.name if section is not None else REVIEW
    names = [each.name for each in filling.sections()] + [REVIEW]
    if "next" in request.form and section is not None:
        if filling.problems_in(section):
            return _show(filling, section.name, judged=True), 422
        after = names.index(place) + 1 if place in names else 0
        place = names[min(after, len(names) - 1)]
    elif "back" in request.form:
        place = names[max(names.index(place) - 1, 0)] if place in names else names[0]
    elif "skip" in request.form:
        place = names[min(names.index(place) + 1, len(names) - 1)] if place in names else REVIEW
    anchor = _added_to(section)
    return redirect(_url(filling, place) + (f"#field-{anchor}" if anchor else ""))


def _send(filling: Filling) -> Response | str | tuple[str, int]:
    receipt = fill_draft.send_draft(
        survey().database, current_person(), filling.draft, filling.assignment, filling.ready, current_language()
    )
    if receipt.status is Status.REJECTED:
        refused = [problem.message for problem in receipt.problems]
        return render_template("fill/review.html", **_common(filling, None), refused=refused), 422
    return redirect(url_for("fill.sent", response_id=filling.draft.id))


def _filling(ready: Ready, assignment: Assignment, draft: Draft) -> Filling:
    return Filling(ready, assignment, draft, ready.checker.check(draft.answers, now_in_vietnam()))


def _show(filling: Filling, asked: str, *, judged: bool = False) -> str:
    if asked == REVIEW:
        return render_template("fill/review.html", **_common(filling, None))
    section = _section(filling.questionnaire, asked)
    if section is None or section not in filling.sections():
        section = filling.sections()[0]
    typed: MultiDict[str, str] = typed_answers(section.questions, filling.draft.answers)
    form = form_class(filling.questionnaire)(formdata=typed, meta={"csrf": False})
    problems = filling.problems_in(section)
    if not judged:
        problems = unusable_in(section, form, filling.draft.answers, problems)
    return _page(filling, section, form, first_at_each(problems, current_language()))


def _page(filling: Filling, section: Section, form: Any, problems: dict[str, str], notice: str = "") -> str:
    language = current_language()
    calculated = {path: value_in_words(value) for path, value in filling.checked.state.calculated.items()}
    questions = render_questionnaire(
        filling.questionnaire, language=language, form=form, sections=(section,), problems=problems,
        relevant=filling.relevant(), calculated=calculated,
    )  # fmt: skip
    summary = [(anchor_of(filling.questionnaire, path), label_of(filling.questionnaire, path), text)
               for path, text in problems.items()]  # fmt: skip
    return render_template(
        "fill/section.html", **_common(filling, section), questions=questions, summary=summary, notice=notice
    )


def _common(filling: Filling, section: Section | None) -> dict[str, Any]:
    sections = filling.sections()
    return {
        "filling": filling,
        "sections": [(each, len(filling.problems_in(each))) for each in sections],
        "section": section,
        "title": in_language(filling.questionnaire.title),
        "url": lambda name: _url(filling, name),
        "REVIEW": REVIEW,
        "findings": _findings(filling),
    }


def _findings(filling: Filling) -> dict[str, list[tuple[str, str, str]]]:
    """Section → what is to be looked at in it: the place on its page, the question's label, the problem in words."""
    known, language = filling.questionnaire, current_language()
    return {
        section.name: [
            (anchor_of(known, each.path or ""), label_of(known, each.path or ""), each.text(language))
            for each in filling.problems_in(section)
        ]
        for section in filling.sections()
    }


def _url(filling: Filling, section: str) -> str:
    return url_for(
        "fill.questionnaire",
        questionnaire=filling.questionnaire.id,
        version=filling.questionnaire.version,
        assignment=filling.assignment.id,
        section=section,
    )


def _section(questionnaire: Questionnaire, name: str) -> Section | None:
    return next((section for section in questionnaire.sections if section.name == name), None)


def _names(questions: tuple[Question, ...]) -> list[str]:
    """Names of what a section asks at its own level; a group adds none."""
    return [question.name for question in _at_own_level(questions)]


def _repeats(questions: tuple[Question, ...]) -> list[str]:
    return [question.name for question in _at_own_level(questions) if question.type == "repeat"]


def _at_own_level(questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        if question.type == "group":
            yield from _at_own_level(question.questions)
        else:
            yield question
