"""The answers of a finished response: those on its route, without empty instances, with the calculated values.

`finalAnswers` in `static/tablet/final_answers.js` does the same; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_server.questionnaire.model import Questionnaire
from survey_server.questionnaire.route import Route, parts_of


def finished(questionnaire: Questionnaire, route: Route, answers: Mapping[str, Any], today: str) -> dict[str, Any]:
    """`answers` as they were filled in, `today` the day on which the response is completed."""
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
            instances = [_without(each, calculated_names) for each in answer]
            if full := [each for each in instances if each]:
                given[name] = full
        elif name not in calculated_names and answer not in ([], None):
            given[name] = answer
    return given


def _without(instance: Mapping[str, Any], calculated_names: set[str]) -> dict[str, Any]:
    return {name: answer for name, answer in instance.items() if name not in calculated_names}


def _relevant_part(name: str, answer: Any, relevant: set[str]) -> Any:
    if not _has_instances(answer):
        return answer
    return [
        {inner: value for inner, value in each.items() if f"{name}-{index}-{inner}" in relevant}
        for index, each in enumerate(answer)
    ]


def _has_instances(answer: Any) -> bool:
    return isinstance(answer, list) and bool(answer) and isinstance(answer[0], Mapping)
