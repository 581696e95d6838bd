"""The route through a questionnaire: which questions are relevant, required or calculated, and which break a rule.

`static/tablet/route.js` takes the same steps. A path is a question's name; inside a repeat it is
`<repeat>-<index from 0>-<name>`, as in the pages' markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from survey_server.questionnaire import dependencies
from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.evaluate import (
    Condition,
    Scope,
    compile_condition,
    compile_expression,
)
from survey_server.questionnaire.model import (
    MAX_INSTANCES,
    MAX_NUMBER,
    ChoiceList,
    Expression,
    Question,
    Questionnaire,
    is_given,
    missing_codes,
)


class Step:
    """A question with its expressions compiled. `around` is the group or repeat it lies in, `repeat` that repeat's
    name, `section` the condition of its section; `read` are the questions whose values an expression reads."""

    def __init__(
        self,
        question: Question,
        around: Step | None,
        repeat: str | None,
        section: Expression,
        choices: Mapping[str, ChoiceList],
        read: set[str],
    ) -> None:
        type_ = question.type
        self.name, self.role = question.name, question.role
        self.around, self.repeat = around, repeat
        self.section_relevant = _condition(section)
        self.relevant = _condition(question.relevant)
        self.required = None if question.required is False else compile_condition(question.required)
        self.constraint = _condition(question.constraint)
        self.calculation = None if question.calculation is None else compile_expression(question.calculation)
        self.is_answered = is_given if type_.is_answered is None else partial(type_.is_answered, question)
        # Of an answer in expressions; None where there are no inputs.
        self.value = type_.value if question.role == "answer" and question.calculation is None else None
        # Nothing around it can take it off the route.
        self.is_plain = around is None and section is None
        # It may be off the route, or another question's expression reads it.
        is_conditional = not self.is_plain or question.relevant is not None
        self.is_visited = is_conditional or self.value is None or question.name in read
        self._is_number = type_.value_kind == "number"
        self._missing = missing_codes(choices, question)

    @property
    def has_rules(self) -> bool:
        ruled = self.required is not None or self.constraint is not None
        return ruled and self.role in ("answer", "repeat") and self.calculation is None

    def is_missing(self, given: Any) -> bool:
        """Whether a code stands for why there is no answer."""
        return isinstance(given, str) and (self._is_number or given in self._missing)


def _condition(tree: Expression) -> Condition | None:
    return None if tree is None else compile_condition(tree)


def is_nothing(result: Any) -> bool:
    """Whether a calculation came to nothing, or to a number larger than any answer may be: no response carries it."""
    return abs(result) > MAX_NUMBER if isinstance(result, (int, float)) else values.is_empty(result)


def plain(result: Any) -> Any:
    """A calculated value as JSON writes it: a whole number without a point."""
    if isinstance(result, float) and result.is_integer() and abs(result) < 2**53:
        return int(result)
    return list(result) if isinstance(result, tuple) else result


@dataclass(slots=True)
class RouteState:
    """Paths throughout. `values` are the answers as other questions' expressions see them; `broken` pairs a path with
    "required" or "constraint"."""

    relevant: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    calculated: dict[str, Any] = field(default_factory=dict)
    broken: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


class Route:
    """Compiled once per questionnaire version; safe to use from any number of threads."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._steps: dict[str, Step] = {}
        self._read = _read_by_others(questionnaire)
        for section in questionnaire.sections:
            for question in section.questions:
                self._add(question, None, None, section.relevant, questionnaire.choices)
        ordered = [self._steps[name] for name in dependencies.evaluation_order(questionnaire.sections)]
        self._always_asked = {step.name for step in ordered if not step.is_visited}
        self._visited = [step for step in ordered if step.is_visited]
        self._ruled = [step for step in self._steps.values() if step.has_rules]

    def _add(
        self,
        question: Question,
        around: Step | None,
        repeat: str | None,
        section: Expression,
        choices: Mapping[str, ChoiceList],
    ) -> None:
        step = self._steps[question.name] = Step(question, around, repeat, section, choices, self._read)
        inside = question.name if question.role == "repeat" else repeat
        for inner in question.questions:
            self._add(inner, step, inside, section, choices)

    def evaluate(self, answers: Mapping[str, Any], today: str) -> RouteState:
        """`answers` as in a response's body; what has the wrong shape counts as unanswered. Never raises."""
        walk = _Walk(answers, today, self._always_asked)
        for step in self._visited:
            walk.visit(step)
        for step in self._ruled:
            walk.check_rules(step)
        return walk.state


def parts_of(path: str) -> tuple[str, int, str]:
    """A path's repeat ("" outside one), the index of the instance and the question's name."""
    repeat, _, rest = path.partition("-")
    if not rest:
        return "", 0, path
    index, _, name = rest.partition("-")
    return repeat, int(index), name


