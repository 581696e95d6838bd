"""Resolves a parsed expression: looks names up, checks the kinds of values and makes the tree to evaluate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from survey_server.i18n import Message
from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.language import patterns, values
from survey_server.questionnaire.language.operators import FUNCTION_NAMES, OPERATIONS, ArgumentKind, Kind, Operation
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
_KIND_NAMES = {
    "number": Message("số"),
    "text": Message("chữ", "kind of value"),
    "boolean": Message("đúng/sai"),
    "date": Message("ngày", "kind of value"),
    "day": Message("ngày", "kind of value"),
    "time": Message("giờ", "kind of value"),
    "hour": Message("giờ", "kind of value"),
    "datetime": Message("ngày giờ", "kind of value"),
    "codes": Message("nhiều phương án"),
    "list": Message("nhiều giá trị"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the expressions of a questionnaire may refer to.

    `repeats` maps a question inside a repeat to the repeat; `codes` maps a choice list to its codes, reasons for not
    answering included, each with its label in the first language.
    """

    questions: Mapping[str, Question]
    repeats: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression stands: its `owner` for messages, the `question` that `.` means, the `repeat` around it;
    `is_default`: now() may be used."""

    owner: str
    question: Question | None = None
    repeat: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class _Typed:
    """A part of an expression: tree and kind, name and choice list of a question's value, value of a literal."""

    tree: Any
    kind: Kind
    name: str = ""
    choices: str | None = None
    literal: str | float | None = None


_UNKNOWN = _Typed(None, "any")


def resolve(text: str, context: Context, names: Names, report: Report) -> Expression:
    """The tree of an expression, None where it cannot be parsed; problems go to `report`."""
    try:
        syntax = parse(text)
    except ExpressionTooLongError:
        report(0, problem_types.TOO_LONG, owner=context.owner, longest=MAX_LENGTH, deepest=MAX_DEPTH)
        return None
    except ExpressionSyntaxError as error:
        report(error.offset, problem_types.SYNTAX, owner=context.owner, near=error.near or "…")
        return None
    resolver = _Resolver(context, names, report)
    typed = resolver.typed(syntax)
    if typed.kind == "list":
        resolver.report_problem(syntax, problem_types.ONLY_IN_AGGREGATE, name=typed.name)
    tree: Expression = typed.tree
    return tree


