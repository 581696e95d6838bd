"""Finds conditions that are the same for every answer: always true, never true, or never together with those around.

Only what is proven is reported, and only the innermost cause: a condition around a part that was reported is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.language.domains import numbers_of
from survey_server.questionnaire.language.ranges import Ranges
from survey_server.questionnaire.language.terms import Term
from survey_server.questionnaire.language.truth import SolverLimitError, State
from survey_server.questionnaire.language.typed import Typed
from survey_server.questionnaire.model import ChoiceList, Position, Question, Section
from survey_server.questionnaire.source import Scalar
from survey_server.questionnaire.source_problems import SourceProblems
from survey_server.questionnaire.value_domains import ValueDomains

MAX_PART_SHOWN = 60  # characters
_CHAINS = ("and", "or")
_WRITTEN_OUT = ("true", "false")  # an author who writes these means them


@dataclass(frozen=True, slots=True)
class LinkedExpression:
    """An expression in which nothing is wrong: its parts with their kinds, its source and the node that holds it."""

    root: Typed
    source: str
    node: Scalar


Expressions = Mapping[tuple[Position, str], LinkedExpression]


def check_conditions(
    sections: Sequence[Section], choices: Mapping[str, ChoiceList], expressions: Expressions, problems: SourceProblems
) -> None:
    """Add every condition that is the same for all valid answers. Questions that depend on each other in a cycle may
    not be among them. Of a questionnaire with too much logic only the first part is checked. Raises
    TooManyProblemsError."""
    with suppress(SolverLimitError):
        check = _ConditionCheck(ValueDomains(sections, choices), expressions, problems)
        for section in sections:
            check.section(section)


@dataclass(frozen=True, slots=True)
class _ConditionCheck:
    domains: ValueDomains
    expressions: Expressions
    problems: SourceProblems

    def section(self, section: Section) -> None:
        if section.consent:  # one with a condition is reported by `rules`
            return
        within = self._asked([{}], section)
        for question in section.questions:
            self.question(question, within)

    def question(self, question: Question, around: list[State]) -> None:
        """`around`: the states in which the question's group or section is asked."""
        within = self._asked(around, question)
        for key in ("required", "calculation", "default"):
            found = self.expressions.get((question.position, key))
            if found is not None:
                self._part_of(found, question.name, key, question).check([{}], within)
        constraint = self.expressions.get((question.position, "constraint"))
        if constraint is not None:
            self._constraint(question, constraint, within)
        for inner in question.questions:
            self.question(inner, within)

    def _asked(self, around: list[State], owner: Section | Question) -> list[State]:
        """The states in which a section or question is asked. Where there are none, which is reported, those around
        it, so that what is inside is looked at as if it were asked."""
        if owner.relevant is None:
            return around
        found = self.expressions.get((owner.position, "relevant"))
        part = None if found is None else self._part_of(found, owner.name, "relevant")
        is_reported = part is not None and part.check([{}], [{}])
        within = self.domains.solver.assume(around, self.domains.term_of(owner.relevant, None), True)
        if part is not None and not within and not is_reported:
            part.report(part.found.root, problem_types.NEVER_ASKED)
        return within or around

    def _constraint(self, question: Question, constraint: LinkedExpression, within: list[State]) -> None:
        base, within = self.domains.answered(question, [{}]), self.domains.answered(question, within)
        whole = self.domains.term_of(constraint.root.tree, question)
        part = self._part_of(constraint, question.name, "constraint", question)
        if self.domains.solver.assume(within, whole, True):
            part.check(base, within)
            return
        part = self._part_of(constraint, question.name, "constraint", question, is_impossible=True)
        if not part.check(base, within):
            part.report(constraint.root, problem_types.CONSTRAINT_NEVER)

    def _part_of(
        self, found: LinkedExpression, owner: str, key: str, question: Question | None = None, *,
        is_impossible: bool = False,
    ) -> _ExpressionCheck:  # fmt: skip
        return _ExpressionCheck(self, found, f"{owner}.{key}", question, is_impossible)


