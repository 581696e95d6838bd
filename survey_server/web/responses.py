"""/responses: the single responses that a person may open, and their review."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from survey_server.domain import COUNTRY_CODE, Action, Area, Response, ReviewAction, State
from survey_server.problems import ProblemError
from survey_server.services import review_response
from survey_server.services.browse_rounds import LocalityView, find_locality, newest_for
from survey_server.services.stored_problems import problems_from_json
from survey_server.web.answers_in_words import raw_answers, sections_in_words
from survey_server.web.fill_problems import label_of
from survey_server.web.language import current_language, gettext as _, in_language
from survey_server.web.navigation import asked_turn
from survey_server.web.permissions import current_person, needs, or_404, require, runtime
from survey_server.web.question_types import AnswerInWords

pages = Blueprint("responses", __name__)
STATES = {
    "submitted": "đã nộp",
    "approved": "đã tiếp nhận",
    "returned": "trả lại để bổ sung",
    "superseded": "đã có bản bổ sung",
    "withdrawn": "đã rút",
    "conflict": "trùng mã, chờ xử lý",
    "quarantined": "tạm giữ chờ xử lý",
}


@pages.route("/responses")
@needs(Action.READ_RESPONSE)
def list_responses() -> str:
    asked = {name: request.args.get(name, "").strip() for name in ("state", "place", "questionnaire", "sender")}
    state = State(asked["state"]) if asked["state"] in STATES else None
    places = _places(asked["place"])
    page = review_response.list_responses(
        runtime().database, current_person(), state, asked_turn(),
        place=Area(places.locality.scheme, places.locality.path) if places is not None and asked["place"] else None,
        questionnaire=asked["questionnaire"] or None, sender=asked["sender"] or None,
    )  # fmt: skip
    found = page.rows
    titles = {key: questionnaire_title(*key) for key in {(each.questionnaire, each.version) for each in found}}
    return render_template(
        "responses/list.html", responses=found, page=page, asked=asked, STATES=STATES, places=places,
        short_code=short_code,
        questionnaires=_questionnaires(),
        titles=titles, problems={each.seq: len(json.loads(each.problems)) for each in found},
    )  # fmt: skip


def _places(asked: str) -> LocalityView | None:
    """The place that was asked for, else the person's own, with what the filter offers around it: places above within
    the person's area, and directly below. None where no round has it."""
    known = runtime().round_views.all()
    if not known:
        return None
    person = current_person()
    newest = newest_for(person, known) or known[0]
    own = person.area or Area(newest.scheme, COUNTRY_CODE)
    if own.scheme != newest.scheme:
        return None
    path = asked if own.covers(newest.scheme, asked) else own.path
    found = find_locality(runtime().database, newest, path=path)
    if found is None:
        return None
    return replace(found, ancestors=[each for each in found.ancestors if own.covers(each.scheme, each.path)])


def _questionnaires() -> list[tuple[str, str]]:
    """Id and title of the questionnaires of all rounds, by title."""
    titles = {id_: in_language(title) for each in runtime().round_views.all() for id_, title in each.titles.items()}
    return sorted(titles.items(), key=lambda item: item[1])


@pages.route("/responses/<response_id>")
@needs(Action.READ_RESPONSE)
def show_response(response_id: str) -> str:
    found = review_response.open_response(runtime().database, current_person(), response_id)
    if not found:
        abort(404)
    shown = [(each, _answers(each.response), problems_in_words(each.response)) for each in found]
    first = found[0].response
    title = questionnaire_title(first.questionnaire, first.version)
    return render_template("responses/one.html", shown=shown, title=title, STATES=STATES)


@pages.route("/responses/<response_id>/review", methods=["POST"])
@needs(Action.REVIEW, Action.RECEIVE)
def review(response_id: str) -> HttpResponse:
    """Record a decision: 404 for who may not open the response, 403 for who may not decide, then 400 for bad input."""
    seq = request.form.get("seq", 0, type=int)
    opened = review_response.open_response(runtime().database, current_person(), response_id)
    require(or_404(next((each for each in opened if each.response.seq == seq), None)).may_review)
    decision = request.form.get("decision", "")
    if decision not in (ReviewAction.APPROVE, ReviewAction.RETURN):
        abort(400)
    action, reason = ReviewAction(decision), request.form.get("reason", "")
    try:
        review_response.review(runtime().database, current_person(), seq, action, reason)
    except ProblemError as error:
        flash(error.problem.text(current_language()), "problem")
    else:
        flash(_("Đã ghi nhận."), "done")
    return redirect(url_for("responses.show_response", response_id=response_id))


def short_code(response_id: str) -> str:
    """The end of a response's id, by which people tell responses at one place apart."""
    return response_id[-6:].upper()


def questionnaire_title(questionnaire: str, version: str) -> str:
    found = runtime().versions.questionnaire(questionnaire, version)
    return in_language(found.title) if found is not None else f"{questionnaire} {version}"


def _answers(response: Response) -> list[tuple[str, list[AnswerInWords]]]:
    questionnaire = runtime().versions.questionnaire(response.questionnaire, response.version)
    answers = response.answers
    return raw_answers(answers) if questionnaire is None else sections_in_words(questionnaire, answers)


def problems_in_words(response: Response) -> list[tuple[str, str]]:
    """Return (question label, problem) pairs in the reader's language."""
    questionnaire = runtime().versions.questionnaire(response.questionnaire, response.version)
    found = problems_from_json(response.problems, questionnaire)
    paths = [each.path or "" for each in found]
    labels = [label_of(questionnaire, path) or path for path in paths] if questionnaire is not None else paths
    return list(zip(labels, (each.text(current_language()) for each in found), strict=True))
