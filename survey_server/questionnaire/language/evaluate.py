"""The Python interpreter: a tree is compiled to closures once, which run for every response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_server.questionnaire.language import values
from survey_server.questionnaire.language.operators import OPERATIONS, Operation
from survey_server.questionnaire.language.values import Value
from survey_server.questionnaire.model import Expression


@dataclass(slots=True)
class Scope:
    """What an expression reads.

    `answers`: the values of relevant questions by name; `own`: of the question itself. Inside a repeat, `instance`
    holds the values of the instance and `position` its number from 1. `today`: the day of completion as ISO text;
    `now`: the local minute, where a default is evaluated.
    """

    answers: Mapping[str, Value] = field(default_factory=dict)
    own: Value = None
    today: str = "1970-01-01"
    instance: Mapping[str, Value] = field(default_factory=dict)
    position: float | None = None
    now: str = "1970-01-01T00:00"


Compiled = Callable[[Scope], Value]
Condition = Callable[[Scope], bool]


def evaluate(tree: Expression, scope: Scope) -> Value:
    return compile_expression(tree)(scope)


def compile_expression(tree: Expression) -> Compiled:
    """The tree as a function of a scope."""
    if not isinstance(tree, list):
        constant = float(tree) if isinstance(tree, int) and not isinstance(tree, bool) else tree
        return lambda _scope: constant
    head: Any = tree[0]
    if head in _READERS:
        return _READERS[head](*tree[1:])
    return _compile_operation(*_operation_of(tree))


def compile_condition(tree: Expression) -> Condition:
    """The tree as a condition: a result that is not a boolean is converted."""
    compiled = compile_expression(tree)
    if not isinstance(tree, list):
        constant = values.to_boolean(compiled(Scope()))
        return lambda _scope: constant
    if tree[0] not in _READERS and _operation_of(tree)[0].gives == "boolean":
        return compiled
    return lambda scope: values.to_boolean(compiled(scope))


def _operation_of(tree: list[Any]) -> tuple[Operation, list[Any]]:
    """The operation of a tree and its arguments: `[sign, …]` or `["call", name, …]`."""
    return (OPERATIONS[tree[1]], tree[2:]) if tree[0] == "call" else (OPERATIONS[tree[0]], tree[1:])


def _compile_operation(operation: Operation, trees: list[Any]) -> Compiled:
    apply = operation.apply
    if operation.is_scoped:
        return apply
    arguments = [
        compile_condition(tree) if operation.kind_of_argument(index) == "condition" else compile_expression(tree)
        for index, tree in enumerate(trees)
    ]
    if operation.is_lazy:
        compiled: Compiled = apply(*arguments)
        return compiled
    if len(arguments) == 1:
        only = arguments[0]
        return lambda scope: apply(only(scope))
    if len(arguments) == 2:
        left, right = arguments
        if not isinstance(trees[1], list):  # an answer and a literal
            literal = right(Scope())
            return lambda scope: apply(left(scope), literal)
        return lambda scope: apply(left(scope), right(scope))
    return lambda scope: apply(*[argument(scope) for argument in arguments])


def _cells_of(scope: Scope, table: str, row: str) -> Mapping[str, Value]:
    cells: Mapping[str, Value] = (scope.answers.get(table) or {}).get(row, {})
    return cells


def to_cell_number(cell: Value) -> float | None:
    """The number in a cell of a number table, estimated or not; None where a reason is given instead."""
    if isinstance(cell, Mapping):
        cell = cell.get("value")
    return None if isinstance(cell, str) else values.to_number(cell)


# What a tree reads by the head that says so; each takes the rest of the tree.
_READERS: dict[str, Callable[..., Compiled]] = {
    "ref": lambda name: lambda scope: scope.answers.get(name),
    "here": lambda name: lambda scope: scope.instance.get(name),
    "all": lambda repeat, name: lambda scope: [each.get(name) for each in scope.answers.get(repeat) or ()],
    "instances": lambda repeat: lambda scope: [index + 1.0 for index in range(len(scope.answers.get(repeat) or ()))],
    "cell": lambda table, row, period: lambda scope: to_cell_number(_cells_of(scope, table, row).get(period)),
    "cells": lambda table, row, periods: (
        lambda scope: [to_cell_number(_cells_of(scope, table, row).get(period)) for period in periods]
    ),
    "self": lambda: lambda scope: scope.own,
}
READER_HEADS = frozenset(_READERS)
