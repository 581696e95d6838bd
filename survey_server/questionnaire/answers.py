"""Checking the answers of a response: compiled once a questionnaire version, never raises on any JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from survey_server.problems import Problem
from survey_server.problems import answers as answer_problems
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import Question, Questionnaire, Text
from survey_server.questionnaire.route import MAX_INSTANCES, Route, RouteState
from survey_server.questionnaire.steps import MAX_NUMBER

MAX_ANSWER_LENGTH = 20_000
MAX_PROBLEMS = 200
Check = Callable[[Any], Problem | None]


@dataclass(frozen=True, slots=True)
class Finding:
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
    """`not_asked`: names of questions off the route. `recomputed`: calculated values that differ from what was sent."""

    problems: tuple[Finding, ...]
    not_asked: tuple[str, ...]
    recomputed: dict[str, Any]
    state: RouteState


def compile_checker(questionnaire: Questionnaire) -> Checker:
    return Checker(questionnaire)


class Checker:
    """Safe to use from any number of threads."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.route = Route(questionnaire)
        self._top: dict[str, Check] = {}
        self._inner: dict[str, dict[str, Check]] = {}
        self._messages: dict[str, Text] = {}
        self._calculated: set[str] = set()
        self._calculated_inside: dict[str, list[str]] = {}  # by repeat
        self._names: list[str] = []
        for question in questionnaire.walk():
            self._messages[question.name] = question.constraint_message
        for section in questionnaire.sections:
            for question in section.questions:
                self._add(questionnaire, question)

    @property
    def calculates(self) -> bool:
        """Whether the questionnaire has calculated values."""
        return bool(self._calculated or self._calculated_inside)

    def _add(self, questionnaire: Questionnaire, question: Question) -> None:
        if question.type == "group":
            for inner in question.questions:
                self._add(questionnaire, inner)
            return
        if question.type == "note":
            return
        self._names.append(question.name)
        if question.type == "calculate":
            self._calculated.add(question.name)
        self._top[question.name] = _CHECKS[question.type](questionnaire, question)
        if question.type == "repeat":
            self._inner[question.name] = {
                inner.name: _CHECKS[inner.type](questionnaire, inner)
                for inner in question.questions
                if inner.type != "note"
            }
            inside = [inner.name for inner in question.questions if inner.type == "calculate"]
            if inside:
                self._calculated_inside[question.name] = inside

    def check(self, answers: Any, completed_at: str | None) -> Checked:
        """`completed_at` is the body's RFC 3339 text: its local day is today() of the expressions."""
        if not isinstance(answers, dict):
            problem = Finding(None, Problem(answer_problems.NOT_AN_OBJECT), {})
            return Checked((problem,), (), {}, RouteState())
        state = self.route.evaluate(answers, day_of(completed_at))
        found = self._check_answers(answers, state)
        misshapen = {each.path for each in found}  # what is no date at all is not told that it lies too late, besides
        for path, code in state.broken:
            if code == "constraint" and path in misshapen:
                continue
            type_ = answer_problems.REQUIRED if code == "required" else answer_problems.CONSTRAINT
            own = self._messages.get(path.rpartition("-")[2], {}) if code == "constraint" else {}
            found.append(Finding(path, Problem(type_), own))
        recomputed = self._recomputed(answers, state, found)
        not_asked = tuple([name for name in self._names if name not in state.relevant])
        return Checked(tuple(found[:MAX_PROBLEMS]), not_asked, recomputed, state)

    def _check_answers(self, answers: dict[str, Any], state: RouteState) -> list[Finding]:
        """The problems of single answers: unknown names, wrong kinds, answers off the route."""
        found: list[Finding] = []
        for name, given in answers.items():
            check = self._top.get(name)
            if check is None:
                found.append(Finding(str(name)[:64], Problem(answer_problems.UNKNOWN_QUESTION), {}))
                continue
            if not given and values.is_empty(given):
                continue
            if name not in state.relevant:
                found.append(Finding(name, Problem(answer_problems.NOT_RELEVANT), {}))
            problem = check(given)
            if problem is not None:
                found.append(Finding(name, problem, {}))
            elif name in self._inner:
                self._check_instances(name, given, state, found)
        return found

    def _check_instances(self, repeat: str, given: Any, state: RouteState, found: list[Finding]) -> None:
        checks = self._inner[repeat]
        for index, instance in enumerate(given):
            for name, answer in instance.items():
                path = f"{repeat}-{index}-{name}"[:96]
                check = checks.get(name)
                if check is None:
                    found.append(Finding(path, Problem(answer_problems.UNKNOWN_QUESTION), {}))
                elif not values.is_empty(answer):
                    if repeat in state.relevant and path not in state.relevant:
                        found.append(Finding(path, Problem(answer_problems.NOT_RELEVANT), {}))
                    problem = check(answer)
                    if problem is not None:
                        found.append(Finding(path, problem, {}))

    def _recomputed(self, answers: dict[str, Any], state: RouteState, found: list[Finding]) -> dict[str, Any]:
        """What the server calculates stands; a device that calculated otherwise is noted."""
        differing: dict[str, Any] = {}
        for name in self._calculated:
            ours = state.calculated.get(name)
            if _same(answers.get(name), ours):
                continue
            differing[name] = ours
            if name in answers:
                found.append(Finding(name, Problem(answer_problems.RECOMPUTED), {}))
        for repeat, names in self._calculated_inside.items():
            if repeat in state.relevant and self._top[repeat](answers.get(repeat)) is None:
                instances = [
                    _calculated_again(instance, f"{repeat}-{index}", names, state, found)
                    for index, instance in enumerate(answers[repeat])
                ]
                if any(ours is not given for ours, given in zip(instances, answers[repeat], strict=True)):
                    differing[repeat] = instances
        return differing


