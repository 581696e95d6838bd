"""Parses an expression into a syntax tree; names are not resolved here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

MAX_LENGTH = 4000
MAX_DEPTH = 100  # of nested operators and calls: `a or b or c` is two deep

# Precedence from the lowest to the highest, as in XPath 1.0.
_GRAMMAR = r"""
?start: or_
?or_: and_ | or_ OR and_ -> binary
?and_: equal | and_ AND equal -> binary
?equal: compared | equal EQUAL compared -> binary
?compared: sum | compared COMPARE sum -> binary
?sum: product | sum SIGN product -> binary
?product: negated | product TIMES negated -> binary
?negated: primary | SIGN negated -> negate
?primary: (NUMBER | STRING | REFERENCE | ITSELF | PARENT) -> leaf
  | FUNCTION "(" [or_ ("," or_)*] CLOSE -> call
  | OPEN or_ CLOSE -> enclose

ITSELF: "."
PARENT: ".."
OPEN: "("
CLOSE: ")"
OR: "or"
AND: "and"
EQUAL: "!=" | "="
COMPARE: "<=" | ">=" | "<" | ">"
SIGN: "+" | "-"
TIMES: "*" | /div\b/ | /mod\b/
NUMBER.2: /[0-9]{1,300}(\.[0-9]{1,300})?|\.[0-9]{1,300}/
STRING: /"[^"]*"|'[^']*'/
REFERENCE: /\$\{[^{}]*\}/
FUNCTION: /(?!(?:and|or|div|mod)\b)[A-Za-z][A-Za-z0-9:-]*(?=\s*\()/
%ignore /\s+/
"""


@dataclass(frozen=True, slots=True)
class Syntax:
    """A node: `head` is its kind or operator, `offset` the index of its first character in the expression, `span` where
    it begins and ends, parentheses around it included."""

    head: str
    offset: int
    span: tuple[int, int]
    parts: tuple[Any, ...] = ()
    depth: int = 1


class ExpressionTooLongError(ValueError):
    """The text is longer than MAX_LENGTH or nested deeper than MAX_DEPTH."""


class ExpressionSyntaxError(ValueError):
    """The text is not an expression: parsing stopped at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def parse(text: str) -> Syntax:
    """The syntax tree of an expression. Raises ExpressionSyntaxError, ExpressionTooLongError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionTooLongError
    try:
        return cast(Syntax, _parser().parse(text))
    except UnexpectedInput as error:
        offset = max(error.pos_in_stream or 0, 0)
        if offset >= len(text) or (isinstance(getattr(error, "token", None), Token) and error.token.type == "$END"):  # type: ignore[attr-defined]
            offset = len(text)
        raise ExpressionSyntaxError(offset) from None


# Of a token of each kind: the head of its node, and what the node holds.
_LEAVES: dict[str, tuple[str, Callable[[str], tuple[Any, ...]]]] = {
    "NUMBER": ("number", lambda token: (float(token),)),
    "STRING": ("string", lambda token: (str(token)[1:-1],)),
    "REFERENCE": ("reference", lambda token: (str(token)[2:-1].strip(),)),
    "ITSELF": ("self", lambda _token: ()),
    "PARENT": ("parent", lambda _token: ()),
}


@v_args(inline=True)
class _Build(Transformer[Token, Syntax]):
    """Makes nodes: each method is named after a rule of the grammar."""

    def leaf(self, token: Token) -> Syntax:
        head, read = _LEAVES[token.type]
        return Syntax(head, token.start_pos or 0, _span(token, token), read(token))

    def binary(self, left: Syntax, operator: Token, right: Syntax) -> Syntax:
        return _node(str(operator), left.offset, (left.span[0], right.span[1]), left, right)

    def negate(self, sign: Token, operand: Syntax) -> Syntax:
        start = sign.start_pos or 0
        return _node("neg" if sign == "-" else "plus", start, (start, operand.span[1]), operand)

    def call(self, name: Token, *rest: Any) -> Syntax:
        *arguments, close = rest
        node = _node("call", name.start_pos or 0, _span(name, close), *arguments)
        return replace(node, parts=(str(name), *arguments))

    def enclose(self, before: Token, node: Syntax, after: Token) -> Syntax:
        return replace(node, span=_span(before, after))


def _span(first: Token, last: Token) -> tuple[int, int]:
    return first.start_pos or 0, last.end_pos or 0


def _node(head: str, offset: int, span: tuple[int, int], *parts: Syntax) -> Syntax:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise ExpressionTooLongError
    return Syntax(head, offset, span, parts, depth)


@cache
def _parser() -> Lark:
    """The parser builds nodes while it parses: a recursive transformer would overflow the stack on deep texts."""
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, transformer=_Build())
