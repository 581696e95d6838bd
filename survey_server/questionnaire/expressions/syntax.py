"""From the text of an expression to its syntax tree; names are not resolved here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

LONGEST = 4000
DEEPEST = 40

# Precedence from the loosest to the tightest, as in XPath 1.0.
_GRAMMAR = r"""
?start: or_
?or_: and_ | or_ "or" and_ -> op_or
?and_: equal | and_ "and" equal -> op_and
?equal: compared | equal EQUAL compared -> binary
?compared: sum | compared COMPARE sum -> binary
?sum: product | sum SIGN product -> binary
?product: negated | product TIMES negated -> binary
?negated: primary | SIGN negated -> negate
?primary: NUMBER -> number
  | STRING -> string
  | REFERENCE -> reference
  | "." -> itself
  | FUNCTION "(" [or_ ("," or_)*] ")" -> call
  | "(" or_ ")"

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
    """A node: `head` says what it is, `offset` is its first character in the expression."""

    head: str
    offset: int
    parts: tuple[Any, ...] = ()


class SyntaxFaultError(ValueError):
    """The text is not an expression; `offset` is where reading stopped."""

    def __init__(self, offset: int, near: str) -> None:
        super().__init__(near)
        self.offset = offset
        self.near = near


def parse(text: str) -> Syntax:
    """Raises SyntaxFaultError."""
    if len(text) > LONGEST or _nesting(text) > DEEPEST:
        raise SyntaxFaultError(0, text[:20] + "…")
    try:
        return _Build().transform(_parser().parse(text))
    except UnexpectedInput as error:
        offset = max(error.pos_in_stream or 0, 0)
        if offset >= len(text) or (isinstance(getattr(error, "token", None), Token) and error.token.type == "$END"):  # type: ignore[attr-defined]
            offset = len(text)
        raise SyntaxFaultError(offset, text[offset : offset + 20]) from None


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return max(deepest, text.count("--"))


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


@v_args(inline=True)
class _Build(Transformer[Token, Syntax]):
    """Each method is a rule of the grammar."""

    def number(self, token: Token) -> Syntax:
        return Syntax("number", token.start_pos or 0, (float(token),))

    def string(self, token: Token) -> Syntax:
        return Syntax("string", token.start_pos or 0, (str(token)[1:-1],))

    def reference(self, token: Token) -> Syntax:
        return Syntax("reference", token.start_pos or 0, (str(token)[2:-1].strip(),))

    @v_args(meta=True)
    def itself(self, meta: Any, _children: object) -> Syntax:
        return Syntax("self", meta.start_pos)

    def op_or(self, left: Syntax, right: Syntax) -> Syntax:
        return Syntax("or", left.offset, (left, right))

    def op_and(self, left: Syntax, right: Syntax) -> Syntax:
        return Syntax("and", left.offset, (left, right))

    def binary(self, left: Syntax, operator: Token, right: Syntax) -> Syntax:
        return Syntax(str(operator), left.offset, (left, right))

    def negate(self, sign: Token, operand: Syntax) -> Syntax:
        return Syntax("neg", sign.start_pos or 0, (operand,)) if sign == "-" else operand

    def call(self, name: Token, *arguments: Syntax) -> Syntax:
        return Syntax("call", name.start_pos or 0, (str(name), *arguments))
