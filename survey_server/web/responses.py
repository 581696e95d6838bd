"""/responses: the single responses that a person may open, and their review."""

from __future__ import annotations

import json

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as HttpResponse

from survey_server.domain.people import Action
from survey_server.domain.responses import Response, State
from survey_server.problems import ProblemError
from survey_server.services import review_response
from survey_server.services.review_response import Opened
from survey_server.services.stored_problems import problems_from_json
from survey_server.web.answers_in_words import raw_answers, sections_in_words
from survey_server.web.fill_problems import label_of
from survey_server.web.language import current_language, in_language
from survey_server.web.language import gettext as _
from survey_server.web.permissions import current_person, needs, require, runtime
from survey_server.web.question_types import AnswerInWords

pages = Blueprint("responses", __name__)
DECISIONS = {"approve": State.APPROVED, "return": State.RETURNED}
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
    state = request.args.get("state", "")
    page = request.args.get("page", 1, type=int)
    known = state if state in STATES else ""
    found, more = review_response.list_responses(runtime().database, current_person(), known, page)
    titles = {key: questionnaire_title(*key) for key in {(each.questionnaire, each.version) for each in found}}
    return render_template(
        "responses/list.html", responses=found, more=more, page=max(page, 1), state=known, STATES=STATES, titles=titles,
        problems={each.seq: len(json.loads(each.problems)) for each in found},
    )  # fmt: skip


@pages.route("/responses/<response_id>")
@needs(Action.READ_RESPONSE)
def show_response(response_id: str) -> str:
    found = review_response.open_response(runtime().database, current_person(), response_id)
    if not found:
        abort(404)
    shown = [(each, _answers(each), problems_in_words(each.stored)) for each in found]
    stored = found[0].stored
    title = questionnaire_title(stored.questionnaire, stored.version)
    return render_template("responses/one.html", shown=shown, title=title, STATES=STATES)


@pages.route("/responses/<response_id>/review", methods=["POST"])
@needs(Action.REVIEW, Action.RECEIVE)
def review(response_id: str) -> HttpResponse:
    """Record a decision: 404 for who may not open the response, 403 for who may not decide, then 400 for bad input."""
    seq = request.form.get("seq", 0, type=int)
    opened = review_response.open_response(runtime().database, current_person(), response_id)
    stored = next((each.stored for each in opened if each.stored.seq == seq), None)
    if stored is None:
        abort(404)
    require(review_response.may_review(current_person(), stored))
    to = DECISIONS.get(request.form.get("decision", ""))
    if to is None:
        abort(400)
    try:
        review_response.decide(runtime().database, current_person(), seq, to, request.form.get("reason", ""))
    except ProblemError as error:
        flash(error.problem.text(current_language()), "problem")
    else:
        flash(_("Đã ghi nhận."), "done")
    return redirect(url_for("responses.show_response", response_id=response_id))


def questionnaire_title(questionnaire: str, version: str) -> str:
    found = runtime().versions.questionnaire(questionnaire, version)
    return in_language(found.title) if found is not None else f"{questionnaire} {version}"


def _answers(opened: Opened) -> list[tuple[str, list[AnswerInWords]]]:
    stored = opened.stored
    questionnaire = runtime().versions.questionnaire(stored.questionnaire, stored.version)
    answers = json.loads(stored.body).get("answers", {})
    return raw_answers(answers) if questionnaire is None else sections_in_words(questionnaire, answers)


def problems_in_words(stored: Response) -> list[tuple[str, str]]:
    """Return (question label, problem) pairs in the reader's language."""
    questionnaire = runtime().versions.questionnaire(stored.questionnaire, stored.version)
    shown = []
    for found in problems_from_json(stored.problems, questionnaire):
        path = found.path or ""
        label = label_of(questionnaire, path) if questionnaire is not None else ""
        shown.append((label or path, found.text(current_language())))
    return shown
