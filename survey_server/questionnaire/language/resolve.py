"""From syntax to tree: names are looked up, kinds are checked, and what is wrong is said with its context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from survey_server.i18n import Message
from survey_server.problems import ProblemType
from survey_server.problems import language as problem_types
from survey_server.questionnaire.language import patterns, values
from survey_server.questionnaire.language.functions import FUNCTIONS, SCOPED, Kind, Taken
from survey_server.questionnaire.language.syntax import (
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionSyntaxError,
    ExpressionTooLongError,
    Syntax,
    parse,
)
from survey_server.questionnaire.model import Expression, Question

Report = Callable[..., None]  # (offset, type of problem, **parts)
_KINDS: dict[str, Kind] = {
    "text": "text",
    "integer": "number",
    "decimal": "number",
    "select_one": "text",
    "select_multiple": "codes",
    "date": "date",
    "calculate": "any",
}
_KIND_NAMES = {
    "number": Message("số"),
    "text": Message("chữ", "kind of value"),
    "boolean": Message("đúng/sai"),
    "date": Message("ngày", "kind of value"),
    "codes": Message("nhiều phương án"),
    "list": Message("nhiều giá trị"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the expressions of a questionnaire may refer to. `repeats` maps an inner question to its repeat;
    `codes` maps a choice list to its codes, missing ones too, each with its label in the first language."""

    questions: Mapping[str, Question]
    repeats: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """Whose expression it is: `owner` for messages, `question` where `.` may stand, `repeat` it lies in."""

    owner: str
    question: Question | None = None
    repeat: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    tree: Expression
    references: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Typed:
    tree: Any
    kind: Kind
    name: str = ""
    choices: str | None = None
    literal: str | float | None = None


_UNKNOWN = _Typed(None, "any")


def resolve(text: str, context: Context, names: Names, report: Report) -> Resolved:
    """The tree of an expression and the questions that it reads; faults go to `report`."""
    try:
        syntax = parse(text)
    except ExpressionTooLongError:
        report(0, problem_types.TOO_LONG, owner=context.owner, longest=MAX_LENGTH, deepest=MAX_DEPTH)
        return Resolved(None, frozenset())
    except ExpressionSyntaxError as fault:
        report(fault.offset, problem_types.SYNTAX, owner=context.owner, near=fault.near or "…")
        return Resolved(None, frozenset())
    resolver = _Resolver(context, names, report)
    typed = resolver.typed(syntax)
    if typed.kind == "list":
        resolver.fault(syntax, problem_types.ONLY_IN_AGGREGATE, name=typed.name)
    return Resolved(typed.tree, frozenset(resolver.references))