@dataclass(frozen=True, slots=True)
class _ExpressionCheck:
    """Looks through one expression. `question`: what `.` means in it. `is_impossible`: a constraint that lets nothing
    through."""

    whole: _ConditionCheck
    found: LinkedExpression
    owner: str
    question: Question | None
    is_impossible: bool

    def check(self, base: list[State], within: list[State]) -> bool:
        """Report what is wrong in the expression; whether anything is. `base`: states that hold wherever the
        expression is evaluated, for "always"; `within`: those in which it is, for "never"."""
        root = self.found.root
        if self.owner.endswith((".calculation", ".default")):
            return self._value(root, base, within)
        if _name_of(root) == "false" and not self.owner.endswith(".required"):
            self.report(root, problem_types.NEVER_TRUE)
            return True
        return self._condition(root, base, within)

    def report(self, part: Typed, type_: ProblemType) -> None:
        assert part.syntax is not None
        if self.is_impossible and type_ in (problem_types.NEVER_TRUE, problem_types.CONTRADICTION):
            type_ = problem_types.CONSTRAINT_NEVER
        start, end = part.syntax.span
        text = " ".join(self.found.source[start:end].split())
        shown = text if len(text) <= MAX_PART_SHOWN else text[: MAX_PART_SHOWN - 1] + "…"
        position = self.found.node.position_of(part.syntax.offset)
        self.whole.problems.add(position, type_, owner=self.owner, part=shown)

    def _condition(self, part: Typed, base: list[State], within: list[State]) -> bool:
        """Report a part that stands where a condition stands."""
        name = _name_of(part)
        if name in _CHAINS:
            operands = _flatten(part, name)
            reported = [self._condition(each, base, within) for each in operands]
            return any(reported) or self._chain(name, operands, base, within)
        if name in ("not", "boolean") and part.parts:
            return self._condition(part.parts[0], base, within)
        if name in _WRITTEN_OUT:
            return False
        if name == "if" and len(part.parts) == 3:
            return self._choice(part, base, within) or self._verdict(part, base, within)
        if not isinstance(part.tree, list):
            self.report(part, problem_types.LITERAL_CONDITION)
            return True
        reported = [self._value(each, base, within) for each in part.parts]
        if any(reported):
            return True
        return self._verdict(part, base, within)

    def _verdict(self, part: Typed, base: list[State], within: list[State]) -> bool:
        """Report a condition without conditions inside, if it is the same for all answers."""
        term, solver = self._term(part), self.whole.domains.solver
        if not solver.assume(within, term, True):
            self.report(part, problem_types.NEVER_TRUE)
        elif not solver.assume(base, term, False):
            self.report(part, problem_types.ALWAYS_TRUE)
        else:
            return False
        return True

    def _chain(self, name: str, operands: list[Typed], base: list[State], within: list[State]) -> bool:
        """Report the operand with which an `and` can no longer be true, or an `or` no longer false."""
        states, truth = (within, True) if name == "and" else (base, False)
        for operand in operands:
            states = self.whole.domains.solver.assume(states, self._term(operand), truth)
            if not states:
                self.report(operand, problem_types.CONTRADICTION if truth else problem_types.TAUTOLOGY)
                return True
        return False

    def _value(self, part: Typed, base: list[State], within: list[State]) -> bool:
        """Report the conditions inside a part that stands where a value stands."""
        name = _name_of(part)
        if name == "if" and len(part.parts) == 3:
            return self._choice(part, base, within)
        if part.kind == "boolean" and part.parts:
            return self._condition(part, base, within)
        reported = [self._value(each, base, within) for each in part.parts]
        if any(reported):
            return True
        if name in ("div", "mod") and self._is_zero(part.parts[1], within):
            self.report(part.parts[1], problem_types.DIVISION_BY_ZERO)
            return True
        return False

    def _choice(self, part: Typed, base: list[State], within: list[State]) -> bool:
        """Of if(): each branch is looked at where it is taken."""
        test, *branches = part.parts
        if self._condition(test, base, within):
            return True
        reported = []
        for branch, truth in zip(branches, (True, False), strict=True):
            taken = self.whole.domains.solver.assume(within, self._term(test), truth)
            reported.append(self._value(branch, base, taken or within))
        return any(reported)

    def _is_zero(self, divisor: Typed, within: list[State]) -> bool:
        """Whether the divisor is 0 wherever it is a number."""
        term = self._term(divisor)
        found = [numbers_of(self.whole.domains.solver.domain(term, state)).content for state in within]
        return all(isinstance(each, Ranges) and not each.is_void and each.only_value == 0 for each in found)

    def _term(self, part: Typed) -> Term:
        return self.whole.domains.term_of(part.tree, self.question)


def _name_of(part: Typed) -> str:
    """The operator or function at the top of a part, empty where there is none."""
    if part.syntax is None:
        return ""
    return str(part.syntax.parts[0]) if part.syntax.head == "call" else part.syntax.head


def _flatten(part: Typed, name: str) -> list[Typed]:
    """The operands of a chain of one operator: `a or b or c`."""
    if _name_of(part) != name:
        return [part]
    return [each for operand in part.parts for each in _flatten(operand, name)]