@dataclass(slots=True)
class _Resolver:
    context: Context
    names: Names
    report: Report

    def report_problem(self, syntax: Syntax, type_: ProblemType, **parts: object) -> None:
        self.report(syntax.offset, type_, owner=self.context.owner, **parts)

    def typed(self, syntax: Syntax) -> _Typed:
        handler = _HANDLERS.get(syntax.head, _Resolver._operator)
        return handler(self, syntax)

    def _literal(self, syntax: Syntax) -> _Typed:
        value = syntax.parts[0]
        return _Typed(
            value, values.moment_kind(value) or ("text" if syntax.head == "string" else "number"), literal=value
        )

    def _self(self, syntax: Syntax) -> _Typed:
        question = self.context.question
        kind = question.type.value_kind if question is not None else None
        if question is None or kind is None or kind == "table" or kind == "instances":
            self.report_problem(syntax, problem_types.NOT_HERE, name="'.'")
            return _UNKNOWN
        return _Typed(["self"], kind, question.name, question.choices)

    def _reference(self, syntax: Syntax) -> _Typed:
        name, *inside = syntax.parts[0].split(".")
        question = self.names.questions.get(name)
        if question is None:
            self.report_problem(syntax, problem_types.UNKNOWN_REFERENCE, name=name, meant=(name, self.names.questions))
            return _UNKNOWN
        kind = question.type.value_kind
        if kind == "table":
            return self._table_cell(syntax, question, inside)
        if inside or kind is None:
            self.report_problem(syntax, problem_types.CANNOT_REFER, name=syntax.parts[0], type=question.type.name)
            return _UNKNOWN
        if kind == "instances":
            return _Typed(["instances", name], "list", name)
        repeat = self.names.repeats.get(name)
        if repeat is None:
            return _Typed(["ref", name], kind, name, question.choices)
        if repeat == self.context.repeat:
            return _Typed(["here", name], kind, name, question.choices)
        return _Typed(["all", repeat, name], "list", name)

    def _table_cell(self, syntax: Syntax, table: Question, inside: list[str]) -> _Typed:
        rows, periods = ([part.code for part in parts] for parts in table.own.axes().values())
        for code, known in zip(inside, (rows, periods), strict=False):
            if code not in known:
                self.report_problem(
                    syntax, problem_types.NO_SUCH_CHOICE, name=table.name, code=code, meant=(code, known)
                )
                return _UNKNOWN
        if len(inside) == 2:
            return _Typed(["cell", table.name, *inside], "number", syntax.parts[0])
        if len(inside) == 1:
            return _Typed(["cells", table.name, inside[0], periods], "list", syntax.parts[0])
        self.report_problem(
            syntax, problem_types.CANNOT_REFER, name=syntax.parts[0], type=f"{table.type}: ${{{table.name}.row.period}}"
        )
        return _UNKNOWN

    def _operator(self, syntax: Syntax) -> _Typed:
        operation = OPERATIONS[syntax.head]
        typed = [self.typed(part) for part in syntax.parts]
        if operation.name == "-" and typed[0].kind in _DECIMAL and typed[0].kind == typed[1].kind:
            days = (["call", _DECIMAL[each.kind], each.tree] for each in typed)
            return _Typed(["-", *days], "number")
        self._check_arguments(operation, syntax.parts, typed)
        if operation.name in ("=", "!="):
            left, right = typed
            self._check_equality(syntax.parts[1], left, right)
            self._check_equality(syntax.parts[0], right, left)
        return _Typed([syntax.head, *(each.tree for each in typed)], operation.gives)

    def _plus(self, syntax: Syntax) -> _Typed:
        """A sign that changes nothing but requires a number; the tree does not have it."""
        (operand,) = syntax.parts
        typed = self.typed(operand)
        if typed.kind == "list":
            self.report_problem(operand, problem_types.ONLY_IN_AGGREGATE, name=typed.name)
            return _UNKNOWN
        self._check_number(operand, typed, "+")
        return typed

    def _call(self, syntax: Syntax) -> _Typed:
        name, *arguments = syntax.parts
        if name not in FUNCTION_NAMES:
            meant = (name.lower(), FUNCTION_NAMES)
            self.report_problem(syntax, problem_types.UNKNOWN_FUNCTION, name=name, meant=meant)
            return _UNKNOWN
        function = OPERATIONS[name]
        if function.is_scoped:
            return self._scoped_call(syntax, function, arguments)
        if not function.least <= len(arguments) <= function.most:
            self._report_arguments(syntax, function, len(arguments))
            return _Typed(None, function.gives)
        typed = [self.typed(argument) for argument in arguments]
        self._check_arguments(function, arguments, typed)
        if name == "jr:choice-name":
            return self._choice_name(arguments[1], *typed)
        if name == "regex":
            typed[1] = self._pattern(arguments[1], typed[1])
        if name == "selected" and typed[1].literal not in (None, ""):
            self._check_code(arguments[1], typed[0], typed[1])
        choices = typed[0].choices if name == "selected-at" else None
        tree = ["call", name, *(each.tree for each in typed)]
        return _Typed(tree, _result_kind(function, typed), typed[0].name if typed else "", choices)

    def _scoped_call(self, syntax: Syntax, function: Operation, arguments: list[Syntax]) -> _Typed:
        is_xlsform_position = function.name == "position" and [each.head for each in arguments] == ["parent"]
        if arguments and not is_xlsform_position:
            self._report_arguments(syntax, function, len(arguments))
        is_misplaced = function.name == "now" and not self.context.is_default
        if is_misplaced or (function.name == "position" and self.context.repeat is None):
            self.report_problem(syntax, problem_types.NOT_HERE, name=function.title)
        return _Typed([function.name], function.gives)

    def _report_arguments(self, syntax: Syntax, function: Operation, found: int) -> None:
        takes = _takes(function.least, function.most)
        self.report_problem(syntax, problem_types.ARGUMENTS, name=function.name, takes=takes, found=found)

    def _check_arguments(self, operation: Operation, arguments: Sequence[Syntax], typed: list[_Typed]) -> None:
        """Whether the arguments are of the kinds that the operation takes."""
        moments: list[Kind] = [each.kind for each in typed if each.kind in _DECIMAL]
        for index, (argument, given) in enumerate(zip(arguments, typed, strict=True)):
            wanted = operation.kind_of_argument(index)
            if wanted == "comparable":
                wanted = moments[0] if moments else "number"
            self._check_argument(argument, operation, wanted, given)

    def _check_argument(self, syntax: Syntax, operation: Operation, wanted: ArgumentKind, given: _Typed) -> None:
        if given.kind == "list":
            if not operation.is_aggregate:
                self.report_problem(syntax, problem_types.ONLY_IN_AGGREGATE, name=given.name)
        elif wanted == "list":
            if given is not _UNKNOWN:
                self.report_problem(syntax, problem_types.NOT_A_LIST, name=operation.name)
        elif wanted == "number":
            self._check_number(syntax, given, operation.title)
        elif wanted in _ACCEPTED_KINDS and given.kind not in _ACCEPTED_KINDS[wanted]:
            self._report_kind(syntax, given, wanted, operation.title)

    def _check_number(self, syntax: Syntax, given: _Typed, what: str) -> None:
        """Whether a value may be a number: texts only if they are written as one, or if all their codes are."""
        if given.kind in ("number", "boolean", "any"):
            return
        if given.literal is not None and values.to_number(given.literal) is not None:
            return
        codes = self.names.codes.get(given.choices, ("x",)) if given.choices else ("x",)
        if any(values.to_number(code) is None for code in codes):
            self._report_kind(syntax, given, "number", what)

    def _report_kind(self, syntax: Syntax, given: _Typed, wanted: ArgumentKind, what: str) -> None:
        wanted_name, given_name = _KIND_NAMES[wanted.removeprefix("as ")], _KIND_NAMES[given.kind]
        if wanted in ("number", "as number"):
            self.report_problem(syntax, problem_types.EXPECTS_NUMBER, what=what, given=given_name)
        else:
            self.report_problem(syntax, problem_types.EXPECTS, what=what, wanted=wanted_name, given=given_name)

    def _check_equality(self, syntax: Syntax, value: _Typed, literal: _Typed) -> None:
        """Whether a literal can ever be equal to the value that it is compared with."""
        if literal.literal in (None, ""):
            return
        self._check_code(syntax, value, literal)
        is_not_number = value.kind == "number" and values.to_number(literal.literal) is None
        is_not_moment = value.kind in _DECIMAL and values.moment_kind(literal.literal) != value.kind
        if is_not_number or is_not_moment:
            right = repr(literal.literal)
            self.report_problem(syntax, problem_types.NEVER_EQUAL, left=value.name or "…", right=right)

    def _check_code(self, syntax: Syntax, value: _Typed, literal: _Typed) -> None:
        if value.choices is None or value.choices not in self.names.codes:
            return
        known = self.names.codes[value.choices]
        code = values.to_text(literal.literal)
        if not any(values.are_equal(each, literal.literal) for each in known):
            self.report_problem(syntax, problem_types.NO_SUCH_CHOICE, name=value.name, code=code, meant=(code, known))

    def _pattern(self, syntax: Syntax, given: _Typed) -> _Typed:
        if not isinstance(given.literal, str):
            self.report_problem(syntax, problem_types.BAD_PATTERN, part=given.name or "…", why=_NOT_WRITTEN_OUT)
            return given
        try:
            return _Typed(patterns.make_portable(given.literal), "text")
        except patterns.PatternError as error:
            self.report_problem(syntax, problem_types.BAD_PATTERN, part=error.part, why=error.reason)
            return given

    def _choice_name(self, syntax: Syntax, value: _Typed, named: _Typed) -> _Typed:
        """The list's codes and labels go into the tree: `jr:choice-name(${q}, '${q}')` as XLSForm writes it."""
        if not isinstance(named.literal, str):
            self.report_problem(syntax, problem_types.NOT_QUOTED, name="jr:choice-name")
            return _UNKNOWN
        name = named.literal.removeprefix("${").removesuffix("}").strip()
        question = self.names.questions.get(name)
        if question is None:
            self.report_problem(syntax, problem_types.UNKNOWN_REFERENCE, name=name, meant=(name, self.names.questions))
        elif question.choices is None:
            self.report_problem(syntax, problem_types.NO_CHOICES, name=name, type=question.type.name)
        else:
            labels = self.names.codes.get(question.choices, {})
            return _Typed(["call", "jr:choice-name", value.tree, *chain.from_iterable(labels.items())], "text")
        return _UNKNOWN

    def _parent(self, syntax: Syntax) -> _Typed:
        self.report_problem(syntax, problem_types.NOT_HERE, name="'..'")
        return _UNKNOWN


