"""Both interpreters give the same values for the cases and for random expressions over random answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from survey_server.questionnaire.language.evaluate import READER_HEADS, Scope, evaluate
from survey_server.questionnaire.language.operators import OPERATIONS
from survey_server.questionnaire.language.resolve import resolve
from survey_server.questionnaire.language.typed import Context
from tests.parity.cases import ANSWERS, CASES, NAMES, TODAY
from tests.support.sizes import choose_examples

if TYPE_CHECKING:
    from tests.parity.conftest import Engine


# Compared without sense, which both interpreters do alike.
WITHOUT_SENSE = {"never_equal", "no_such_choice", "compared_with_boolean", "use_selected", "chained_comparison"}


def tree_of(expression: str) -> Any:
    problems: list[str] = []
    typed = resolve(expression, Context("case"), NAMES, lambda _at, entry, **_parts: problems.append(entry.code))
    assert not problems or set(problems) <= WITHOUT_SENSE, f"{expression}: {problems}"
    assert typed is not None
    return typed.tree


def in_python(tree: Any, answers: dict[str, Any]) -> Any:
    return plain(evaluate(tree, Scope(answers, None, TODAY, {}, None)))


def plain(value: Any) -> Any:
    """As JSON gives it back: whole numbers as int, no negative zero."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Beyond 2**53 the two print different digits for one double.
        return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)
    return [plain(each) for each in value] if isinstance(value, list) else value


def in_javascript(engine: Engine, trees: list[Any], answers: dict[str, Any]) -> list[Any]:
    found = engine.evaluate(
        """async ([trees, answers, today]) => {
          const { evaluate } = await import("http://modules.test/expressions.js");
          const scope = { answers, own: null, today, instance: {}, position: null };
          return JSON.stringify(trees.map((tree) => evaluate(tree, scope)));
        }""",
        [trees, answers, TODAY],
    )
    return [plain(each) for each in json.loads(found)]


@pytest.mark.parametrize(("expression", "value"), CASES, ids=[case[0] for case in CASES])
def test_python_gives_the_value(expression: str, value: Any) -> None:
    assert in_python(tree_of(expression), ANSWERS) == value


@pytest.mark.slow
def test_javascript_gives_the_values(engine: Engine) -> None:
    found = in_javascript(engine, [tree_of(expression) for expression, _ in CASES], ANSWERS)
    differing = [
        (expression, value, other) for (expression, value), other in zip(CASES, found, strict=True) if value != other
    ]
    assert differing == []


def test_the_tablet_has_the_operations_of_the_table(engine: Engine) -> None:
    """The same names, and the same numbers of arguments: `length` counts those before the first optional one."""
    operations, lazy, readers = engine.evaluate(
        """async () => {
          const { OPERATIONS, LAZY, READERS } = await import("http://modules.test/expressions.js");
          const counted = (named) => Object.entries(named).map(([name, operation]) => [name, operation.length]);
          return [counted(OPERATIONS), counted(LAZY), Object.keys(READERS)];
        }"""
    )
    known = list(OPERATIONS.values())
    assert {name for name, _ in operations} == {each.name for each in known if not (each.is_lazy or each.is_scoped)}
    assert {name for name, _ in lazy} == {each.name for each in known if each.is_lazy}
    assert set(readers) == READER_HEADS | {each.name for each in known if each.is_scoped}
    for name, length in [*operations, *((name, length - 1) for name, length in lazy)]:  # the scope comes first
        operation = OPERATIONS[name]
        rest = operation.is_open or name == "jr:choice-name"  # it gets the codes and labels of its list
        assert length == (operation.least - 1 if rest else operation.least), name


def test_every_operation_is_compared_with_the_tablets() -> None:
    trees = [tree_of(expression) for expression, _ in CASES]
    called = {head for tree in trees for head in _heads(tree)}
    assert called >= {name for name in OPERATIONS if name not in ("position", "now")}


def _heads(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        yield tree[1] if tree[0] == "call" else tree[0]
        for part in tree[1:]:
            yield from _heads(part)


_numbers = st.one_of(
    st.integers(-1000, 1000).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.5, 2.5, -2.5, 1e21, 1e-7, 0.1]),
)
_texts = st.one_of(
    st.sampled_from(
        [
            "",
            "clear",
            "2012-02-29",
            "2011-02-29",
            "08:30",
            "2012-02-29T23:59",
            " 7 ",
            "1.50",
            "Đặng",
            "e\u0302",
            "😀",
            "-",
            "0",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="'\"\x00"), max_size=6),
)


