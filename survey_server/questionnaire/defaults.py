"""The defaults of questions: the answers that a new draft begins with.

A default is evaluated once, when its question first becomes relevant; `applyDefaults` in `static/tablet/form_state.js`
does the same on the tablet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_server.questionnaire.language.evaluate import Scope, evaluate
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.route import Route
from survey_server.questionnaire.steps import plain


def with_defaults(questionnaire: Questionnaire, route: Route, answers: Mapping[str, Any], now: str) -> dict[str, Any]:
    """The answers of a draft, with the defaults of the relevant questions that it does not name.

    In the order of the page: a default may use the questions before it. A question that is named, with None too, has
    had its default. `now`: the local minute, as "2012-06-05T08:30".
    """
    filled = dict(answers)
    pending = [each for each in questionnaire.walk() if each.default is not None and each.name not in answers]
    while pending:
        state = route.evaluate(filled, now[:10])
        question = next((each for each in pending if each.name in state.relevant), None)
        if question is None:
            break
        pending.remove(question)
        filled[question.name] = _default(questionnaire, question, Scope(state.values, today=now[:10], now=now))
    return filled


def _default(questionnaire: Questionnaire, question: Question, scope: Scope) -> Any:
    """None where the expression gives nothing that the question takes as an answer."""
    answer = plain(question.type.coerce(evaluate(question.default, scope)))
    check = question.type.compile_check(question, questionnaire.choices.get(question.choices or ""))
    return answer if answer is not None and check(answer) is None else None
