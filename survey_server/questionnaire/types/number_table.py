"""A table of figures: rows over periods. A cell is a number, an estimate `{"value": …, "estimated": true}`, or the code
of a reason for having none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from survey_server.problems import Problem, language as problem_types
from survey_server.questionnaire.drawing import Drawing
from survey_server.questionnaire.language import values
from survey_server.questionnaire.mapping_reader import CODE, MappingReader
from survey_server.questionnaire.model import (
    ESTIMATED,
    INVALID,
    MAX_NUMBER,
    RULED_KEYS,
    Check,
    Choice,
    ChoiceList,
    ChoiceLists,
    FlatRow,
    Options,
    Position,
    Question,
    QuestionType,
    Row,
    Text,
    invalid_row,
    number_row,
    wrong_kind,
)
from survey_server.questionnaire.source import Mapping as MappingNode, Scalar

ROW_KEYS = ("label", "unit", "indicator")
_NO_FIGURE = (
    Choice("none_arose", {"vi": "Không phát sinh", "en": "None arose"}),
    Choice("not_tracked", {"vi": "Không theo dõi", "en": "Not tracked"}),
)
_GROWTH = (0.85, 1.0, 0.55)  # of the simulated figures, by period: two years and a half one


@dataclass(frozen=True, slots=True)
class TableOptions(Options):
    rows: tuple[Row, ...] = ()
    periods: tuple[Choice, ...] = ()

    def axes(self) -> dict[str, tuple[Choice, ...]]:
        return {"rows": self.rows, "periods": self.periods}


def options_of(question: Question) -> TableOptions:
    assert isinstance(question.own, TableOptions)
    return question.own


def _read_options(reader: MappingReader) -> TableOptions:
    rows = tuple(
        Row(code, label, inner.read_text("unit"), inner.read_word("indicator"), inner.position_of("indicator"))
        if inner is not None
        else Row(code, label)
        for code, label, inner in _coded(reader, "rows")
    )
    return TableOptions(rows, tuple(Choice(code, label) for code, label, _inner in _coded(reader, "periods")))


def _coded(reader: MappingReader, key: str) -> list[tuple[str, Text, MappingReader | None]]:
    """Codes with a label each: `{code: text}`, `{code: {label, …}}` or `[{name: code, label, …}]`.

    With the reader of what else is written beside the label.
    """
    node = reader.node.entries.get(key)
    if not isinstance(node, MappingNode):
        named = reader.read_list(key, lambda each: each, required=True)
        for inner in named:
            inner.allow_keys(("name", *ROW_KEYS))
        _check_duplicates(named)
        return [(inner.read_code(), inner.read_text("label", required=True), inner) for inner in named]
    found: list[tuple[str, Text, MappingReader | None]] = []
    for code, each in node.entries.items():
        if not CODE.fullmatch(code):
            reader.problems.add(node.keys[code], problem_types.BAD_CODE, name=code)
        if isinstance(each, MappingNode) and "label" in each.entries:
            inside = reader.reader_for(each, reader.owner + f".{code}")
            inside.allow_keys(ROW_KEYS)
            found.append((code, inside.read_text("label", required=True), inside))
        else:
            found.append((code, reader.read_text_node(each, code), None))
    if not found:
        reader.problems.add(node.position, problem_types.NOTHING_INSIDE, owner=reader.owner, key=key)
    return found


def _check_duplicates(named: list[MappingReader]) -> None:
    taken: dict[str, Position] = {}
    for inner in named:
        code = inner.node.entries.get("name")
        if isinstance(code, Scalar) and code.text in taken:
            inner.problems.add(code.position, problem_types.DUPLICATE_NAME, name=code.text, line=taken[code.text].line)
        elif isinstance(code, Scalar):
            taken[code.text] = code.position


def _compile_check(question: Question, _choices: ChoiceList | None) -> Check:
    rows = frozenset(row.code for row in options_of(question).rows)
    periods = frozenset(period.code for period in options_of(question).periods)
    missing = frozenset(choice.code for choice in question.missing)

    def check(given: Any) -> Problem | None:
        if not isinstance(given, dict):
            return wrong_kind(question)
        for row, cells in given.items():
            if row not in rows or not isinstance(cells, dict):
                return wrong_kind(question)
            for period, cell in cells.items():
                if period not in periods or not _is_cell(cell, missing):
                    return wrong_kind(question)
        return None

    return check


def _is_cell(cell: Any, missing: frozenset[str]) -> bool:
    if isinstance(cell, dict):
        if not cell.keys() <= {"value", "estimated"} or not isinstance(cell.get("estimated", False), bool):
            return False
        cell = cell.get("value")
        if isinstance(cell, (dict, str)):
            return False
    if isinstance(cell, str):
        return cell in missing
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return False
    return abs(cell) <= MAX_NUMBER


def table_value(given: Any) -> dict[str, dict[str, Any]]:
    """The rows that are shaped as rows."""
    if not isinstance(given, Mapping):
        return {}
    return {row: dict(cells) for row, cells in given.items() if isinstance(cells, Mapping)}


def _is_answered(question: Question, given: Any) -> bool:
    """Once every cell is."""
    table, own = table_value(given), options_of(question)
    cells = (table.get(row.code, {}).get(period.code) for row in own.rows for period in own.periods)
    return not any(values.is_empty(cell) for cell in cells)


def _draw(drawing: Drawing, question: Question) -> dict[str, dict[str, Any]]:
    return {row.code: _draw_row(drawing, question, row) for row in options_of(question).rows}


def _draw_row(drawing: Drawing, question: Question, row: Row) -> dict[str, Any]:
    periods, random, manner = options_of(question).periods, drawing.random, drawing.manner
    if drawing.is_unknown(question.missing):
        return {period.code: drawing.reason(question.missing) for period in periods}
    is_share = row.unit.get("vi") == "%"
    is_steady = is_share or row.code in manner.stocks
    base, cells = drawing.amount(row.code), {}
    for place, period in enumerate(periods):
        growth = 1.0 + 0.02 * place if is_steady else _GROWTH[place % len(_GROWTH)]
        value: int | float = base * growth * random.uniform(0.98, 1.02)
        value = round(min(value, 100.0), 1) if is_share else round(value)
        is_estimated = place == len(periods) - 1 and random.random() < manner.estimated
        cells[period.code] = {"value": value, "estimated": True} if is_estimated else value
    return cells


def _flatten(question: Question, answer: Any, _choices: ChoiceLists) -> Iterator[FlatRow]:
    """A line a cell, its row "row/period"."""
    if not isinstance(answer, dict):
        yield invalid_row(question, answer)
        return
    for row, cells in answer.items():
        if not isinstance(cells, dict):
            yield invalid_row(question, cells, row)
            continue
        for period, cell in cells.items():
            if cell is not None:
                yield _flat_cell(question, f"{row}/{period}", cell)


def _flat_cell(question: Question, row: str, cell: Any) -> FlatRow:
    if not isinstance(cell, dict):
        return number_row(question, cell, row)
    value, is_estimated = cell.get("value"), cell.get("estimated", False)
    if not cell.keys() <= {"value", "estimated"} or isinstance(value, str) or not isinstance(is_estimated, bool):
        return invalid_row(question, cell, row)
    found = number_row(question, value, row, ESTIMATED if is_estimated else "")
    return invalid_row(question, cell, row) if found.flag == INVALID else found


TYPE = QuestionType(
    name="number_table",
    keys=(*RULED_KEYS, "rows", "periods", "missing"),
    data="table",
    value_kind="table",
    may_repeat=False,
    expected="một bảng số liệu",
    default_missing=_NO_FIGURE,
    read_options=_read_options,
    compile_check=_compile_check,
    value=table_value,
    is_answered=_is_answered,
    draw=_draw,
    flatten=_flatten,
)
