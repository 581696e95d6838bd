"""Decides whether a condition can be true and whether it can be false, before anybody answers.

A state holds what is known of terms at one time; `Solver.assume` gives the states in which a condition has a truth
value. They cover every answer for which it has, so no state means no answer. What the rules do not understand is taken
for a condition of its own that is either true or false, the same wherever it is written alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from survey_server.questionnaire.language import domains, functions, ranges, values
from survey_server.questionnaire.language.domains import Domain, Some, Ticked
from survey_server.questionnaire.language.operators import OPERATIONS
from survey_server.questionnaire.language.ranges import Ranges
from survey_server.questionnaire.language.terms import Term, constant_value, is_constant, structural_domain
from survey_server.questionnaire.language.values import Value

State = Mapping[Term, Domain]
MAX_STATES = 16  # alternatives kept apart; more are joined, which loses only precision
MAX_IMPLIED = 3  # conditions behind the condition of a question, and so on
MAX_STEPS = 60_000  # comparisons per questionnaire: two seconds; a thousand usual questions take 12,000

_MIRRORED = {"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SETS: dict[str, Callable[[Any], Ranges]] = {
    "=": ranges.exactly,
    "<": ranges.less_than,
    "<=": ranges.at_most,
    ">": ranges.more_than,
    ">=": ranges.at_least,
}
_HOLDS: dict[str, frozenset[str]] = {
    "=": frozenset({"=", "both empty"}),
    "<": frozenset({"<"}),
    "<=": frozenset({"<", "="}),
    ">": frozenset({">"}),
    ">=": frozenset({">", "="}),
}
_RELATIONS = frozenset({"<", "=", ">", "both empty", "one empty"})
_MAX_PAIRS = 400


class SolverLimitError(Exception):
    """MAX_STEPS were taken: what is not decided yet stays undecided."""


class Solver:
    """`value_of` gives the domain of a question's value by its name, `asked_if` the conditions under which it is
    asked, which hold where it has a value."""

    def __init__(self, value_of: Callable[[str], Domain], asked_if: Callable[[str], Sequence[Term]]) -> None:
        self._value_of = value_of
        self._asked_if = asked_if
        self._implied = 0  # how deep in conditions behind conditions
        self._asked: dict[tuple[str, int], list[State]] = {}
        self._steps = 0

    def assume(self, states: Iterable[State], condition: Term, truth: bool) -> list[State]:
        """The states in which the condition is true, or false. Raises SolverLimitError."""
        return _merge([found for state in states for found in self._assume(state, condition, truth)])

    def domain(self, term: Term, state: State) -> Domain:
        """What is known of a term's value in a state."""
        if not isinstance(term, tuple):
            return domains.of_constant(term)
        if term in state:
            return state[term]
        if term[0] in ("ref", "here"):
            return self._value_of(term[1])
        if is_constant(term):
            return domains.of_constant(constant_value(term))
        return structural_domain(term, lambda part: self.domain(part, state))

    def fill(self, state: State, term: Term) -> list[State]:
        """The states in which a term has a value."""
        return self._put(state, term, self.domain(term, state).filled())

    def _assume(self, state: State, condition: Term, truth: bool) -> list[State]:
        if not isinstance(condition, tuple):
            return [state] if values.to_boolean(condition) == truth else []
        name, arguments = _parts(condition)
        if name in ("and", "or"):
            left, right = arguments
            if (name == "and") == truth:
                return self.assume(self._assume(state, left, truth), right, truth)
            return _merge([*self._assume(state, left, truth), *self._assume(state, right, truth)])
        if name in ("not", "boolean"):
            return self._assume(state, arguments[0], truth != (name == "not"))
        if name == "if":
            test, then, otherwise = arguments
            chosen = self.assume(self._assume(state, test, True), then, truth)
            return _merge([*chosen, *self.assume(self._assume(state, test, False), otherwise, truth)])
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise SolverLimitError
        if is_constant(condition):
            return [state] if values.to_boolean(constant_value(condition)) == truth else []
        return self._assume_atom(state, condition, name, arguments, truth)

    def _assume_atom(
        self, state: State, condition: Term, name: str, arguments: Sequence[Term], truth: bool
    ) -> list[State]:
        if name == "!=":
            name, truth = "=", not truth
            condition = ("=", *arguments)
        if name in _MIRRORED:
            return self._compare(state, name, arguments[0], arguments[1], truth)
        if name == "selected" and is_constant(arguments[1]):
            return self._select(state, condition, arguments[0], constant_value(arguments[1]), truth)
        if name in OPERATIONS and OPERATIONS[name].gives == "boolean":
            return self._test(state, condition, name, arguments, truth)
        return self._assume_filled(state, condition, truth)

    def _assume_filled(self, state: State, term: Term, truth: bool) -> list[State]:
        """A value as a condition: false where it is empty or 0."""
        domain = self.domain(term, state)
        if domain.is_finite:
            return self._put(state, term, domain.keep(lambda each: values.to_boolean(each) == truth))
        if domain.kind == "any":
            return self._assume_opaque(state, term, truth)
        if domain.kind == "number" and isinstance(domain.content, Ranges):
            zero = ranges.exactly(0.0)
            content = domain.content.without(zero) if truth else domain.content.meet(zero)
            return self._put(state, term, Domain("number", content, domain.may_be_empty and not truth))
        return self._put(state, term, domain.filled() if truth else domain.emptied())

    def _assume_opaque(self, state: State, condition: Term, truth: bool) -> list[State]:
        key = ("truth", condition)
        known = state.get(key, domains.TRUTHS)
        return self._put(state, key, known.narrow(Some(frozenset({truth}))))

    def _compare(self, state: State, sign: str, left: Term, right: Term, truth: bool) -> list[State]:
        if is_constant(left):
            sign, left, right = _MIRRORED[sign], right, left
        if is_constant(right):
            return self._compare_constant(state, sign, left, constant_value(right), truth)
        if left == right:
            return self._compare_same(state, sign, left, truth)
        one, other = self.domain(left, state), self.domain(right, state)
        if isinstance(one.content, Ranges) and isinstance(other.content, Ranges) and one.kind == other.kind:
            if repr(left) > repr(right):
                sign, left, right, one, other = _MIRRORED[sign], right, left, other, one
            return self._relate(state, _HOLDS[sign], (left, one), (right, other), truth)
        condition = (sign, left, right)
        if one.is_finite and other.is_finite:
            apply, mine, theirs = OPERATIONS[sign].apply, one.list_values(), other.list_values()
            if len(mine) * len(theirs) <= _MAX_PAIRS:
                kept = one.keep(lambda a: any(apply(a, b) == truth for b in theirs))
                theirs_kept = other.keep(lambda b: any(apply(a, b) == truth for a in mine))
                found = [
                    each for filled in self._put(state, left, kept) for each in self._put(filled, right, theirs_kept)
                ]
                return [each for kept_state in found for each in self._assume_opaque(kept_state, condition, truth)]
        return self._assume_opaque(state, condition, truth)

    def _compare_constant(self, state: State, sign: str, term: Term, value: Value, truth: bool) -> list[State]:
        domain = self.domain(term, state)
        apply = OPERATIONS[sign].apply
        if domain.is_finite:
            return self._put(state, term, domain.keep(lambda each: apply(each, value) == truth))
        if domain.kind == "any":
            return self._assume_opaque(state, (sign, term, value), truth)
        if sign == "=" and isinstance(value, bool):
            return self._assume_filled(state, term, truth == value) if domain.kind == "number" else [state]
        if sign == "=" and values.is_empty(value):
            return self._put(state, term, domain.emptied() if truth else domain.filled())
        if isinstance(domain.content, Ranges):
            return self._bound(state, sign, term, domain, value, truth)
        if sign == "=" and domain.kind == "text" and isinstance(value, str):
            found = Some(frozenset({value}), is_rest=not truth)
            return self._put(state, term, domain.narrow(found, may_be_empty=not truth))
        return self._assume_opaque(state, (sign, term, value), truth)

    def _bound(self, state: State, sign: str, term: Term, domain: Domain, value: Value, truth: bool) -> list[State]:
        """A number or a moment compared with a constant, which may be of another kind."""
        if domain.kind == "number":
            bound: Any = values.to_number(value)
        else:
            bound = value if values.moment_kind(value) == domain.kind else None
        if bound is None:
            return [] if truth else [state]
        assert isinstance(domain.content, Ranges)
        wanted = _SETS[sign](bound)
        content = domain.content.meet(wanted) if truth else domain.content.without(wanted)
        return self._put(state, term, Domain(domain.kind, content, domain.may_be_empty and not truth))

    def _compare_same(self, state: State, sign: str, term: Term, truth: bool) -> list[State]:
        """A value compared with itself."""
        if sign in ("=", "<", ">"):
            return [state] if (sign == "=") == truth else []
        domain = self.domain(term, state)
        if not isinstance(domain.content, Ranges):
            return self._assume_opaque(state, (sign, term, term), truth)
        return self._put(state, term, domain.filled() if truth else domain.emptied())

    def _relate(
        self, state: State, holds: frozenset[str], left: tuple[Term, Domain], right: tuple[Term, Domain], truth: bool
    ) -> list[State]:
        """Two numbers, or two moments of a kind, of which neither is a constant: how the first lies to the second."""
        key = ("order", left[0], right[0])
        known = state.get(key, Domain("text", Some(_RELATIONS), may_be_empty=False))
        possible = _possible_relations(left[1], right[1]) & (holds if truth else _RELATIONS - holds)
        related = known.narrow(Some(possible))
        found = self._put(state, key, related)
        assert isinstance(related.content, Some)
        relations = related.content.members
        if not relations <= {"<", "=", ">"}:
            return found
        one, other = _narrow_both(relations, left[1], right[1])
        found = [each for before in found for each in self._put(before, left[0], one)]
        return [each for before in found for each in self._put(before, right[0], other)]

    def _select(self, state: State, condition: Term, chosen: Term, code: Value, truth: bool) -> list[State]:
        domain, wanted = self.domain(chosen, state), values.to_text(code)
        if domain.is_finite:
            return self._put(state, chosen, domain.keep(lambda each: functions.selected(each, wanted) == truth))
        if not isinstance(domain.content, Ticked):
            return self._assume_opaque(state, condition, truth)
        if truth:
            return self._put(state, chosen, domain.narrow(Ticked(frozenset({wanted}))))
        if domain.content.may is None:
            return self._assume_opaque(state, condition, truth)
        rest = Ticked(may=domain.content.may - {wanted})
        return self._put(state, chosen, domain.narrow(rest, may_be_empty=True))

    def _test(self, state: State, condition: Term, name: str, arguments: Sequence[Term], truth: bool) -> list[State]:
        """A function that gives a boolean: tried out where one argument has few values and the others are fixed."""
        open_arguments = [index for index, each in enumerate(arguments) if not is_constant(each)]
        domain = self.domain(arguments[open_arguments[0]], state)
        if len(open_arguments) != 1 or not domain.is_finite:
            return self._assume_opaque(state, condition, truth)
        tried = open_arguments[0]
        fixed = [None if index == tried else constant_value(each) for index, each in enumerate(arguments)]
        apply = OPERATIONS[name].apply

        def holds(value: Value) -> bool:
            return bool(apply(*fixed[:tried], value, *fixed[tried + 1 :])) == truth

        return self._put(state, arguments[tried], domain.keep(holds))

    def _put(self, state: State, term: Term, domain: Domain) -> list[State]:
        """The state with this domain of a term; none where it is void."""
        if domain.is_void:
            return []
        if state.get(term) == domain:
            return [state]
        is_answer = isinstance(term, tuple) and term[0] in ("ref", "here")
        was_empty = is_answer and self.domain(term, state).may_be_empty
        found: State = {**state, term: domain}
        return self._imply(found, term[1]) if was_empty and not domain.may_be_empty else [found]

    def _imply(self, state: State, name: str) -> list[State]:
        """What holds where a question has a value: that it is asked."""
        key = ("asked", name)
        if key in state or self._implied >= MAX_IMPLIED:
            return [state]
        found = [_meet(state, asked) for asked in self._asked_states(name)]
        return [{**each, key: domains.TRUTHS} for each in found if each is not None]

    def _asked_states(self, name: str) -> list[State]:
        """The states in which a question is asked."""
        known = self._asked.get((name, self._implied))
        if known is None:
            self._implied += 1
            known = [{}]
            for condition in self._asked_if(name):
                known = self.assume(known, condition, True)
            self._implied -= 1
            known = known or [{}]  # a question that is never asked is reported where its condition stands
            self._asked[name, self._implied] = known
        return known


