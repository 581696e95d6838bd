"""Random answers that obey a questionnaire: its conditions, its required questions and its constraints.

For the demo and for tests. The same generator state gives the same answers.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from survey_server.questionnaire.draft_answers import put_calculated
from survey_server.questionnaire.drawing import Drawing, Manner
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.route import Route, RouteState, parts_of

__all__ = ["Manner", "Simulator"]
MAX_PASSES = 30


class Simulator:
    """Made once per questionnaire; gives the answers of any number of respondents."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.tasks = {question.name: task or "" for _, question, task in questionnaire.walk_tasks()}
        self.by_name = {each.name: each for each in questionnaire.walk()}
        self._route = Route(questionnaire)
        inside = {inner.name for each in questionnaire.walk() if each.role == "repeat" for inner in each.questions}
        self.questions = [
            each for each in questionnaire.walk() if each.role in ("answer", "repeat") and each.name not in inside
        ]
        self._blank: dict[str, RouteState] = {}  # the route of a blank questionnaire, by day

    def answers(self, manner: Manner, random: Random, today: str) -> dict[str, Any]:
        """The answers of one respondent as a response's body carries them, calculated values included."""
        respondent = _Respondent(self, manner, random, date.fromisoformat(today))
        given: dict[str, Any] = {}
        state = RouteState()
        for attempt in range(MAX_PASSES):
            state = self._route.evaluate(given, today) if given else self._blank_route(today)
            changed = _remove_irrelevant(given, state)
            changed |= respondent.fill(given, state)
            if not changed and not respondent.repair(given, state, attempt):
                break
        put_calculated(given, state.calculated)
        return {name: given[name] for name in self.by_name if name in given}

    def _blank_route(self, today: str) -> RouteState:
        if today not in self._blank:
            self._blank[today] = self._route.evaluate({}, today)
        return self._blank[today]


def _remove_irrelevant(given: dict[str, Any], state: RouteState) -> bool:
    """Remove the answers to questions that are off the route; whether there were any."""
    gone = [name for name in given if name not in state.relevant]
    for name in gone:
        del given[name]
    for repeat, instances in given.items():
        if isinstance(instances, list) and instances and isinstance(instances[0], dict):
            for index, instance in enumerate(instances):
                for name in [each for each in instance if f"{repeat}-{index}-{each}" not in state.relevant]:
                    del instance[name]
                    gone.append(name)
    return bool(gone)


class _Respondent(Drawing):
    """One respondent: answers question after question, and draws again what breaks a rule."""

    def __init__(self, simulator: Simulator, manner: Manner, random: Random, today: date) -> None:
        super().__init__(simulator.questionnaire.choices, simulator.tasks, manner, random, today)
        self._simulator = simulator
        self._left_open: set[str] = set()

    def fill(self, given: dict[str, Any], state: RouteState) -> bool:
        """Answer the relevant questions that have no answer yet; whether there were any."""
        before = len(self._left_open)
        changed = False
        for question in self._simulator.questions:
            if question.name in given:
                if question.role == "repeat":
                    changed |= self._fill_instances(question, given[question.name], state)
            elif question.name in state.relevant and question.name not in self._left_open:
                self._answer(question, question.name, given, state)
                changed |= question.name in given
        return changed or len(self._left_open) > before

    def repair(self, given: dict[str, Any], state: RouteState, attempt: int) -> bool:
        """Draw again what breaks a rule; after many attempts leave it out. Whether anything broke one."""
        for path, code in state.broken:
            repeat, index, name = parts_of(path)
            holder = given[repeat][index] if repeat else given
            question = self._simulator.by_name[name]
            if code == "required":
                holder.pop(name, None)
                self._left_open.discard(path)
            elif attempt > MAX_PASSES - 5:
                holder.pop(name, None)
                if path not in state.required:
                    self._left_open.add(path)
            elif attempt % 3 == 0 or question.type.data not in ("number", "table"):
                holder[name] = question.type.draw(self, question)
            else:
                low, high = (0.3, 0.9) if attempt % 3 == 1 else (1.5, 6.0)
                holder[name] = _scaled(holder[name], self.random.uniform(low, high))
        return bool(state.broken)

    def _fill_instances(self, repeat: Question, instances: list[dict[str, Any]], state: RouteState) -> bool:
        changed = False
        for index, instance in enumerate(instances):
            for inner in repeat.questions:
                path = f"{repeat.name}-{index}-{inner.name}"
                wanted = inner.role == "answer" and inner.name not in instance
                if wanted and path in state.relevant and path not in self._left_open:
                    self._answer(inner, path, instance, state)
                    changed = True
        return changed

    def _answer(self, question: Question, path: str, holder: dict[str, Any], state: RouteState) -> None:
        is_silent = path not in state.required and self.random.random() < self.manner.silence
        drawn = None if is_silent else question.type.draw(self, question)
        if drawn is None or drawn == []:
            self._left_open.add(path)
        else:
            holder[question.name] = drawn


def _scaled(value: Any, factor: float) -> Any:
    """A number, or every number of a table, times a factor; reasons and estimates stay what they are."""
    if isinstance(value, dict):
        return {key: _scaled(inner, factor) if key != "estimated" else inner for key, inner in value.items()}
    if isinstance(value, bool | str) or not isinstance(value, int | float):
        return value
    return int(value * factor) if isinstance(value, int) else round(value * factor, 1)
