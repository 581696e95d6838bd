"""The domain of a term: what values an expression can have, from what is known of the parts of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from survey_server.questionnaire.language import domains, functions
from survey_server.questionnaire.language.domains import Domain, numbers_of
from survey_server.questionnaire.language.evaluate import READER_HEADS, Scope, compile_expression
from survey_server.questionnaire.language.operators import OPERATIONS
from survey_server.questionnaire.language.ranges import Ranges, between
from survey_server.questionnaire.language.values import Value
from survey_server.questionnaire.model import MAX_INSTANCES

Term = Any  # a tree of nested tuples, a text, number, boolean or None
Known = Callable[[Term], Domain]  # the domain of a part
MAX_PRECISE = 1e150  # products of larger numbers may not be finite
_SCOPED = frozenset(name for name, each in OPERATIONS.items() if each.is_scoped)


def freeze(tree: Any) -> Term:
    """A compiled tree as nested tuples, which can be keys."""
    return tuple([freeze(part) for part in tree]) if isinstance(tree, list) else tree


def is_constant(term: Term) -> bool:
    if not isinstance(term, tuple):
        return True
    if term[0] in READER_HEADS or term[0] in _SCOPED:
        return False
    return all(is_constant(part) for part in term[1:])


def constant_value(term: Term) -> Value:
    """The value of a constant term."""
    return compile_expression(_thaw(term))(Scope()) if isinstance(term, tuple) else term


def _thaw(term: Term) -> Any:
    return [_thaw(part) for part in term] if isinstance(term, tuple) else term


def structural_domain(term: tuple[Any, ...], known: Known) -> Domain:
    """The domain of a term that is not a question's value, from the domains of its parts."""
    head, name = term[0], term[1] if term[0] == "call" else term[0]
    if head == "cell":
        return domains.NUMBERS
    if head in READER_HEADS:
        return domains.ANYTHING
    if name == "position":
        return Domain("number", between(1, MAX_INSTANCES, is_whole=True), may_be_empty=False)
    if name in _SCOPED:
        return domains.of_kind(OPERATIONS[name].gives).filled()
    arguments = term[2:] if head == "call" else term[1:]
    rule = _RULES.get(name)
    if rule is not None:
        return rule(arguments, known)
    return domains.of_kind(OPERATIONS[name].gives)


def _hull(domain: Domain) -> tuple[float, float]:
    """The bounds of the numbers of a domain that has some."""
    assert isinstance(domain.content, Ranges)
    low, high = domain.content.low, domain.content.high
    return -math.inf if low is None else low, math.inf if high is None else high


def _is_bounded(domain: Domain) -> bool:
    low, high = _hull(domain)
    return low >= -MAX_PRECISE and high <= MAX_PRECISE


def _numbers(arguments: Sequence[Term], known: Known) -> list[Domain] | None:
    """The arguments as numbers; None where one never is one, so that the result is empty."""
    found = [numbers_of(known(each)) for each in arguments]
    return None if any(each.content.is_void for each in found) else found


def _is_whole(domain: Domain) -> bool:
    return isinstance(domain.content, Ranges) and domain.content.is_whole


def _corners(
    operation: Callable[[float, float], float], *, keeps_whole: bool
) -> Callable[[Sequence[Term], Known], Domain]:
    """The rule of an operation that is monotonic in each argument: its bounds are those of the corners."""

    def rule(arguments: Sequence[Term], known: Known) -> Domain:
        found = _numbers(arguments, known)
        if found is None:
            return domains.EMPTY
        left, right = found
        if not (_is_bounded(left) and _is_bounded(right)):
            return domains.NUMBERS
        corners = [operation(a, b) for a in _hull(left) for b in _hull(right)]
        is_whole = keeps_whole and _is_whole(left) and _is_whole(right)
        content = between(min(corners), max(corners), is_whole=is_whole)
        return Domain("number", content, left.may_be_empty or right.may_be_empty)

    return rule


def _divide(arguments: Sequence[Term], known: Known) -> Domain:
    found = _numbers(arguments, known)
    if found is None:
        return domains.EMPTY
    left, right = found
    low, high = _hull(right)
    if low == high == 0:
        return domains.EMPTY
    if low <= 0 <= high or not (_is_bounded(left) and _is_bounded(right)) or min(abs(low), abs(high)) < 1 / MAX_PRECISE:
        return domains.NUMBERS
    corners = [a / b for a in _hull(left) for b in (low, high)]
    return Domain("number", between(min(corners), max(corners)), left.may_be_empty or right.may_be_empty)