def _parts(condition: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The name of an operation and its arguments."""
    return (condition[1], condition[2:]) if condition[0] == "call" else (condition[0], condition[1:])


def _possible_relations(left: Domain, right: Domain) -> frozenset[str]:
    found = set(_RELATIONS)
    if not (left.may_be_empty or right.may_be_empty):
        found -= {"one empty"}
    if not (left.may_be_empty and right.may_be_empty):
        found -= {"both empty"}
    if left.content.is_void or right.content.is_void:
        return frozenset(found - {"<", "=", ">"})
    assert isinstance(left.content, Ranges)
    assert isinstance(right.content, Ranges)
    one, other = left.content, right.content
    if one.high is not None and other.low is not None and one.high < other.low:
        found -= {"=", ">"}
    if other.high is not None and one.low is not None and other.high < one.low:
        found -= {"=", "<"}
    return frozenset(found)


def _narrow_both(relations: frozenset[str], left: Domain, right: Domain) -> tuple[Domain, Domain]:
    """Two domains of which one lies to the other in one of these ways."""
    assert isinstance(left.content, Ranges)
    assert isinstance(right.content, Ranges)
    one, other = left.content, right.content
    if relations == {"="}:
        one = other = one.meet(other)
    if ">" not in relations:
        one, other = _put_in_order(one, other, may_be_equal="=" in relations)
    if "<" not in relations:
        other, one = _put_in_order(other, one, may_be_equal="=" in relations)
    return Domain(left.kind, one, may_be_empty=False), Domain(right.kind, other, may_be_empty=False)


def _put_in_order(lesser: Ranges, greater: Ranges, *, may_be_equal: bool) -> tuple[Ranges, Ranges]:
    if lesser.is_void or greater.is_void:
        return ranges.NOTHING, ranges.NOTHING
    low, high = lesser.low, greater.high
    if high is not None:
        lesser = lesser.meet(ranges.at_most(high) if may_be_equal else ranges.less_than(high))
    if low is not None:
        greater = greater.meet(ranges.at_least(low) if may_be_equal else ranges.more_than(low))
    return lesser, greater


def _meet(one: State, other: State) -> State | None:
    """Both states at once; None where they exclude each other."""
    if not other:
        return one
    found = dict(one)
    for term, domain in other.items():
        if term in found:
            domain = found[term].meet(domain)
            if domain.is_void:
                return None
        found[term] = domain
    return found


def _merge(states: list[State]) -> list[State]:
    """The states, those that differ in one term only joined where that loses nothing."""
    found: list[State] = []
    for state in states:
        for index, other in enumerate(found):
            joined = _join_exactly(state, other)
            if joined is not None:
                found[index] = joined
                break
        else:
            found.append(state)
    while len(found) > MAX_STATES:
        last, before = found.pop(), found.pop()
        found.append({term: last[term].join(before[term]) for term in last.keys() & before.keys()})
    return found


def _join_exactly(one: State, other: State) -> State | None:
    if one.keys() != other.keys():
        return None
    differing = [term for term, domain in one.items() if other[term] != domain]
    if len(differing) > 1 or any(isinstance(one[term].content, Ticked) for term in differing):
        return None
    return {**one, **{term: one[term].join(other[term]) for term in differing}}