@dataclass(slots=True)
class _Resolver:
    context: Context
    names: Names
    report: Report
    references: set[str] = field(default_factory=set)

    def fault(self, syntax: Syntax, type_: ProblemType, **parts: object) -> None:
        self.report(syntax.offset, type_, owner=self.context.owner, **parts)

    def typed(self, syntax: Syntax) -> _Typed:
        handler = _HANDLERS.get(syntax.head, _Resolver._arithmetic)
        return handler(self, syntax)

    def _number(self, syntax: Syntax) -> _Typed:
        return _Typed(syntax.parts[0], "number", literal=syntax.parts[0])

    def _string(self, syntax: Syntax) -> _Typed:
        kind: Kind = "date" if values.to_date(syntax.parts[0]) else "text"
        return _Typed(syntax.parts[0], kind, literal=syntax.parts[0])

    def _self(self, syntax: Syntax) -> _Typed:
        if self.context.question is None or self.context.question.type not in _KINDS:
            self.fault(syntax, problem_types.NOT_HERE, name="'.'")
            return _UNKNOWN
        question = self.context.question
        return _Typed(["self"], _KINDS[question.type], question.name, question.choices)

    def _reference(self, syntax: Syntax) -> _Typed:
        name, *inside = syntax.parts[0].split(".")
        question = self.names.questions.get(name)
        if question is None:
            self.fault(syntax, problem_types.UNKNOWN_REFERENCE, name=name, meant=(name, self.names.questions))
            return _UNKNOWN
        self.references.add(name)
        if question.type == "number_table":
            return self._table_cell(syntax, question, inside)
        if inside or question.type not in {*_KINDS, "repeat"}:
            self.fault(syntax, problem_types.CANNOT_REFER, name=syntax.parts[0], type=question.type)
            return _UNKNOWN
        if question.type == "repeat":
            return _Typed(["instances", name], "list", name)
        repeat = self.names.repeats.get(name)
        if repeat is None:
            return _Typed(["ref", name], _KINDS[question.type], name, question.choices)
        if repeat == self.context.repeat:
            return _Typed(["here", name], _KINDS[question.type], name, question.choices)
        return _Typed(["all", repeat, name], "list", name)

    def _table_cell(self, syntax: Syntax, table: Question, inside: list[str]) -> _Typed:
        rows, periods = [row.code for row in table.rows], [period.code for period in table.periods]
        for code, known in zip(inside, (rows, periods), strict=False):
            if code not in known:
                self.fault(syntax, problem_types.NO_SUCH_CHOICE, name=table.name, code=code, meant=(code, known))
                return _UNKNOWN
        if len(inside) == 2:
            return _Typed(["cell", table.name, *inside], "number", syntax.parts[0])
        if len(inside) == 1:
            return _Typed(["cells", table.name, inside[0], periods], "list", syntax.parts[0])
        self.fault(
            syntax, problem_types.CANNOT_REFER, name=syntax.parts[0], type=f"{table.type}: ${{{table.name}.row.period}}"
        )
        return _UNKNOWN

    def _logic(self, syntax: Syntax) -> _Typed:
        left, right = (self._single(part) for part in syntax.parts)
        return _Typed([syntax.head, left.tree, right.tree], "boolean")

    def _equality(self, syntax: Syntax) -> _Typed:
        left, right = (self._single(part) for part in syntax.parts)
        self._check_equality(syntax.parts[1], left, right)
        self._check_equality(syntax.parts[0], right, left)
        return _Typed([syntax.head, left.tree, right.tree], "boolean")

    def _check_equality(self, syntax: Syntax, asked: _Typed, given: _Typed) -> None:
        """Whether what is written in the expression can ever be the answer that it is compared with."""
        if given.literal in (None, ""):
            return
        self._check_code(syntax, asked, given)
        is_number = asked.kind == "number" and values.to_number(given.literal) is None
        is_day = asked.kind == "date" and values.to_date(given.literal) is None
        if is_number or is_day:
            self.fault(syntax, problem_types.NEVER_EQUAL, left=asked.name or "…", right=repr(given.literal))

    def _check_code(self, syntax: Syntax, asked: _Typed, given: _Typed) -> None:
        if asked.choices is None or asked.choices not in self.names.codes:
            return
        known = self.names.codes[asked.choices]
        code = values.to_text(given.literal)
        if not any(values.are_equal(each, given.literal) for each in known):
            self.fault(syntax, problem_types.NO_SUCH_CHOICE, name=asked.name, code=code, meant=(code, known))

    def _comparison(self, syntax: Syntax) -> _Typed:
        left, right = (self._single(part) for part in syntax.parts)
        dated = "date" in (left.kind, right.kind)
        for part, side in zip(syntax.parts, (left, right), strict=True):
            if not dated:
                self._expects(part, side, "number", syntax.head)
            elif side.kind not in ("date", "any"):
                self._expects_kind(part, side, "date", syntax.head)
        return _Typed([syntax.head, left.tree, right.tree], "boolean")

    def _plus(self, syntax: Syntax) -> _Typed:
        """A sign that changes nothing but asks for a number."""
        side = self._single(syntax.parts[0])
        self._expects(syntax.parts[0], side, "number", "+")
        return side

    def _arithmetic(self, syntax: Syntax) -> _Typed:
        sides = [self._single(part) for part in syntax.parts]
        for part, side in zip(syntax.parts, sides, strict=True):
            self._expects(part, side, "number", "-" if syntax.head == "neg" else syntax.head)
        return _Typed([syntax.head, *(side.tree for side in sides)], "number")

    def _call(self, syntax: Syntax) -> _Typed:
        name, *arguments = syntax.parts
        if name in SCOPED:
            return self._scoped(syntax, name, arguments)
        function = FUNCTIONS.get(name)
        if function is None:
            self.fault(syntax, problem_types.UNKNOWN_FUNCTION, name=name, meant=(name.lower(), [*FUNCTIONS, *SCOPED]))
            return _UNKNOWN
        if not function.least <= len(arguments) <= function.most:
            takes = _takes(function.least, function.most)
            self.fault(syntax, problem_types.ARGUMENTS, name=name, takes=takes, found=len(arguments))
            return _Typed(None, function.gives)
        typed = [self.typed(argument) for argument in arguments]
        for index, (argument, given) in enumerate(zip(arguments, typed, strict=True)):
            self._check_argument(argument, name, function.takes[min(index, len(function.takes) - 1)], given)
        if name == "jr:choice-name":
            return self._choice_name(arguments[1], *typed)
        if name == "regex":
            typed[1] = self._pattern(arguments[1], typed[1])
        if name == "selected" and typed[1].literal not in (None, ""):
            self._check_code(arguments[1], typed[0], typed[1])
        gives = self._given(name, function.gives, typed)
        choices = typed[0].choices if name == "selected-at" else None
        return _Typed(["call", name, *(each.tree for each in typed)], gives, typed[0].name if typed else "", choices)

    def _given(self, name: str, gives: Kind, typed: list[_Typed]) -> Kind:
        """if() and coalesce() give what their branches agree on."""
        branches = typed[1:] if name == "if" else typed
        kinds = {branch.kind for branch in branches}
        return kinds.pop() if name in ("if", "coalesce") and len(kinds) == 1 else gives

    def _check_argument(self, syntax: Syntax, name: str, wanted: Taken, given: _Typed) -> None:
        aggregate = name in _AGGREGATES
        if given.kind == "list":
            if not aggregate:
                self.fault(syntax, problem_types.ONLY_IN_AGGREGATE, name=given.name)
        elif wanted == "list":
            if given is not _UNKNOWN:
                self.fault(syntax, problem_types.NOT_A_LIST, name=name)
        elif wanted == "codes":
            if given.kind not in ("codes", "text", "any"):
                self._expects_kind(syntax, given, "codes", f"{name}()")
        elif wanted == "number":
            self._expects(syntax, given, "number", f"{name}()")
        elif wanted == "as number":
            if given.kind in ("date", "codes"):  # would always be null
                self._expects_kind(syntax, given, "number", f"{name}()")
        elif wanted == "as date":
            if given.kind not in ("date", "text", "any"):
                self._expects_kind(syntax, given, "date", f"{name}()")
        elif wanted == "date" and given.kind not in ("date", "any"):
            self._expects_kind(syntax, given, "date", f"{name}()")

    def _pattern(self, syntax: Syntax, given: _Typed) -> _Typed:
        if not isinstance(given.literal, str):
            self.fault(syntax, problem_types.BAD_PATTERN, part=given.name or "…", why=_NOT_WRITTEN_OUT)
            return given
        try:
            return _Typed(patterns.make_portable(given.literal), "text")
        except patterns.PatternError as fault:
            self.fault(syntax, problem_types.BAD_PATTERN, part=fault.part, why=fault.why)
            return given

    def _choice_name(self, syntax: Syntax, value: _Typed, named: _Typed) -> _Typed:
        """The list's codes and labels go into the tree: `jr:choice-name(${q}, '${q}')` as XLSForm writes it."""
        if not isinstance(named.literal, str):
            self.fault(syntax, problem_types.NOT_QUOTED, name="jr:choice-name")
            return _UNKNOWN
        name = named.literal.removeprefix("${").removesuffix("}").strip()
        question = self.names.questions.get(name)
        if question is None:
            self.fault(syntax, problem_types.UNKNOWN_REFERENCE, name=name, meant=(name, self.names.questions))
        elif question.choices is None:
            self.fault(syntax, problem_types.NO_CHOICES, name=name, type=question.type)
        else:
            labels = self.names.codes.get(question.choices, {})
            return _Typed(["call", "jr:choice-name", value.tree, *chain.from_iterable(labels.items())], "text")
        return _UNKNOWN

    def _parent(self, syntax: Syntax) -> _Typed:
        self.fault(syntax, problem_types.NOT_HERE, name="'..'")
        return _UNKNOWN

    def _scoped(self, syntax: Syntax, name: str, arguments: list[Syntax]) -> _Typed:
        given = [each for each in arguments if name != "position" or each.head != "parent"]  # position(..), in XLSForm
        if given or len(arguments) > 1:
            self.fault(syntax, problem_types.ARGUMENTS, name=name, takes=_takes(0, 0), found=len(arguments))
        if name == "position" and self.context.repeat is None:
            self.fault(syntax, problem_types.NOT_HERE, name="position()")
        return _Typed([name], SCOPED[name])

    def _single(self, syntax: Syntax) -> _Typed:
        typed = self.typed(syntax)
        if typed.kind == "list":
            self.fault(syntax, problem_types.ONLY_IN_AGGREGATE, name=typed.name)
            return _UNKNOWN
        return typed

    def _expects(self, syntax: Syntax, given: _Typed, wanted: Kind, what: str) -> None:
        if given.kind in (wanted, "any", "boolean"):
            return
        if given.literal is not None and values.to_number(given.literal) is not None:
            return
        if given.choices and all(
            values.to_number(code) is not None for code in self.names.codes.get(given.choices, ("x",))
        ):
            return
        self._expects_kind(syntax, given, wanted, what)

    def _expects_kind(self, syntax: Syntax, given: _Typed, wanted: Kind, what: str) -> None:
        if wanted == "number":
            self.fault(syntax, problem_types.EXPECTS_NUMBER, what=what, given=_KIND_NAMES[given.kind])
        else:
            wanted_name, given_name = _KIND_NAMES[wanted], _KIND_NAMES[given.kind]
            self.fault(syntax, problem_types.EXPECTS, what=what, wanted=wanted_name, given=given_name)


def _takes(least: int, most: int) -> Message:
    if most == 0:
        return Message("không có tham số")
    if most == 1:
        return Message("cần 1 tham số")
    if least == most:
        return Message("cần {most} tham số", most=most)
    return Message("cần từ {least} đến {most} tham số", least=least, most=most)


_NOT_WRITTEN_OUT = Message(": mẫu phải viết sẵn trong dấu nháy")
_AGGREGATES = {"sum", "min", "max", "count", "count-non-empty", "join"}
_HANDLERS: dict[str, Callable[[_Resolver, Syntax], _Typed]] = {
    "number": _Resolver._number,
    "string": _Resolver._string,
    "self": _Resolver._self,
    "parent": _Resolver._parent,
    "reference": _Resolver._reference,
    "or": _Resolver._logic,
    "and": _Resolver._logic,
    "=": _Resolver._equality,
    "!=": _Resolver._equality,
    "<": _Resolver._comparison,
    "<=": _Resolver._comparison,
    ">": _Resolver._comparison,
    ">=": _Resolver._comparison,
    "plus": _Resolver._plus,
    "call": _Resolver._call,
}
