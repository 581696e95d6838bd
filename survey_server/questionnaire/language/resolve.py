"""Resolves a parsed expression: looks names up, checks the kinds of values and makes the tree to evaluate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from survey_server.i18n import Message
from survey_server.problems import ProblemType, language as problem_types
from survey_server.questionnaire.language import patterns, values
from survey_server.questionnaire.language.comparisons import COMPARISONS, Met, check_code, check_comparison
from survey_server.questionnaire.language.mistakes import explain, find_decimal_comma
from survey_server.questionnaire.language.operators import FUNCTION_NAMES, OPERATIONS, ArgumentKind, Kind, Operation
from survey_server.questionnaire.language.syntax import (
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionSyntaxError,
    ExpressionTooLongError,
    Syntax,
    parse,
)
from survey_server.questionnaire.language.typed import KIND_NAMES, UNKNOWN, Context, Names, Typed
from survey_server.questionnaire.model import Question
from survey_server.questionnaire.recognised import FUNCTION_HABITS

Report = Callable[..., None]  # (offset, type of problem, **parts)


def resolve(text: str, context: Context, names: Names, report: Report) -> Typed | None:
    """A typed expression with the tree to evaluate, None where it cannot be parsed; problems go to `report`."""
    try:
        syntax = parse(text)
    except ExpressionTooLongError:
        report(0, problem_types.TOO_LONG, owner=context.owner, longest=MAX_LENGTH, deepest=MAX_DEPTH)
        return None
    except ExpressionSyntaxError as error:
        mistake = explain(text, error.offset, names.questions)
        near = mistake.near or "…"
        report(mistake.offset, mistake.type, owner=context.owner, near=near, instead=mistake.instead)
        return None
    resolver = _Resolver(text, context, names, report)
    typed = resolver.typed(syntax)
    if typed.kind == "list":
        resolver.report_problem(syntax, problem_types.ONLY_IN_AGGREGATE, name=typed.name)
    return typed


@dataclass(slots=True)
class _Resolver:
    source: str
    context: Context
    names: Names
    report: Report
    reported: int = 0

    def report_problem(self, syntax: Syntax, type_: ProblemType, **parts: object) -> None:
        self.reported += 1
        self.report(syntax.offset, type_, owner=self.context.owner, **parts)

    def _report_met(self, met: Sequence[Met]) -> None:
        for each in met:
            self.report_problem(each.syntax, each.type, **each.parts)

    def typed(self, syntax: Syntax) -> Typed:
        handler = _HANDLERS.get(syntax.head, _Resolver._operator)
        return replace(handler(self, syntax), syntax=syntax)

    def _literal(self, syntax: Syntax) -> Typed:
        value = syntax.parts[0]
        return Typed(
            value, values.moment_kind(value) or ("text" if syntax.head == "string" else "number"), literal=value
        )

    def _self(self, syntax: Syntax) -> Typed:
        question = self.context.question
        kind = question.type.value_kind if question is not None else None
        if question is None or kind is None or kind == "table" or kind == "instances":
            self.report_problem(syntax, problem_types.NOT_HERE, name="'.'")
            return UNKNOWN
        return Typed(["self"], kind, question.name, question.choices)

    def _reference(self, syntax: Syntax) -> Typed:
        name, *inside = syntax.parts[0].split(".")
        question = self.names.questions.get(name)
        if question is None:
            self.report_problem(syntax, problem_types.UNKNOWN_REFERENCE, name=name, meant=(name, self.names.questions))
            return UNKNOWN
        kind = question.type.value_kind
        if kind == "table":
            return self._table_cell(syntax, question, inside)
        if inside or kind is None:
            self.report_problem(syntax, problem_types.CANNOT_REFER, name=syntax.parts[0], type=question.type.name)
            return UNKNOWN
        if kind == "instances":
            return Typed(["instances", name], "list", name)
        repeat = self.names.repeats.get(name)
        if repeat is None:
            return Typed(["ref", name], kind, name, question.choices)
        if repeat == self.context.repeat:
            return Typed(["here", name], kind, name, question.choices)
        return Typed(["all", repeat, name], "list", name)

    def _table_cell(self, syntax: Syntax, table: Question, inside: list[str]) -> Typed:
        rows, periods = ([part.code for part in parts] for parts in table.own.axes().values())
        for code, known in zip(inside, (rows, periods), strict=False):
            if code not in known:
                self.report_problem(
                    syntax, problem_types.NO_SUCH_CHOICE, name=table.name, code=code, meant=(code, known)
                )
                return UNKNOWN
        if len(inside) == 2:
            return Typed(["cell", table.name, *inside], "number", syntax.parts[0])
        if len(inside) == 1:
            return Typed(["cells", table.name, inside[0], periods], "list", syntax.parts[0])
        self.report_problem(
            syntax, problem_types.CANNOT_REFER, name=syntax.parts[0], type=f"{table.type}: ${{{table.name}.row.period}}"
        )
        return UNKNOWN

    def _operator(self, syntax: Syntax) -> Typed:
        operation = OPERATIONS[syntax.head]
        typed = [self.typed(part) for part in syntax.parts]
        if operation.name == "-" and typed[0].kind in _DECIMAL and typed[0].kind == typed[1].kind:
            days = (["call", _DECIMAL[each.kind], each.tree] for each in typed)
            return Typed(["-", *days], "number", parts=tuple(typed))
        tree = [syntax.head, *(each.tree for each in typed)]
        before = self.reported
        self._check_arguments(operation, syntax.parts, typed)
        if operation.name in COMPARISONS and self.reported == before:
            left, right = typed
            self._report_met(check_comparison(operation.name, syntax, (left, right), self.source, self.names.codes))
        return Typed(tree, operation.gives if self.reported == before else "any", parts=tuple(typed))

    def _plus(self, syntax: Syntax) -> Typed:
        """A sign that changes nothing but requires a number; the tree does not have it."""
        (operand,) = syntax.parts
        typed = self.typed(operand)
        if typed.kind == "list":
            self.report_problem(operand, problem_types.ONLY_IN_AGGREGATE, name=typed.name)
            return UNKNOWN
        self._check_number(operand, typed, "+")
        return typed

    def _call(self, syntax: Syntax) -> Typed:
        name, *arguments = syntax.parts
        if name not in FUNCTION_NAMES:
            meant = (FUNCTION_HABITS.get(name.lower(), name.lower()), FUNCTION_NAMES)
            self.report_problem(syntax, problem_types.UNKNOWN_FUNCTION, name=name, meant=meant)
            return UNKNOWN
        function = OPERATIONS[name]
        if function.is_scoped:
            return self._scoped_call(syntax, function, arguments)
        if not function.least <= len(arguments) <= function.most:
            self._report_arguments(syntax, function, len(arguments))
            return Typed(None, function.gives)
        typed = [self.typed(argument) for argument in arguments]
        self._check_arguments(function, arguments, typed)
        if name == "jr:choice-name":
            return self._choice_name(arguments[1], *typed)
        if name == "regex":
            typed[1] = self._pattern(arguments[1], typed[1])
        if name == "selected" and typed[1].literal not in (None, ""):
            self._report_met(check_code(arguments[1], typed[0], typed[1], self.names.codes))
        choices = typed[0].choices if name == "selected-at" else None
        tree = ["call", name, *(each.tree for each in typed)]
        name_shown = typed[0].name if typed else ""
        return Typed(tree, _result_kind(function, typed), name_shown, choices, parts=tuple(typed))

    def _scoped_call(self, syntax: Syntax, function: Operation, arguments: list[Syntax]) -> Typed:
        is_xlsform_position = function.name == "position" and [each.head for each in arguments] == ["parent"]
        if arguments and not is_xlsform_position:
            self._report_arguments(syntax, function, len(arguments))
        is_misplaced = function.name == "now" and not self.context.is_default
        if is_misplaced or (function.name == "position" and self.context.repeat is None):
            self.report_problem(syntax, problem_types.NOT_HERE, name=function.title)
        return Typed([function.name], function.gives)

    def _report_arguments(self, syntax: Syntax, function: Operation, found: int) -> None:
        comma = find_decimal_comma(self.source[slice(*syntax.span)]) if found > function.most else None
        if comma is not None:
            offset = syntax.span[0] + comma.offset
            self.report(offset, comma.type, owner=self.context.owner, near=comma.near, instead=comma.instead)
            return
        takes = _takes(function.least, function.most)
        self.report_problem(syntax, problem_types.ARGUMENTS, name=function.name, takes=takes, found=found)

    def _check_arguments(self, operation: Operation, arguments: Sequence[Syntax], typed: list[Typed]) -> None:
        """Whether the arguments are of the kinds that the operation takes."""
        moments: list[Kind] = [each.kind for each in typed if each.kind in _DECIMAL]
        for index, (argument, given) in enumerate(zip(arguments, typed, strict=True)):
            wanted = operation.kind_of_argument(index)
            if wanted == "comparable":
                wanted = moments[0] if moments else "number"
            self._check_argument(argument, operation, wanted, given)

    def _check_argument(self, syntax: Syntax, operation: Operation, wanted: ArgumentKind, given: Typed) -> None:
        if given.kind == "list":
            if not operation.is_aggregate:
                self.report_problem(syntax, problem_types.ONLY_IN_AGGREGATE, name=given.name)
        elif wanted == "list":
            if given.tree is not None:
                self.report_problem(syntax, problem_types.NOT_A_LIST, name=operation.name)
        elif wanted == "number":
            self._check_number(syntax, given, operation.title)
        elif wanted in _ACCEPTED_KINDS and given.kind not in _ACCEPTED_KINDS[wanted]:
            self._report_kind(syntax, given, wanted, operation.title)

    def _check_number(self, syntax: Syntax, given: Typed, what: str) -> None:
        """Whether a value may be a number: texts only if they are written as one, or if all their codes are."""
        if given.kind in ("number", "boolean", "any"):
            return
        if given.literal is not None and values.to_number(given.literal) is not None:
            return
        codes = self.names.codes.get(given.choices, ("x",)) if given.choices else ("x",)
        if any(values.to_number(code) is None for code in codes):
            self._report_kind(syntax, given, "number", what)

    def _report_kind(self, syntax: Syntax, given: Typed, wanted: ArgumentKind, what: str) -> None:
        wanted_name, given_name = KIND_NAMES[wanted.removeprefix("as ")], KIND_NAMES[given.kind]
        if wanted in ("number", "as number"):
            self.report_problem(syntax, problem_types.EXPECTS_NUMBER, what=what, given=given_name)
        else:
            self.report_problem(syntax, problem_types.EXPECTS, what=what, wanted=wanted_name, given=given_name)

    def _pattern(self, syntax: Syntax, given: Typed) -> Typed:
        if not isinstance(given.literal, str):
            self.report_problem(syntax, problem_types.BAD_PATTERN, part=given.name or "…", why=_NOT_WRITTEN_OUT)
            return given
        try:
            return Typed(patterns.make_portable(given.literal), "text")
        except patterns.PatternError as error:
            self.report_problem(syntax, problem_types.BAD_PATTERN, part=error.part, why=error.reason)
            return given

    def _choice_name(self, syntax: Syntax, value: Typed, named: Typed) -> Typed:
        """The list's codes and labels go into the tree: `jr:choice-name(${q}, '${q}')` as XLSForm writes it."""
        if not isinstance(named.literal, str):
            self.report_problem(syntax, problem_types.NOT_QUOTED, name="jr:choice-name")
            return UNKNOWN
        name = named.literal.removeprefix("${").removesuffix("}").strip()
        question = self.names.questions.get(name)
        if question is None:
            self.report_problem(syntax, problem_types.UNKNOWN_REFERENCE, name=name, meant=(name, self.names.questions))
        elif question.choices is None:
            self.report_problem(syntax, problem_types.NO_CHOICES, name=name, type=question.type.name)
        else:
            labels = self.names.codes.get(question.choices, {})
            return Typed(["call", "jr:choice-name", value.tree, *chain.from_iterable(labels.items())], "text")
        return UNKNOWN

    def _parent(self, syntax: Syntax) -> Typed:
        self.report_problem(syntax, problem_types.NOT_HERE, name="'..'")
        return UNKNOWN


def _result_kind(function: Operation, typed: list[Typed]) -> Kind:
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
_HANDLERS: dict[str, Callable[[_Resolver, Syntax], Typed]] = {
    "number": _Resolver._literal,
    "string": _Resolver._literal,
    "self": _Resolver._self,
    "parent": _Resolver._parent,
    "reference": _Resolver._reference,
    "plus": _Resolver._plus,
    "call": _Resolver._call,
}
