"""The route through a questionnaire: what is asked, what must be answered, what is calculated, what breaks a rule.

`static/tablet/route.js` takes the same steps. A path is a question's name; inside a repeat it is
`<repeat>-<index from 0>-<name>`, as in the pages' markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_server.questionnaire import dependencies
from survey_server.questionnaire.expressions import values
from survey_server.questionnaire.expressions.evaluate import Compiled, Condition, Scope, compiled, condition
from survey_server.questionnaire.model import Question, Questionnaire

MOST_INSTANCES = 500
_SILENT = frozenset({"note", "group"})
_MADE = _SILENT | {"repeat", "calculate"}
_NUMBERS = frozenset({"integer", "decimal"})


@dataclass(slots=True)
class RouteState:
    """Paths throughout. `values` are the answers as other questions' expressions see them; `broken` pairs a path with
    "required" or "constraint"."""

    relevant: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    calculated: dict[str, Any] = field(default_factory=dict)
    broken: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Step:
    """A question with its expressions compiled. `around` is the group or repeat it stands in."""

    question: Question
    around: _Step | None
    repeat: str | None
    section_relevant: Condition | None
    relevant: Condition | None
    required: Condition | None
    constraint: Condition | None
    calculation: Compiled | None
    missing: frozenset[str]
    name: str
    type: str
    is_always_required: bool
    is_plain: bool  # nothing around it can take it off the route
    sees: Callable[[Any], Any] | None  # what expressions see of an answer; None where it is not given but made
    is_visited: bool  # it may be off the route, or another question's expression reads it

    @property
    def has_rules(self) -> bool:
        ruled = self.required is not None or self.constraint is not None
        return ruled and self.type not in _SILENT and self.calculation is None


class Route:
    """Compiled once a questionnaire version; safe to use from any number of threads."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._steps: dict[str, _Step] = {}
        missing = {name: frozenset(c.code for c in each.missing) for name, each in questionnaire.choices.items()}
        self._read = _read_by_others(questionnaire)
        for section in questionnaire.sections:
            asked = _maybe(section.relevant)
            for question in section.questions:
                self._add(question, None, None, asked, missing)
        ordered = [self._steps[name] for name in dependencies.order(questionnaire.sections)]
        self._order = [step for step in ordered if step.is_visited]
        self._always_asked = {step.name for step in ordered if not step.is_visited}
        self._page_order = [step for step in self._steps.values() if step.has_rules]

    def _add(
        self,
        question: Question,
        around: _Step | None,
        repeat: str | None,
        section: Condition | None,
        missing: Mapping[str, frozenset[str]],
    ) -> None:
        is_plain, sees = around is None and section is None, _sees(question)
        is_visited = not is_plain or question.relevant is not None or sees is None or question.name in self._read
        step = _Step(
            question, around, repeat, section, _maybe(question.relevant),
            None if question.required is False else condition(question.required),
            _maybe(question.constraint), None if question.calculation is None else compiled(question.calculation),
            missing.get(question.choices or "", frozenset()), question.name, question.type,
            question.required is True, is_plain, sees, is_visited,
        )  # fmt: skip
        self._steps[question.name] = step
        inside = question.name if question.type == "repeat" else repeat
        for inner in question.questions:
            self._add(inner, step, inside, section, missing)

    def evaluate(self, answers: Mapping[str, Any], today: str) -> RouteState:
        """`answers` as in a response's body; what has the wrong shape counts as unanswered. Never raises."""
        return _Walk(answers, today, self._always_asked).through(self._order, self._page_order)


