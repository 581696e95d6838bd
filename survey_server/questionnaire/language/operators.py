"""The table of operators and functions: what each takes and gives, what it does, and its implementation in Python.

The resolver takes types from here and the Python interpreter implementations. Tests compare the table with the tablet's
interpreter (`OPERATIONS` in web/static/tablet/expressions.js: same names and numbers of arguments) and with the list in
docs/questionnaire-language.md, which is made from it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from survey_server.questionnaire.language import functions, values
from survey_server.questionnaire.language.values import Value

Kind = Literal["number", "text", "boolean", "date", "time", "datetime", "codes", "list", "any"]
# "as …" also takes texts that can be read as one; a "day" is a date or a datetime, an "hour" a time or a datetime;
# "comparable" takes numbers, or moments of one kind on both sides; a "condition" is
# any value, which the operation gets as a boolean.
ArgumentKind = Kind | Literal["as number", "as date", "day", "hour", "comparable", "condition"]
Notation = Literal["infix", "prefix", "function"]
MAX_ARGUMENTS = 64
_KIND_LABELS = {
    "as number": "any", "as date": "date/datetime/text", "day": "date/datetime", "hour": "time/datetime",
    "comparable": "number/moment", "condition": "any",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operator or a function.

    `takes`: the kind of each argument; functions with `is_open` repeat the last one, up to MAX_ARGUMENTS.
    `gives`: the kind of the result. `branches`: if the arguments from this index on agree on a kind, it is theirs.
    `is_aggregate`: arguments may be lists, that is, all instances of a repeat or all cells of a row.
    `is_scoped`: `apply` takes the scope of the evaluation, not arguments.
    `is_lazy`: `apply` takes compiled arguments and gives a function of the scope that evaluates only those it needs.
    `summary` and `example` are for the documentation.
    """

    name: str  # of the head in a tree
    apply: Callable[..., Any]
    takes: tuple[ArgumentKind, ...] = ()
    gives: Kind
    optional: int = 0  # how many of the last arguments may be left out
    is_open: bool = False
    branches: int | None = None
    is_aggregate: bool = False
    is_scoped: bool = False
    is_lazy: bool = False
    notation: Notation = "function"
    sign: str = ""  # of an operator, where it is not the name
    summary: str
    example: str = ""

    @property
    def least(self) -> int:
        return len(self.takes) - self.optional

    @property
    def most(self) -> int:
        return MAX_ARGUMENTS if self.is_open else len(self.takes)

    @property
    def title(self) -> str:
        """As messages name it: `+`, `round()`."""
        return f"{self.name}()" if self.notation == "function" else self.sign or self.name

    @property
    def signature(self) -> str:
        """As the documentation names it: `number + number`, `round(number, [number])`, `min(number, …)`."""
        kinds = [_KIND_LABELS.get(kind, kind) for kind in self.takes]
        if self.notation == "infix":
            return f"{kinds[0]} {self.name} {kinds[1]}"
        if self.notation == "prefix":
            return f"{self.sign}{kinds[0]}"
        shown = kinds[: self.least] + [f"[{kind}]" for kind in kinds[self.least :]] + ["…"] * self.is_open
        return f"{self.name}({', '.join(shown)})"

    def kind_of_argument(self, index: int) -> ArgumentKind:
        return self.takes[min(index, len(self.takes) - 1)]


def _infix(
    name: str, apply: Callable[..., Value], takes: ArgumentKind, gives: Kind, summary: str, example: str
) -> Operation:
    return Operation(
        name=name, apply=apply, takes=(takes, takes), gives=gives, notation="infix", summary=summary, example=example
    )