def _remainder(arguments: Sequence[Term], known: Known) -> Domain:
    found = _numbers(arguments, known)
    if found is None:
        return domains.EMPTY
    left, right = found
    (low, high), (least, most) = _hull(left), _hull(right)
    if least == most == 0:
        return domains.EMPTY
    largest = max(abs(least), abs(most))
    lowest, highest = max(min(low, 0.0), -largest), min(max(high, 0.0), largest)
    return Domain("number", between(lowest, highest, is_whole=_is_whole(left) and _is_whole(right)))


def _monotonic(operation: Callable[[float], Value], *, is_whole: bool) -> Callable[[Sequence[Term], Known], Domain]:
    """The rule of a function of one number that never falls."""

    def rule(arguments: Sequence[Term], known: Known) -> Domain:
        found = _numbers(arguments[:1], known)
        if found is None:
            return domains.EMPTY
        if len(arguments) > 1:
            return domains.NUMBERS
        low, high = _hull(found[0])
        ends = [operation(each) if math.isfinite(each) else each for each in (low, high)]
        whole = is_whole or _is_whole(found[0])
        return Domain("number", between(ends[0], ends[1], is_whole=whole), found[0].may_be_empty)

    return rule


def _negate(arguments: Sequence[Term], known: Known) -> Domain:
    found = _numbers(arguments, known)
    if found is None:
        return domains.EMPTY
    low, high = _hull(found[0])
    return Domain("number", between(-high, -low, is_whole=_is_whole(found[0])), found[0].may_be_empty)


def _absolute(arguments: Sequence[Term], known: Known) -> Domain:
    found = _numbers(arguments, known)
    if found is None:
        return domains.EMPTY
    low, high = _hull(found[0])
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    content = between(least, max(abs(low), abs(high)), is_whole=_is_whole(found[0]))
    return Domain("number", content, found[0].may_be_empty)


def _extreme(arguments: Sequence[Term], known: Known, *, of: Callable[[list[float]], float]) -> Domain:
    """Of min() and max(): what is not a number is skipped; a list may hold any."""
    found = [numbers_of(known(each)) for each in arguments]
    filled = [each for each in found if not each.content.is_void]
    if not filled:
        return domains.EMPTY
    lows, highs = zip(*map(_hull, filled), strict=True)
    always = [_hull(each) for each in filled if not each.may_be_empty]
    low, high = min(lows), max(highs)
    if always and of is min:
        high = min(bounds[1] for bounds in always)
    elif always:
        low = max(bounds[0] for bounds in always)
    is_whole = all(_is_whole(each) for each in filled)
    return Domain("number", between(low, high, is_whole=is_whole), not always)


def _count(_arguments: Sequence[Term], _known: Known) -> Domain:
    return Domain("number", between(0, math.inf, is_whole=True), may_be_empty=False)


def _count_ticked(arguments: Sequence[Term], known: Known) -> Domain:
    chosen = known(arguments[0])
    low, high = float(not chosen.may_be_empty), math.inf
    if isinstance(chosen.content, domains.Ticked):
        low = max(low, float(not chosen.may_be_empty and len(chosen.content.must)))
        high = math.inf if chosen.content.may is None else len(chosen.content.may)
    return Domain("number", between(low, high, is_whole=True), may_be_empty=False)


def _length(arguments: Sequence[Term], known: Known) -> Domain:
    measured = known(arguments[0])
    low = 1 if measured.kind == "text" and not measured.may_be_empty else 0
    return Domain("number", between(low, math.inf, is_whole=True), may_be_empty=False)


def _choose(arguments: Sequence[Term], known: Known) -> Domain:
    return known(arguments[1]).join(known(arguments[2]))


def _coalesce(arguments: Sequence[Term], known: Known) -> Domain:
    found = known(arguments[0])
    for each in arguments[1:]:
        if not found.may_be_empty:
            break
        after = known(each)
        found = found.join(after)
        if not after.may_be_empty:
            found = found.filled()
    return found


_RULES: dict[str, Callable[[Sequence[Term], Known], Domain]] = {
    "+": _corners(lambda a, b: a + b, keeps_whole=True),
    "-": _corners(lambda a, b: a - b, keeps_whole=True),
    "*": _corners(lambda a, b: a * b, keeps_whole=True),
    "div": _divide,
    "mod": _remainder,
    "neg": _negate,
    "abs": _absolute,
    "int": _monotonic(lambda a: float(math.trunc(a)), is_whole=True),
    "round": _monotonic(functions.round_half_away, is_whole=True),
    "number": lambda arguments, known: numbers_of(known(arguments[0])),
    "min": lambda arguments, known: _extreme(arguments, known, of=min),
    "max": lambda arguments, known: _extreme(arguments, known, of=max),
    "count": _count,
    "count-non-empty": _count,
    "count-selected": _count_ticked,
    "string-length": _length,
    "if": _choose,
    "coalesce": _coalesce,
}
