"""Wide tables: a row a response, a column a value; and of each repeat a table with a row an instance.

Versions of a questionnaire share a table, whose columns are those of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from survey_server.pipeline.export.columns import CellFormat, Column, ColumnKind
from survey_server.pipeline.export.question_columns import (
    INSTANCE as INSTANCE,
    AnswerColumns,
    compile_questions,
    instances_of,
    repeats_of,
)
from survey_server.questionnaire.model import Questionnaire

Answers = Mapping[str, Any]
MakeCells = Callable[[Answers], list[Any]]


class UnitedColumns:
    """The columns of the answers that several versions have, and of each version the function that makes their cells.

    `versions`: what was compiled of each, the older first. `names`: of each version's questions.
    """

    def __init__(self, versions: Mapping[str, tuple[AnswerColumns, ...]], cells: CellFormat) -> None:
        united: dict[str, Column] = {}
        for compiled in reversed(tuple(versions.values())):
            united = _merged(united, [column for question in compiled for column in question.columns])
        self.columns = tuple(united.values())
        self._cells = cells
        self.names = {version: tuple(each.name for each in parts) for version, parts in versions.items()}
        self.make: dict[str, MakeCells] = {version: self._compile(parts) for version, parts in versions.items()}

    def _compile(self, compiled: tuple[AnswerColumns, ...]) -> MakeCells:
        parts = [(each.name, each.extract, each.gaps) for each in compiled]
        own = [column for question in compiled for column in question.columns]

        def make(answers: Answers) -> list[Any]:
            cells: list[Any] = []
            for name, extract, gaps in parts:
                given = answers.get(name)
                cells += gaps if given is None or given == "" else extract(given)
            return cells

        if tuple(own) == self.columns:
            return make
        return self._rearrange(make, own)

    def _rearrange(self, make: MakeCells, own: Sequence[Column]) -> MakeCells:
        """With gaps for the columns that the version lacks."""
        positions = {column.name: position for position, column in enumerate(own)}
        arrange = itemgetter(*(positions.get(column.name, len(own)) for column in self.columns))
        gap = self._cells.gap
        kinds = {column.name: column.kind for column in own}
        texts = [
            position
            for position, column in enumerate(self.columns)
            if gap is None and column.kind is ColumnKind.TEXT and kinds.get(column.name) not in (None, ColumnKind.TEXT)
        ]

        def make_arranged(answers: Answers) -> list[Any]:
            cells = list(arrange((*make(answers), gap, gap)))
            for position in texts:
                cells[position] = _as_text(cells[position])
            return cells

        return make_arranged


def unite_questions(versions: Mapping[str, Questionnaire], cells: CellFormat) -> UnitedColumns:
    """Of the questions outside repeats. `versions`: the older first."""
    return UnitedColumns({version: compile_questions(each, cells) for version, each in versions.items()}, cells)


def unite_repeats(versions: Mapping[str, Questionnaire], cells: CellFormat) -> dict[str, UnitedColumns]:
    """Of the questions in each repeat of any version."""
    names = {repeat.name: None for each in versions.values() for repeat in repeats_of(each)}
    return {
        name: UnitedColumns(
            {
                version: compile_questions(each, cells, name)
                for version, each in versions.items()
                if any(repeat.name == name for repeat in repeats_of(each))
            },
            cells,
        )
        for name in names
    }


def instance_rows(response: Any, given: Any, not_asked: Answers, make: MakeCells, cells: CellFormat) -> list[list[Any]]:
    """The rows of a repeat's table of one response. `response`: the cell of its id; `not_asked`: NOT_ASKED by the names
    of the questions that no instance was asked."""
    return [
        [response, cells.number(number), *make({**instance, **not_asked})]
        for number, instance in enumerate(instances_of(given), 1)
    ]


def _merged(first: Mapping[str, Column], second: Sequence[Column]) -> dict[str, Column]:
    """The columns of both in the order of the first; what only the second has stands behind what it follows there."""
    behind: dict[str, list[Column]] = {}
    last, united = "", dict(first)
    for column in second:
        if column.name in first:
            last = column.name
            united[last] = _united(first[last], column)
        else:
            behind.setdefault(last, []).append(column)
    ordered = behind.get("", [])
    for column in united.values():
        ordered += [column, *behind.get(column.name, ())]
    return {column.name: column for column in ordered}


def _united(newer: Column, older: Column) -> Column:
    if newer.kind is older.kind:
        return newer
    are_numbers = {newer.kind, older.kind} == {ColumnKind.INTEGER, ColumnKind.NUMBER}
    return Column(newer.name, ColumnKind.NUMBER if are_numbers else ColumnKind.TEXT, newer.question, newer.label)


def _as_text(value: Any) -> str | None:
    if isinstance(value, list):
        return " ".join(value)
    return None if value is None else str(value)