_ARITHMETIC = (
    _infix("+", functions.arithmetic(operator.add), "number", "number", "sum", "${documents} + 2 * 3"),
    _infix(
        "-", functions.arithmetic(operator.sub), "number", "number",
        "difference; of two moments of one kind the days between them", "${documents} - ${fund}",
    ),
    _infix("*", functions.arithmetic(operator.mul), "number", "number", "product", "${documents} * 2"),
    _infix(
        "div", functions.arithmetic(functions.divide), "number", "number",
        "quotient; null when divided by 0", "${documents} div 2",
    ),
    _infix(
        "mod", functions.arithmetic(functions.remainder), "number", "number",
        "remainder, with the dividend's sign", "-7 mod 3",
    ),
    Operation(
        name="neg", sign="-", notation="prefix", apply=functions.on_number(operator.neg), takes=("number",),
        gives="number", summary="number with the opposite sign", example="-${fund}",
    ),
)  # fmt: skip
_LOGIC = (
    _infix(
        "=", values.are_equal, "any", "boolean",
        "whether both are equal; `= ''` is true of a question without an answer", "${areas} = ''",
    ),
    _infix(
        "!=", lambda left, right: not values.are_equal(left, right), "any", "boolean",
        "whether they are not equal", "${change} != 'clear'",
    ),
    _infix(
        "<", functions.ordering(operator.lt), "comparable", "boolean",
        "less, or earlier; false with null, as are the next three", "${areas} < 5",
    ),
    _infix("<=", functions.ordering(operator.le), "comparable", "boolean", "less or equal", "${held_on} <= today()"),
    _infix(">", functions.ordering(operator.gt), "comparable", "boolean", "greater, or later", "${fund} > 2"),
    _infix(">=", functions.ordering(operator.ge), "comparable", "boolean", "greater or equal", "${documents} >= 8"),
    Operation(
        name="and", notation="infix", apply=functions.both, takes=("condition", "condition"), gives="boolean",
        is_lazy=True, summary="whether both are true", example="${documents} > 5 and ${fund} > 5",
    ),
    Operation(
        name="or", notation="infix", apply=functions.either, takes=("condition", "condition"), gives="boolean",
        is_lazy=True, summary="whether at least one of the two is true", example="${documents} > 5 or ${fund} > 5",
    ),
    Operation(
        name="not", apply=operator.not_, takes=("condition",), gives="boolean",
        summary="the opposite", example="not(${areas})",
    ),
    Operation(name="true", apply=lambda: True, gives="boolean", summary="true", example="true()"),
    Operation(name="false", apply=lambda: False, gives="boolean", summary="false", example="false()"),
    Operation(
        name="boolean", apply=bool, takes=("condition",), gives="boolean",
        summary="the value as a boolean", example="boolean(${areas})",
    ),
    Operation(
        name="if", apply=functions.choose, takes=("condition", "any", "any"), gives="any", branches=1, is_lazy=True,
        summary="the second argument if the first is true, else the third",
        example="if(${documents} > 5, 'nhiều', 'ít')",
    ),
    Operation(
        name="coalesce", apply=functions.coalesce, takes=("any",), gives="any", is_open=True, branches=0,
        summary="the first argument that is not null", example="coalesce(${areas}, 0)",
    ),
)  # fmt: skip
_NUMBERS = (
    Operation(
        name="number", apply=values.to_number, takes=("as number",), gives="number",
        summary="the value as a number; null where it is not one", example="number('12.5')",
    ),
    Operation(
        name="int", apply=functions.on_number(lambda amount: float(math.trunc(amount)) + 0.0), takes=("as number",),
        gives="number", summary="the number without its fraction", example="int(-2.9)",
    ),
    Operation(
        name="round", apply=functions.round_half_away, takes=("number", "number"), gives="number", optional=1,
        summary="the number rounded, to that many digits", example="round(2.345, 2)",
    ),
    Operation(
        name="abs", apply=functions.on_number(abs), takes=("number",), gives="number",
        summary="the number without its sign", example="abs(-4)",
    ),
    Operation(
        name="pow", apply=functions.power, takes=("number", "number"), gives="number",
        summary="the first to the power of the second, which is a whole number or 0.5", example="pow(2, 10)",
    ),
    Operation(
        name="min", apply=functions.on_numbers(min), takes=("number",), gives="number", is_open=True,
        is_aggregate=True, summary="the least number", example="min(${attended})",
    ),
    Operation(
        name="max", apply=functions.on_numbers(max), takes=("number",), gives="number", is_open=True,
        is_aggregate=True, summary="the greatest number", example="max(${documents}, ${fund}, ${areas})",
    ),
    Operation(
        name="sum", apply=functions.total, takes=("number",), gives="number", is_open=True, is_aggregate=True,
        summary="the sum of a repeat, of a row of a table, or of the arguments", example="sum(${figures.unity})",
    ),
    Operation(
        name="count", apply=lambda instances: float(len(instances)), takes=("list",), gives="number",
        is_aggregate=True, summary="the number of instances, answered or not", example="count(${meetings})",
    ),
    Operation(
        name="count-non-empty", apply=functions.count_non_empty, takes=("list",), gives="number", is_aggregate=True,
        summary="the number of instances that are answered", example="count-non-empty(${attended})",
    ),
    Operation(
        name="position", apply=lambda scope: scope.position, gives="number", is_scoped=True,
        summary="inside a repeat: the number of the instance, from 1; elsewhere an error",
    ),
)  # fmt: skip
_TEXTS = (
    Operation(
        name="string", apply=values.to_text, takes=("any",), gives="text",
        summary="the value as a text", example="string(${documents})",
    ),
    Operation(
        name="string-length", apply=lambda value: float(len(values.to_text(value))), takes=("any",), gives="number",
        summary="the number of characters", example="string-length(${reason})",
    ),
    Operation(
        name="concat", apply=functions.concat, takes=("any",), gives="text", is_open=True,
        summary="the texts one after the other", example="concat(${documents}, ' văn bản')",
    ),
    Operation(
        name="join", apply=functions.join, takes=("text", "any"), gives="text", is_open=True, is_aggregate=True,
        summary="the texts with the first argument between them; null is skipped", example="join(', ', ${attended})",
    ),
    Operation(
        name="substr", apply=functions.substr, takes=("any", "number", "number"), gives="text", optional=1,
        summary="the part from a position up to another; negative positions count from the end",
        example="substr(${reason}, 0, 5)",
    ),
    Operation(
        name="contains", apply=functions.on_texts(lambda whole, part: part in whole), takes=("any", "any"),
        gives="boolean", summary="whether the first contains the second", example="contains(${reason}, 'kinh phí')",
    ),
    Operation(
        name="starts-with", apply=functions.on_texts(str.startswith), takes=("any", "any"), gives="boolean",
        summary="whether the first begins with the second", example="starts-with(${reason}, 'Thiếu')",
    ),
    Operation(
        name="ends-with", apply=functions.on_texts(str.endswith), takes=("any", "any"), gives="boolean",
        summary="whether the first ends with the second", example="ends-with(${reason}, 'phí')",
    ),
    Operation(
        name="regex", apply=functions.matches, takes=("any", "text"), gives="boolean",
        summary="whether the whole text matches the pattern", example="regex('62-KL/TW', '[0-9]+-[A-Z]+/TW')",
    ),
)  # fmt: skip
_CHOICES = (
    Operation(
        name="selected", apply=functions.selected, takes=("codes", "text"), gives="boolean",
        summary="whether a choice is among those selected", example="selected(${forms}, 'club')",
    ),
    Operation(
        name="selected-at", apply=functions.selected_at, takes=("codes", "number"), gives="text",
        summary="the selected choice at an index, from 0", example="selected-at(${forms}, 1)",
    ),
    Operation(
        name="count-selected", apply=functions.count_selected, takes=("codes",), gives="number",
        summary="the number of selected choices", example="count-selected(${forms})",
    ),
    Operation(
        name="jr:choice-name", apply=functions.choice_label, takes=("any", "text"), gives="text",
        summary="the label of a choice, in the first language", example="jr:choice-name(${change}, '${change}')",
    ),
)  # fmt: skip
_DATES = (
    Operation(
        name="today", apply=lambda scope: scope.today, gives="date", is_scoped=True,
        summary="the day of completion", example="${held_on} < today()",
    ),
    Operation(
        name="now", apply=lambda scope: scope.now, gives="datetime", is_scoped=True,
        summary="only in `default`: the local date and time, to the minute",
    ),
    Operation(
        name="date", apply=functions.read_date, takes=("as date",), gives="date",
        summary="a text, or a datetime's day, as a date; null where there is no such day", example="date('2011-02-29')",
    ),
    Operation(
        name="format-date", apply=functions.format_date, takes=("date", "text"), gives="text",
        summary="a date written with `%d` `%e` (day) `%m` `%n` (month) `%Y` `%y` (year) `%%`",
        example="format-date(${held_on}, '%d/%m/%Y')",
    ),
    Operation(
        name="decimal-date-time", apply=functions.days_since_1970, takes=("day",), gives="number",
        summary="days since 1 January 1970; of a datetime with the share of the day",
        example="decimal-date-time(today()) - decimal-date-time(${held_on})",
    ),
    Operation(
        name="decimal-time", apply=functions.share_of_day, takes=("hour",), gives="number",
        summary="the share of the day that has passed, from 0 to 1", example="decimal-time('06:00')",
    ),
)  # fmt: skip
OPERATIONS: dict[str, Operation] = {
    each.name: each for each in (*_ARITHMETIC, *_LOGIC, *_NUMBERS, *_TEXTS, *_CHOICES, *_DATES)
}
FUNCTION_NAMES = tuple(name for name, each in OPERATIONS.items() if each.notation == "function")
