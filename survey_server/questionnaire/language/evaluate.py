"""The Python interpreter: a tree becomes closures once, and they run for every response."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.functions import FUNCTIONS
from survey_server.questionnaire.language.values import Value
from survey_server.questionnaire.model import Expression


@dataclass(slots=True)
class Scope:
    """What an expression sees. `answers` holds the values of relevant questions by name; inside a repeat, `instance`
    holds those of the instance and `position` its number from 1. `today` is the day of completion, as ISO text."""

    answers: Mapping[str, Value] = field(default_factory=dict)
    own: Value = None
    today: str = "1970-01-01"
    instance: Mapping[str, Value] = field(default_factory=dict)
    position: float | None = None


Compiled = Callable[[Scope], Value]
Condition = Callable[[Scope], bool]


def evaluate(tree: Expression, scope: Scope) -> Value:
    return compile_expression(tree)(scope)


def compile_expression(tree: Expression) -> Compiled:
    """The tree as a function of a scope."""
    if not isinstance(tree, list):
        constant = float(tree) if isinstance(tree, int) and not isinstance(tree, bool) else tree
        return lambda _scope: constant
    return _MAKERS[str(tree[0])](tree)


def compile_condition(tree: Expression) -> Condition:
    """The tree as a truth: a comparison is one already, everything else becomes one."""
    made = compile_expression(tree)
    if isinstance(tree, list) and tree[0] in TRUTHS:
        return made
    if not isinstance(tree, list):
        always = values.to_boolean(made(Scope()))
        return lambda _scope: always
    return lambda scope: values.to_boolean(made(scope))


def _ref(tree: list[Any]) -> Compiled:
    name = tree[1]
    return lambda scope: scope.answers.get(name)


def _here(tree: list[Any]) -> Compiled:
    name = tree[1]
    return lambda scope: scope.instance.get(name)


def _all(tree: list[Any]) -> Compiled:
    repeat, name = tree[1], tree[2]
    return lambda scope: [instance.get(name) for instance in scope.answers.get(repeat) or ()]


def _instances(tree: list[Any]) -> Compiled:
    repeat = tree[1]
    return lambda scope: [position + 1.0 for position in range(len(scope.answers.get(repeat) or ()))]


def _cell(tree: list[Any]) -> Compiled:
    table, row, period = tree[1:]
    return lambda scope: to_cell_number((scope.answers.get(table) or {}).get(row, {}).get(period))


def _cells(tree: list[Any]) -> Compiled:
    table, row, periods = tree[1], tree[2], tree[3]

    def cells(scope: Scope) -> Value:
        found = (scope.answers.get(table) or {}).get(row, {})
        return [to_cell_number(found.get(period)) for period in periods]

    return cells


def to_cell_number(cell: Value) -> float | None:
    """The number in a cell of a number table: plain, or marked as estimated; None where a reason stands instead."""
    if isinstance(cell, Mapping):
        cell = cell.get("value")
    return None if isinstance(cell, str) else values.to_number(cell)


def _or(tree: list[Any]) -> Compiled:
    left, right = compile_condition(tree[1]), compile_condition(tree[2])
    return lambda scope: left(scope) or right(scope)


def _and(tree: list[Any]) -> Compiled:
    left, right = compile_condition(tree[1]), compile_condition(tree[2])
    return lambda scope: left(scope) and right(scope)


def _equal(tree: list[Any]) -> Compiled:
    same = (
        _same_as(compile_expression(tree[1]), tree[2])
        if is_code(tree[2])
        else _same(compile_expression(tree[1]), compile_expression(tree[2]))
    )
    if tree[0] == "=":
        return same
    return lambda scope: not same(scope)


def _same(left: Compiled, right: Compiled) -> Condition:
    return lambda scope: values.are_equal(left(scope), right(scope))


def is_code(tree: Any) -> bool:
    return isinstance(tree, str) and tree != "" and tree.isascii()


def _same_as(left: Compiled, code: str) -> Condition:
    """By far the commonest comparison: an answer with a code."""

    def same(scope: Scope) -> bool:
        value = left(scope)
        return value == code if type(value) is str and value.isascii() else values.are_equal(value, code)

    return same


ORDERS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(tree: list[Any]) -> Compiled:
    sign, left, right = tree[0], compile_expression(tree[1]), compile_expression(tree[2])
    in_order = ORDERS[sign]
    if type(tree[2]) in (int, float):
        return _compare_with(sign, left, float(tree[2]))

    def compare(scope: Scope) -> bool:
        a, b = left(scope), right(scope)
        if type(a) is float and type(b) is float:  # every number of an expression is finite
            return in_order(a, b)
        return values.compare(sign, a, b)

    return compare


def _compare_with(sign: str, left: Compiled, limit: float) -> Compiled:
    """By far the commonest order: an answer with a number that stands in the rule."""
    in_order = ORDERS[sign]

    def compare(scope: Scope) -> bool:
        value = left(scope)
        return in_order(value, limit) if type(value) is float else values.compare(sign, value, limit)

    return compare


_ARITHMETIC: dict[str, Callable[[float, float], float | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": lambda a, b: a / b if b != 0 else None,
    "mod": lambda a, b: math.fmod(a, b) if b != 0 else None,
}


def arithmetic(sign: str) -> Callable[[Value, Value], Value]:
    """What + - * div mod do with two values of any kind."""
    rule = _ARITHMETIC[sign]

    def calculate(left: Value, right: Value) -> Value:
        a, b = values.to_number(left), values.to_number(right)
        if a is None or b is None:
            return None
        result = rule(a, b)
        return None if result is None else values.finite_or_none(result)

    return calculate


def _arithmetic(tree: list[Any]) -> Compiled:
    calculate, left, right = arithmetic(tree[0]), compile_expression(tree[1]), compile_expression(tree[2])
    return lambda scope: calculate(left(scope), right(scope))


def _negative(tree: list[Any]) -> Compiled:
    operand = compile_expression(tree[1])

    def negate(scope: Scope) -> Value:
        amount = values.to_number(operand(scope))
        return None if amount is None else -amount

    return negate


def _call(tree: list[Any]) -> Compiled:
    name = tree[1]
    meaning = FUNCTIONS[name].meaning
    arguments: Sequence[Compiled] = tuple(compile_expression(argument) for argument in tree[2:])
    if name == "if":
        asked, (_, then, otherwise) = compile_condition(tree[2]), arguments
        return lambda scope: then(scope) if asked(scope) else otherwise(scope)
    if len(arguments) == 1:
        only = arguments[0]
        return lambda scope: meaning(only(scope))
    return lambda scope: meaning(*[argument(scope) for argument in arguments])


_MAKERS: dict[str, Callable[[list[Any]], Compiled]] = {
    "ref": _ref,
    "here": _here,
    "all": _all,
    "instances": _instances,
    "cell": _cell,
    "cells": _cells,
    "self": lambda _tree: lambda scope: scope.own,
    "today": lambda _tree: lambda scope: scope.today,
    "position": lambda _tree: lambda scope: scope.position,
    "or": _or,
    "and": _and,
    "=": _equal,
    "!=": _equal,
    **dict.fromkeys(ORDERS, _compare),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    "neg": _negative,
    "call": _call,
}


TRUTHS = frozenset({"or", "and", "=", "!=", *ORDERS})


def heads() -> frozenset[str]:
    """Every head a tree may have; a test holds that the JavaScript interpreter knows the same."""
    return frozenset(_MAKERS)
