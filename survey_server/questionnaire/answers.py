"""Checking the answers of a response: compiled once a questionnaire version, never raises on any JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from survey_server.problems import Problem, answers as answer_problems
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import Check, Questionnaire, Text, walk_questions
from survey_server.questionnaire.route import Route, RouteState

MAX_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """A problem of one answer. `path` is None where it is no single answer's; `message` is the questionnaire's own
    text where it has one."""

    path: str | None
    problem: Problem
    message: Text

    @property
    def code(self) -> str:
        return self.problem.code

    def text(self, language: str = "vi") -> str:
        return self.message.get(language) or self.problem.text(language)


@dataclass(frozen=True, slots=True)
class Checked:
    """`not_asked`: names of questions off the route, in a repeat those that no instance was asked. `recomputed`:
    calculated values that differ from what was sent."""

    problems: tuple[AnswerProblem, ...]
    not_asked: tuple[str, ...]
    recomputed: dict[str, Any]
    state: RouteState


class Checker:
    """Safe to use from any number of threads."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.route = Route(questionnaire)
        self._top: dict[str, Check] = {}  # of the questions outside repeats
        self._inner: dict[str, dict[str, Check]] = {}  # by repeat
        self._messages = {each.name: each.constraint_message for each in questionnaire.walk()}
        self._calculated: dict[str | None, list[str]] = {}  # by repeat
        for section in questionnaire.sections:
            for question, repeat in walk_questions(section.questions):
                if question.role in ("group", "note"):
                    continue
                if question.role == "repeat":
                    self._inner[question.name] = {}
                if question.role == "calculated":
                    self._calculated.setdefault(repeat, []).append(question.name)
                checks = self._top if repeat is None else self._inner[repeat]
                listed = questionnaire.choices.get(question.choices or "")
                checks[question.name] = question.type.compile_check(question, listed)

    @property
    def has_derived_values(self) -> bool:
        """Whether the questionnaire has calculated values or repeats: of the answers to another one the route says
        nothing that release 0.1 did not store."""
        return bool(self._calculated or self._inner)

    def check(self, answers: Any, completed_at: str | None) -> Checked:
        """`completed_at` is the body's RFC 3339 text: its local day is today() of the expressions."""
        if not isinstance(answers, dict):
            problem = AnswerProblem(None, Problem(answer_problems.NOT_AN_OBJECT), {})
            return Checked((problem,), (), {}, RouteState())
        state = self.route.evaluate(answers, day_of(completed_at))
        found = self._check_answers(answers, state)
        misshapen = {each.path for each in found}  # a wrong kind is reported alone, without its constraint
        for path, code in state.broken:
            if code == "constraint" and path in misshapen:
                continue
            type_ = answer_problems.REQUIRED if code == "required" else answer_problems.CONSTRAINT
            own = self._messages.get(path.rpartition("-")[2], {}) if code == "constraint" else {}
            found.append(AnswerProblem(path, Problem(type_), own))
        recomputed = self._recomputed(answers, state, found)
        not_asked = [name for name in self._top if name not in state.relevant]
        for repeat, checks in self._inner.items():
            not_asked += _asked_in_no_instance(repeat, checks, state)
        return Checked(tuple(found[:MAX_PROBLEMS]), tuple(not_asked), recomputed, state)

    def _check_answers(self, answers: dict[str, Any], state: RouteState) -> list[AnswerProblem]:
        """The problems of single answers: unknown names, wrong kinds, answers off the route."""
        found: list[AnswerProblem] = []
        for name, given in answers.items():
            check = self._top.get(name)
            if check is None:
                found.append(AnswerProblem(str(name)[:64], Problem(answer_problems.UNKNOWN_QUESTION), {}))
                continue
            if not given and values.is_empty(given):
                continue
            if name not in state.relevant:
                found.append(AnswerProblem(name, Problem(answer_problems.NOT_RELEVANT), {}))
            problem = check(given)
            if problem is not None:
                found.append(AnswerProblem(name, problem, {}))
            elif name in self._inner:
                self._check_instances(name, given, state, found)
        return found

    def _check_instances(self, repeat: str, given: Any, state: RouteState, found: list[AnswerProblem]) -> None:
        checks = self._inner[repeat]
        for index, instance in enumerate(given):
            for name, answer in instance.items():
                path = f"{repeat}-{index}-{name}"[:96]
                check = checks.get(name)
                if check is None:
                    found.append(AnswerProblem(path, Problem(answer_problems.UNKNOWN_QUESTION), {}))
                elif not values.is_empty(answer):
                    if repeat in state.relevant and path not in state.relevant:
                        found.append(AnswerProblem(path, Problem(answer_problems.NOT_RELEVANT), {}))
                    problem = check(answer)
                    if problem is not None:
                        found.append(AnswerProblem(path, problem, {}))

    def _recomputed(self, answers: dict[str, Any], state: RouteState, found: list[AnswerProblem]) -> dict[str, Any]:
        """What the server calculates stands; a device that calculated otherwise is noted."""
        differing: dict[str, Any] = {}
        for name in self._calculated.get(None, ()):
            ours = state.calculated.get(name)
            if _same(answers.get(name), ours):
                continue
            differing[name] = ours
            if name in answers:
                found.append(AnswerProblem(name, Problem(answer_problems.RECOMPUTED), {}))
        for repeat, names in self._calculated.items():
            if repeat is not None and repeat in state.relevant and self._top[repeat](answers.get(repeat)) is None:
                instances = [
                    _calculated_again(instance, f"{repeat}-{index}", names, state, found)
                    for index, instance in enumerate(answers[repeat])
                ]
                if any(ours is not given for ours, given in zip(instances, answers[repeat], strict=True)):
                    differing[repeat] = instances
        return differing


def _asked_in_no_instance(repeat: str, names: Iterable[str], state: RouteState) -> list[str]:
    """Of the questions of a repeat those that are off the route in each of its instances, of which there are some."""
    paths = [f"{repeat}-{index}-" for index in range(len(state.values.get(repeat) or ()))]
    return [name for name in names if paths and not any(path + name in state.relevant for path in paths)]


def _calculated_again(
    instance: dict[str, Any], path: str, names: list[str], state: RouteState, found: list[AnswerProblem]
) -> dict[str, Any]:
    """The instance with the server's values; itself where nothing differs."""
    corrected = instance
    for name in names:
        ours = state.calculated.get(f"{path}-{name}")
        if _same(instance.get(name), ours):
            continue
        if name in instance:
            found.append(AnswerProblem(f"{path}-{name}", Problem(answer_problems.RECOMPUTED), {}))
        corrected = {key: value for key, value in corrected.items() if key != name}
        if ours is not None:
            corrected[name] = ours
    return corrected


def day_of(completed_at: str | None) -> str:
    day = values.to_date(completed_at[:10]) if isinstance(completed_at, str) else None
    return day or "1970-01-01"


def _same(given: Any, ours: Any) -> bool:
    if given is ours or (type(given) is type(ours) and given == ours):
        return True
    if (
        isinstance(given, (int, float))
        and isinstance(ours, (int, float))
        and isinstance(given, bool) == isinstance(ours, bool)
    ):
        return abs(given - ours) <= 1e-9 * max(1.0, abs(ours))
    return bool(given == ours) or (values.is_empty(given) and values.is_empty(ours))
