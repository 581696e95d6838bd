"""The answers of a draft: its defaults when it begins, and what remains of them when it is finished.

`applyDefaults` in `static/tablet/form_state.js` and `finalAnswers` in `static/tablet/final_answers.js` do the same on
the tablet; tests compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_server.questionnaire.language.evaluate import Scope, evaluate
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.route import Route, parts_of, plain


def with_defaults(questionnaire: Questionnaire, route: Route, answers: Mapping[str, Any], now: str) -> dict[str, Any]:
    """The answers of a draft, with the defaults of the relevant questions that it does not name.

    A default is evaluated once, when its question first becomes relevant, in the order of the page: it may use the
    questions before it. A question that is named, with None too, has
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


def finished(questionnaire: Questionnaire, route: Route, answers: Mapping[str, Any], today: str) -> dict[str, Any]:
    """The answers on the route, without empty instances, with the calculated values.

    `answers` as they were filled in, `today` the day on which the response is completed.
    """
    calculated_names = {each.name for each in questionnaire.walk() if each.calculation is not None}
    given = _filled_in(answers, calculated_names)
    state = route.evaluate(given, today)
    final = {
        name: _relevant_part(name, answer, state.relevant) for name, answer in given.items() if name in state.relevant
    }
    put_calculated(final, state.calculated)
    return final


def put_calculated(answers: dict[str, Any], calculated: Mapping[str, Any]) -> None:
    """Put calculated values, by path, among the answers; those inside repeats into their instances."""
    for path, value in calculated.items():
        repeat, index, name = parts_of(path)
        if not repeat:
            answers[name] = value
        elif repeat in answers:
            answers[repeat][index][name] = value


def _filled_in(answers: Mapping[str, Any], calculated_names: set[str]) -> dict[str, Any]:
    """The answers without the calculated ones, without empty instances and repeats that hold nothing else."""
    given: dict[str, Any] = {}
    for name, answer in answers.items():
        if _has_instances(answer):
            instances = [{key: each[key] for key in each if key not in calculated_names} for each in answer]
            if full := [each for each in instances if each]:
                given[name] = full
        elif name not in calculated_names and answer not in ([], None):
            given[name] = answer
    return given


def _relevant_part(name: str, answer: Any, relevant: set[str]) -> Any:
    if not _has_instances(answer):
        return answer
    return [
        {inner: value for inner, value in each.items() if f"{name}-{index}-{inner}" in relevant}
        for index, each in enumerate(answer)
    ]


def _has_instances(answer: Any) -> bool:
    return isinstance(answer, list) and bool(answer) and isinstance(answer[0], Mapping)
