"""/quarantine: responses that wait for a decision. /unsent: import of a tablet's export of unsent responses."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from survey_server.domain import Action
from survey_server.problems import ProblemError
from survey_server.services import settle_quarantine
from survey_server.services.import_unsent import import_unsent
from survey_server.web.language import current_language, gettext as _
from survey_server.web.navigation import asked_turn
from survey_server.web.permissions import current_person, needs, runtime
from survey_server.web.responses import STATES, problems_in_words, questionnaire_title

pages = Blueprint("quarantine", __name__)
DECISIONS = {"accept": settle_quarantine.accept, "put_aside": settle_quarantine.put_aside}


@pages.route("/quarantine")
@needs(Action.SETTLE_QUARANTINE)
def list_quarantined() -> str:
    page = settle_quarantine.list_undecided(runtime().database, current_person(), asked_turn())
    undecided = page.rows
    problems = {each.seq: [text for _label, text in problems_in_words(each)] for each in undecided}
    titles = {key: questionnaire_title(*key) for key in {(each.questionnaire, each.version) for each in undecided}}
    return render_template(
        "quarantine/list.html",
        undecided=undecided,
        page=page,
        problems=problems,
        STATES=STATES,
        titles=titles,
    )


@pages.route("/quarantine/<int:seq>", methods=["POST"])
@needs(Action.SETTLE_QUARANTINE)
def settle(seq: int) -> Response:
    if not settle_quarantine.is_undecided_for(runtime().database, current_person(), seq):
        abort(404)
    decide = DECISIONS.get(request.form.get("decision", ""))
    if decide is None:
        abort(400)
    try:
        decide(runtime().receiving, current_person(), seq)
    except ProblemError as error:
        flash(error.problem.text(current_language()), "problem")
    else:
        flash(_("Đã ghi nhận."), "done")
    return redirect(url_for("quarantine.list_quarantined"))


@pages.route("/unsent")
@needs(Action.IMPORT_UNSENT)
def unsent_form() -> str:
    return render_template("quarantine/unsent.html", counted=None, rejected=[])


@pages.route("/unsent", methods=["POST"])
@needs(Action.IMPORT_UNSENT)
def import_file() -> str | tuple[str, int]:
    """Import a file like an upload; rows from an unknown tablet are quarantined."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        flash(_("Chọn một tệp."), "problem")
        return render_template("quarantine/unsent.html", counted=None, rejected=[]), 422
    try:
        receipts = import_unsent(runtime().receiving, sent.read(), current_person().id, current_language())
    except ProblemError as error:
        flash(error.problem.text(current_language()), "problem")
        return render_template("quarantine/unsent.html", counted=None, rejected=[]), 422
    counted = Counter(receipt.status.value for receipt in receipts)
    rejected = [(receipt.id, receipt.problems[0].message) for receipt in receipts if receipt.status == "rejected"]
    return render_template("quarantine/unsent.html", counted=counted, rejected=rejected)