def _result_kind(function: Operation, typed: list[_Typed]) -> Kind:
    """The kind on which the branches of if() and coalesce() agree; of other functions the kind that they give."""
    if function.branches is None:
        return function.gives
    kinds = {branch.kind for branch in typed[function.branches :]}
    return kinds.pop() if len(kinds) == 1 else function.gives


def _takes(least: int, most: int) -> Message:
    if most == 0:
        return Message("không có tham số")
    if most == 1:
        return Message("cần 1 tham số")
    if least == most:
        return Message("cần {most} tham số", most=most)
    return Message("cần từ {least} đến {most} tham số", least=least, most=most)


_NOT_WRITTEN_OUT = Message(": mẫu phải viết sẵn trong dấu nháy")
# The kinds that are accepted where another kind is expected; a number has rules of its own.
# The function that counts the moments of a kind in days.
_DECIMAL: dict[Kind, str] = {"date": "decimal-date-time", "time": "decimal-time", "datetime": "decimal-date-time"}
_ACCEPTED_KINDS: dict[ArgumentKind, frozenset[Kind]] = {
    "as number": frozenset({"number", "text", "boolean", "any"}),
    "as date": frozenset({"date", "datetime", "text", "any"}),
    "date": frozenset({"date", "any"}),
    "time": frozenset({"time", "any"}),
    "datetime": frozenset({"datetime", "any"}),
    "day": frozenset({"date", "datetime", "any"}),
    "hour": frozenset({"time", "datetime", "any"}),
    "codes": frozenset({"codes", "text", "any"}),
}
_HANDLERS: dict[str, Callable[[_Resolver, Syntax], _Typed]] = {
    "number": _Resolver._literal,
    "string": _Resolver._literal,
    "self": _Resolver._self,
    "parent": _Resolver._parent,
    "reference": _Resolver._reference,
    "plus": _Resolver._plus,
    "call": _Resolver._call,
}