class _Walk:
    """One evaluation of the route: first every visited step in order of dependency, then every rule."""

    __slots__ = ("_answers", "_asked", "_instances", "_known", "_relevant", "_scope", "state")

    def __init__(self, answers: Mapping[str, Any], today: str, always_asked: set[str]) -> None:
        self._answers = answers
        self.state = RouteState(set(always_asked))
        self._known, self._relevant = self.state.values, self.state.relevant  # looked at for each question
        self._scope = Scope(self._known, None, today)
        self._instances: dict[str, list[dict[str, Any]]] = {}
        self._asked: dict[str, bool] = {}

    def visit(self, step: Step) -> None:
        """Decide whether a question is relevant, and its value for expressions."""
        name, scope = step.name, self._scope
        if step.repeat is not None:
            self._visit_instances(step, step.repeat)
            return
        asked = (step.is_plain or self._around_is_asked(step)) and (step.relevant is None or step.relevant(scope))
        if step.role == "group":
            self._asked[name] = asked
        if not asked:
            self._known[name] = None
            return
        self._relevant.add(name)
        if step.value is not None:
            given = self._answers.get(name)
            self._known[name] = None if given is None else step.value(given)
        else:
            self._known[name] = self._calculated(step, name)

    def _visit_instances(self, step: Step, repeat: str) -> None:
        name = step.name
        for index, instance in enumerate(self._of(repeat)):
            self._enter(index, instance)
            if not (self._around_is_asked(step) and self._holds(step)):
                instance[name] = None
                continue
            path = f"{repeat}-{index}-{name}"
            self._relevant.add(path)
            if step.value is not None:
                instance[name] = step.value(self._answers[repeat][index].get(name))
            else:
                instance[name] = self._calculated(step, path)
        self._leave()

    def check_rules(self, step: Step) -> None:
        """Apply the rules of a question, in each instance if it lies in a repeat; all steps have been visited."""
        if step.repeat is None:
            if step.name in self._relevant:
                self._check_rules_at(step, step.name, self._answers.get(step.name), self._known)
            return
        given = self._answers.get(step.repeat)
        for index, instance in enumerate(self._of(step.repeat)):
            path = f"{step.repeat}-{index}-{step.name}"
            if path in self._relevant:
                self._enter(index, instance)
                self._check_rules_at(step, path, given[index].get(step.name), instance)  # type: ignore[index]
        self._leave()

    def _of(self, repeat: str) -> list[dict[str, Any]]:
        """The instances of a repeat, each to hold the values of its questions."""
        if repeat not in self._instances:
            given = self._answers.get(repeat)
            usable = isinstance(given, list) and len(given) <= MAX_INSTANCES
            usable = usable and all(isinstance(each, Mapping) for each in given)  # type: ignore[union-attr]
            self._instances[repeat] = [{} for _ in given] if usable else []  # type: ignore[union-attr]
        return self._instances[repeat]

    def _enter(self, index: int, instance: dict[str, Any]) -> None:
        self._scope.instance, self._scope.position = instance, index + 1.0

    def _leave(self) -> None:
        self._scope.instance, self._scope.position = {}, None

    def _around_is_asked(self, step: Step) -> bool:
        if step.around is None:
            return step.section_relevant is None or step.section_relevant(self._scope)
        around = step.around
        if around.repeat is not None:
            return self._around_is_asked(around) and self._holds(around)
        if around.name not in self._asked:
            self._asked[around.name] = self._around_is_asked(around) and self._holds(around)
        return self._asked[around.name]

    def _holds(self, step: Step) -> bool:
        return step.relevant is None or step.relevant(self._scope)

    def _calculated(self, step: Step, path: str) -> Any:
        """The value of a question without inputs of its own: its calculation, or the instances of a repeat."""
        if step.calculation is not None:
            result = step.calculation(self._scope)
            if is_nothing(result):
                return None
            self.state.calculated[path] = plain(result)
            return result
        return self._of(step.name) if step.role == "repeat" else None

    def _check_rules_at(self, step: Step, path: str, given: Any, known: Mapping[str, Any]) -> None:
        """Check a relevant question against its rules; `known` holds the values around it."""
        answered, scope = step.is_answered(given), self._scope
        if step.is_visited:
            scope.own = known[step.name] if step.role != "repeat" else None
        else:
            scope.own = step.value(given) if answered else None  # type: ignore[misc]  # what is calculated is visited
        if step.required is not None and step.required(scope):
            self.state.required.add(path)
            if not answered:
                self.state.broken.append((path, "required"))
        constraint = step.constraint
        if constraint is not None and answered and not step.is_missing(given) and not constraint(scope):
            self.state.broken.append((path, "constraint"))


def _read_by_others(questionnaire: Questionnaire) -> set[str]:
    """The questions whose values an expression reads."""
    read = {name for needed in dependencies.build_graph(questionnaire.sections).values() for name in needed}
    others = [tree for each in questionnaire.walk() for tree in (each.required, each.constraint, each.default)]
    return read.union(*map(dependencies.find_references, others))
