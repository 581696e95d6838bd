"""/responses: single responses that a person may open, and their review."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from survey_server.fieldwork.people import Action
from survey_server.fieldwork.responses import State
from survey_server.problems import ProblemError
from survey_server.questionnaire.model import Question
from survey_server.services import review_response
from survey_server.services.find_questionnaire import find_questionnaire
from survey_server.services.review_response import Opened
from survey_server.web.language import current_language, in_language
from survey_server.web.language import gettext as _
from survey_server.web.numbers import format_number
from survey_server.web.permissions import current_person, needs, survey

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
def listed() -> str:
    state = request.args.get("state", "")
    page = request.args.get("page", 1, type=int)
    known = state if state in STATES else ""
    found, more = review_response.list_responses(survey().database, current_person(), known, page)
    titles = {key: _title(*key) for key in {(each.questionnaire, each.version) for each in found}}
    return render_template(
        "responses/list.html", responses=found, more=more, page=max(page, 1), state=known, STATES=STATES, titles=titles,
        problems={each.seq: len(json.loads(each.problems)) for each in found},
    )  # fmt: skip


@pages.route("/responses/<response_id>")
@needs(Action.READ_RESPONSE)
def one(response_id: str) -> str:
    found = review_response.open_response(survey().database, current_person(), response_id)
    if not found:
        abort(404)
    shown = [(each, _answers(each), json.loads(each.stored.problems)) for each in found]
    stored = found[0].stored
    title = _title(stored.questionnaire, stored.version)
    return render_template("responses/one.html", shown=shown, title=title, STATES=STATES)


@pages.route("/responses/<response_id>/review", methods=["POST"])
@needs(Action.REVIEW, Action.RECEIVE)
def review(response_id: str) -> Response:
    to = {"approve": State.APPROVED, "return": State.RETURNED}.get(request.form.get("decision", ""))
    seq = request.form.get("seq", 0, type=int)
    if to is None:
        abort(400)
    try:
        review_response.decide(survey().database, current_person(), seq, to, request.form.get("reason", ""))
    except ProblemError as error:
        flash(error.problem.text(current_language()), "problem")
    else:
        flash(_("Đã ghi nhận."), "done")
    return redirect(url_for("responses.one", response_id=response_id))


def _title(questionnaire: str, version: str) -> str:
    found = find_questionnaire(survey().database, questionnaire, version)
    return in_language(found.title) if found is not None else f"{questionnaire} {version}"


def _answers(opened: Opened) -> list[tuple[str, list[tuple[str, str]]]]:
    """Section title → question label and answer in words; what was not answered is left out."""
    stored = opened.stored
    questionnaire = find_questionnaire(survey().database, stored.questionnaire, stored.version)
    answers = json.loads(stored.body).get("answers", {})
    if questionnaire is None:
        return [("", [(name, json.dumps(value, ensure_ascii=False)) for name, value in answers.items()])]
    sections = []
    for section in questionnaire.sections:
        labels = dict(questionnaire.choices.items())
        rows = [
            (in_language(question.label) or question.name, _shown(question, answers[question.name], labels))
            for question in _flat(section.questions)
            if question.name in answers
        ]
        if rows:
            sections.append((in_language(section.title), rows))
    return sections


def _flat(questions: tuple[Question, ...]) -> list[Question]:
    found: list[Question] = []
    for question in questions:
        found += _flat(question.questions) if question.type == "group" else [question]
    return found


def _shown(question: Question, answer: Any, lists: dict[str, Any]) -> str:
    """An answer in words."""
    listed = lists.get(question.choices or "")
    choices = [*listed.options, *listed.missing] if listed is not None else []
    labels = {each.code: in_language(each.label) for each in [*choices, *question.missing]}
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        inner = {each.name: each for each in question.questions}
        return "; ".join(
            ", ".join(_shown(inner[name], value, lists) for name, value in each.items() if name in inner)
            for each in answer
        )
    if isinstance(answer, list):
        return ", ".join(labels.get(str(code), str(code)) for code in answer)
    if isinstance(answer, dict):
        rows = {row.code: in_language(row.label) for row in question.rows}
        periods = {period.code: in_language(period.label) for period in question.periods}
        return "; ".join(
            f"{rows.get(row, row)} {periods.get(period, period)}: {_figure(cell, labels)}"
            for row, cells in answer.items()
            if isinstance(cells, dict)
            for period, cell in cells.items()
        )
    return labels.get(str(answer), _figure(answer, labels))


def _figure(cell: Any, labels: dict[str, str]) -> str:
    if isinstance(cell, dict):
        return f"{_figure(cell.get('value'), labels)} ({_('ước')})"
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return labels.get(str(cell), str(cell))
    return format_number(cell, current_language())