def _calculated_again(
    instance: dict[str, Any], path: str, names: list[str], state: RouteState, found: list[Finding]
) -> dict[str, Any]:
    """The instance with the server's values; itself where nothing differs."""
    mended = instance
    for name in names:
        ours = state.calculated.get(f"{path}-{name}")
        if _same(instance.get(name), ours):
            continue
        if name in instance:
            found.append(Finding(f"{path}-{name}", Problem(answer_problems.RECOMPUTED), {}))
        mended = {key: value for key, value in mended.items() if key != name}
        if ours is not None:
            mended[name] = ours
    return mended


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


def _wrong(question: Question) -> Problem:
    return Problem(answer_problems.WRONG_KIND, {"type": question.type})


def _text(_questionnaire: Questionnaire, question: Question) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return _wrong(question)
        return Problem(answer_problems.TOO_LARGE) if len(given) > MAX_ANSWER_LENGTH else None

    return check


def _number(_questionnaire: Questionnaire, question: Question) -> Check:
    missing = frozenset(choice.code for choice in question.missing)
    whole = question.type == "integer"

    def check(given: Any) -> Problem | None:
        if isinstance(given, str):
            return None if given in missing else _wrong(question)
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            return _wrong(question)
        if not abs(given) <= MAX_NUMBER:  # so written, NaN is too large as well
            return Problem(answer_problems.TOO_LARGE)
        return Problem(answer_problems.NOT_WHOLE) if whole and given % 1 else None

    return check


def _codes(questionnaire: Questionnaire, question: Question) -> frozenset[str]:
    listed = questionnaire.choices[question.choices or ""]
    return frozenset(choice.code for choice in (*listed.options, *listed.missing))


def _select_one(questionnaire: Questionnaire, question: Question) -> Check:
    codes = _codes(questionnaire, question)

    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return _wrong(question)
        return None if given in codes else Problem(answer_problems.UNKNOWN_CHOICE, {"code": given[:64]})

    return check


def _select_multiple(questionnaire: Questionnaire, question: Question) -> Check:
    codes = _codes(questionnaire, question)
    missing = frozenset(choice.code for choice in questionnaire.choices[question.choices or ""].missing)
    options = codes - missing

    def check(given: Any) -> Problem | None:
        if isinstance(given, str) and given in missing:
            return None
        if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
            return _wrong(question)
        if len(options.intersection(given)) == len(given):  # the usual answer: some of the options, each once
            return None
        for index, code in enumerate(given):
            if code not in codes:
                return Problem(answer_problems.UNKNOWN_CHOICE, {"code": code[:64]})
            if code in given[:index]:
                return Problem(answer_problems.REPEATED_CHOICE, {"code": code})
        beside = len(given) > 1 and not missing.isdisjoint(given)
        return Problem(answer_problems.REASON_BESIDE_CHOICES) if beside else None

    return check


def _date(_questionnaire: Questionnaire, question: Question) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, str):
            return _wrong(question)
        return None if values.to_date(given) else Problem(answer_problems.NOT_A_DAY, {"given": given[:64]})

    return check


def _calculate(_questionnaire: Questionnaire, question: Question) -> Check:
    return lambda given: _wrong(question) if isinstance(given, (dict, list)) else None


def _number_table(_questionnaire: Questionnaire, question: Question) -> Check:
    rows = frozenset(row.code for row in question.rows)
    periods = frozenset(period.code for period in question.periods)
    missing = frozenset(choice.code for choice in question.missing)

    def check(given: Any) -> Problem | None:
        if not isinstance(given, dict):
            return _wrong(question)
        for row, cells in given.items():
            if row not in rows or not isinstance(cells, dict):
                return _wrong(question)
            for period, cell in cells.items():
                if period not in periods or not _is_cell(cell, missing):
                    return _wrong(question)
        return None

    return check


def _is_cell(cell: Any, missing: frozenset[str]) -> bool:
    if isinstance(cell, dict):
        if not cell.keys() <= {"value", "estimated"} or not isinstance(cell.get("estimated", False), bool):
            return False
        cell = cell.get("value")
        if isinstance(cell, (dict, str)):
            return False
    if isinstance(cell, str):
        return cell in missing
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return False
    return abs(cell) <= MAX_NUMBER


def _repeat(_questionnaire: Questionnaire, question: Question) -> Check:
    def check(given: Any) -> Problem | None:
        if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
            return _wrong(question)
        return Problem(answer_problems.TOO_LARGE) if len(given) > MAX_INSTANCES else None

    return check


_CHECKS: dict[str, Callable[[Questionnaire, Question], Check]] = {
    "text": _text,
    "integer": _number,
    "decimal": _number,
    "select_one": _select_one,
    "select_multiple": _select_multiple,
    "date": _date,
    "calculate": _calculate,
    "number_table": _number_table,
    "repeat": _repeat,
}