def _written(value: float) -> str:
    return f"{value:.6f}" if abs(value) < 1e9 else "1000000000"


_leaves = st.one_of(
    st.floats(0, 1e6).map(_written),
    _texts.map(lambda text: f"'{text}'"),
    st.sampled_from(
        ["${n}", "${d}", "${blank}", "${zero}", "${word}", "${empty}", "${rated}", "${several}", "${held}",
         "${began}", "${arrived}",
         "today()",
         "true()", "false()", "sum(${pages})", "count(${documents})", "${figures.meetings.y2011}",
         "join('-', ${title})"]
    ),
)  # fmt: skip
_UNARY = (
    "not", "boolean", "number", "int", "abs", "round", "string", "string-length", "date", "coalesce", "min", "max",
    "sum", "count-selected", "decimal-date-time", "decimal-time", "-", "+",
)  # fmt: skip
_OF_TWO = (
    "concat", "contains", "starts-with", "ends-with", "coalesce", "min", "max", "sum", "join", "selected",
    "selected-at", "format-date", "pow", "round",
)  # fmt: skip
_BINARY = ("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or")
_FORMS = ("%d/%m/%Y", "%e.%n.%y", "%%%", "ngày %d", "%Đ", "")
_PATTERNS = (
    "[0-9]+",
    ".*",
    "[^a-z]{0,9}",
    "(có|không)?",
    "\\w+",
    "\\d\\s?",
    "[A-ZĐa-zđ ]+",
    "(😀|-)",
    "",
    "[+-]?[0-9.]+",
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(_BINARY), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(st.sampled_from(_UNARY), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"if({parts[0]}, {parts[1]}, {parts[2]})"),
        st.tuples(st.sampled_from(_OF_TWO), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"),
        st.tuples(inner, st.sampled_from(_FORMS)).map(lambda parts: f"format-date({parts[0]}, '{parts[1]}')"),
        st.tuples(inner, st.sampled_from(_PATTERNS)).map(lambda parts: f"regex({parts[0]}, '{parts[1]}')"),
        st.tuples(inner, st.integers(-3, 9), st.integers(-3, 9)).map(
            lambda parts: f"substr({parts[0]}, {parts[1]}, {parts[2]})"
        ),
        st.tuples(inner, st.integers(-4, 9)).map(lambda parts: f"round({parts[0]}, {parts[1]})"),
        st.tuples(inner, st.integers(-9, 9)).map(lambda parts: f"pow({parts[0]}, {parts[1]})"),
    )


_expressions = st.recursive(_leaves, _combined, max_leaves=10)
_answers = st.fixed_dictionaries(
    {
        "n": st.none() | _numbers,
        "d": st.none() | _numbers,
        "word": st.none() | _texts,
        "rated": st.none() | st.sampled_from(["clear", "none"]),
        "several": st.none() | st.lists(st.sampled_from(["clear", "some", "none"]), unique=True, min_size=1),
        "held": st.none() | st.dates().map(str),
        "documents": st.lists(st.fixed_dictionaries({"pages": st.none() | _numbers, "title": st.none() | _texts})),
    }
)


def _loose_tree(expression: str) -> Any:
    """Random expressions have problems of kinds; both interpreters must agree on them nevertheless."""
    typed = resolve(expression, Context("case"), NAMES, lambda _at, _entry, **_parts: None)
    assert typed is not None
    return typed.tree


@pytest.mark.slow
@settings(max_examples=choose_examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_expressions, min_size=20, max_size=40), _answers)
def test_random_expressions_agree(engine: Engine, expressions: list[str], answers: dict[str, Any]) -> None:
    everything = {**ANSWERS, **answers}
    trees = [_loose_tree(expression) for expression in expressions]
    ours = [json.loads(json.dumps(in_python(tree, everything))) for tree in trees]
    theirs = in_javascript(engine, trees, everything)
    assert list(zip(expressions, theirs, strict=True)) == list(zip(expressions, ours, strict=True))
