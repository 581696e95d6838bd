"""Common expressions as Python source, for `questionnaire.fused`: what runs for each answer should cost no call a node.

Each form says what the closure of `evaluate` says, by the same helpers; what has no form here stays a closure. Names in
the source: `get` (the value of a question), `own`, `today`, and HELPERS.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from survey_server.questionnaire.expressions import values
from survey_server.questionnaire.expressions.evaluate import ORDERS, TRUTHS, arithmetic, is_code
from survey_server.questionnaire.model import Expression

MAX_DEPTH = 20  # Python's own parser takes 200 brackets within each other
_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times"}
HELPERS: dict[str, Callable[..., Any]] = {
    "equal": values.equal,
    "compare": values.compare,
    "truth": values.truth,
    **{name: arithmetic(sign) for sign, name in _ARITHMETIC.items()},
}


class NoFormError(Exception):
    """An expression that is not common enough."""


class Inliner:
    """Writes expressions for one function; each value that is looked at twice has a name of its own there."""

    def __init__(self) -> None:
        self._kept = 0
        self._depth = 0

    def condition(self, tree: Expression) -> str:
        """Source of a truth. Raises NoFormError."""
        if isinstance(tree, bool):
            return repr(tree)
        if isinstance(tree, list) and tree[0] in TRUTHS:
            return self.value(tree)
        return f"truth({self.value(tree)})"

    def value(self, tree: Expression) -> str:
        """Source of a value. Raises NoFormError."""
        if not isinstance(tree, list):
            return _constant(tree)
        if self._depth == MAX_DEPTH:
            raise NoFormError
        parts: list[Any] = tree
        self._depth += 1
        try:
            return self._operation(str(parts[0]), parts)
        finally:
            self._depth -= 1

    def _operation(self, head: str, tree: list[Any]) -> str:
        if head in ("or", "and"):
            return f"({self.condition(tree[1])} {head} {self.condition(tree[2])})"
        if head in ("=", "!="):
            same = self._same(tree[1], tree[2])
            return same if head == "=" else f"(not {same})"
        if head in ORDERS:
            return self._in_order(head, tree[1], tree[2])
        if head in _ARITHMETIC:
            return f"{_ARITHMETIC[head]}({self.value(tree[1])}, {self.value(tree[2])})"
        return _leaf(tree)

    def _same(self, left: Expression, right: Expression) -> str:
        if not is_code(right):
            return f"equal({self.value(left)}, {self.value(right)})"
        kept, source = self._keep(left)
        return f"({kept} == {right!r} if type({source}) is str and {kept}.isascii() else equal({kept}, {right!r}))"

    def _in_order(self, sign: str, left: Expression, right: Expression) -> str:
        if isinstance(right, (list, str, bool)) or right is None:
            return f"compare({sign!r}, {self.value(left)}, {self.value(right)})"
        limit = _constant(right)
        kept, source = self._keep(left)
        return f"({kept} {sign} {limit} if type({source}) is float else compare({sign!r}, {kept}, {limit}))"

    def _keep(self, tree: Expression) -> tuple[str, str]:
        """A name, and the source that gives it its value."""
        self._kept += 1
        name = f"kept_{self._kept}"
        return name, f"{name} := {self.value(tree)}"


def _constant(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = float(value)
        if not math.isfinite(value):
            raise NoFormError
    return repr(value)


def _leaf(tree: list[Any]) -> str:
    if tree[0] == "ref":
        return f"get({tree[1]!r})"
    if tree[0] == "self":
        return "own"
    if tree[0] == "today":
        return "today"
    raise NoFormError