class _Walk:
    __slots__ = ("_answers", "_asked", "_instances", "_known", "_relevant", "_scope", "_state")

    def __init__(self, answers: Mapping[str, Any], today: str, always_asked: set[str]) -> None:
        self._answers = answers
        self._state = RouteState(set(always_asked))
        self._known, self._relevant = self._state.values, self._state.relevant  # looked at for each question
        self._scope = Scope(self._known, None, today)
        self._instances: dict[str, list[dict[str, Any]]] = {}
        self._asked: dict[str, bool] = {}

    def through(self, order: list[_Step], page_order: list[_Step]) -> RouteState:
        for step in order:
            if step.repeat is None:
                self._visit(step)
            else:
                for index, instance in enumerate(self._of(step.repeat)):
                    self._visit_in(step, index, instance)
                self._leave()
        for step in page_order:
            if step.repeat is None:
                self._judge(step, step.name, self._answers.get(step.name), self._known)
            else:
                given = self._answers.get(step.repeat)
                for index, instance in enumerate(self._of(step.repeat)):
                    self._enter(index, instance)
                    self._judge(step, f"{step.repeat}-{index}-{step.name}", given[index].get(step.name), instance)  # type: ignore[index]
                self._leave()
        return self._state

    def _of(self, repeat: str) -> list[dict[str, Any]]:
        """The instances of a repeat, each to hold the values of its questions."""
        if repeat not in self._instances:
            given = self._answers.get(repeat)
            usable = isinstance(given, list) and len(given) <= MOST_INSTANCES
            usable = usable and all(isinstance(each, Mapping) for each in given)  # type: ignore[union-attr]
            self._instances[repeat] = [{} for _ in given] if usable else []  # type: ignore[union-attr]
        return self._instances[repeat]

    def _enter(self, index: int, instance: dict[str, Any]) -> None:
        self._scope.instance, self._scope.position = instance, index + 1.0

    def _leave(self) -> None:
        self._scope.instance, self._scope.position = {}, None

    def _around_is_asked(self, step: _Step) -> bool:
        if step.around is None:
            return step.section_relevant is None or step.section_relevant(self._scope)
        around = step.around
        if around.repeat is not None:
            return self._around_is_asked(around) and self._holds(around)
        if around.name not in self._asked:
            self._asked[around.name] = self._around_is_asked(around) and self._holds(around)
        return self._asked[around.name]

    def _holds(self, step: _Step) -> bool:
        return step.relevant is None or step.relevant(self._scope)

    def _visit(self, step: _Step) -> None:
        name, known = step.name, self._known
        asked = (step.is_plain or self._around_is_asked(step)) and (step.relevant is None or step.relevant(self._scope))
        if step.type == "group":
            self._asked[name] = asked
        if not asked:
            known[name] = None
            return
        self._relevant.add(name)
        if step.sees is not None:  # of forty questions the value of thirty-five is seen just here
            given = self._answers.get(name)
            known[name] = None if given is None else step.sees(given)
        else:
            known[name] = self._made(step, name)

    def _visit_in(self, step: _Step, index: int, instance: dict[str, Any]) -> None:
        assert step.repeat is not None
        self._enter(index, instance)
        if not (self._around_is_asked(step) and self._holds(step)):
            instance[step.name] = None
            return
        path = f"{step.repeat}-{index}-{step.name}"
        self._relevant.add(path)
        given = self._answers[step.repeat][index].get(step.name)
        instance[step.name] = self._made(step, path) if step.sees is None else step.sees(given)

    def _made(self, step: _Step, path: str) -> Any:
        """The value of what nobody fills in."""
        if step.calculation is not None:
            result = step.calculation(self._scope)
            if not values.is_empty(result):
                self._state.calculated[path] = _plain(result)
            return None if values.is_empty(result) else result
        return self._of(step.name) if step.type == "repeat" else None

    def _judge(self, step: _Step, path: str, given: Any, known: Mapping[str, Any]) -> None:
        """Whether a relevant question is answered as its rules ask; `through` has entered its instance."""
        if path not in self._relevant:
            return
        answered = given is not None and _is_answered(step, given)
        scope = self._scope
        if step.is_visited:
            scope.own = known[step.name] if step.type != "repeat" else None
        else:
            scope.own = step.sees(given) if answered else None  # type: ignore[misc]  # what is made is visited
        if step.is_always_required or (step.required is not None and step.required(scope)):
            self._state.required.add(path)
            if not answered:
                self._state.broken.append((path, "required"))
        judged = answered and step.constraint is not None and not _is_missing(step, given)
        if judged and not step.constraint(scope):  # type: ignore[misc]
            self._state.broken.append((path, "constraint"))


def _read_by_others(questionnaire: Questionnaire) -> set[str]:
    """The questions whose values an expression reads."""
    read = {name for needed in dependencies.graph(questionnaire.sections).values() for name in needed}
    for question in questionnaire.walk():
        read.update(dependencies.references(question.required))
        read.update(dependencies.references(question.constraint))
    return read


def _maybe(tree: Any) -> Condition | None:
    return None if tree is None else condition(tree)


def _seen_text(given: Any) -> Any:
    if not isinstance(given, str) or not given:
        return None
    return given if given.isascii() else unicodedata.normalize("NFC", given)


def _seen_number(given: Any) -> Any:
    """A missing code in place of a number is no number."""
    return None if isinstance(given, (bool, str)) else values.number(given)


def _seen_codes(given: Any) -> Any:
    return [each for each in given if isinstance(each, str)] or None if isinstance(given, list) else None


def table(given: Any) -> dict[str, dict[str, Any]]:
    """The rows of a number table that are shaped as rows."""
    if not isinstance(given, Mapping):
        return {}
    return {row: dict(cells) for row, cells in given.items() if isinstance(cells, Mapping)}


_SEES: dict[str, Callable[[Any], Any]] = {
    "integer": _seen_number,
    "decimal": _seen_number,
    "number_table": table,
    "select_multiple": _seen_codes,
}


def _sees(question: Question) -> Callable[[Any], Any] | None:
    made = question.type in _MADE or question.calculation is not None
    return None if made else _SEES.get(question.type, _seen_text)


def _is_answered(step: _Step, given: Any) -> bool:
    """Of what is not None."""
    if step.type == "number_table":
        rows = table(given)
        cells = [
            rows.get(row.code, {}).get(period.code) for row in step.question.rows for period in step.question.periods
        ]
        return all(not values.is_empty(cell) for cell in cells)
    return not (isinstance(given, (str, list, dict)) and len(given) == 0)


def _is_missing(step: _Step, given: Any) -> bool:
    return isinstance(given, str) and (step.type in _NUMBERS or given in step.missing)


def _plain(result: Any) -> Any:
    """A calculated value as JSON writes it: a whole number without a point."""
    if isinstance(result, float) and result.is_integer() and abs(result) < 2**53:
        return int(result)
    return list(result) if isinstance(result, tuple) else result
