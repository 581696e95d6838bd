"""Columns of exported tables, and how each format writes a cell: the same functions make the rows of every format."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from analysis.spreadsheet_cells import quoted
from survey_server.questionnaire.model import Text

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./:Z+-]*")  # codes, paths, ids and instants need no quotation marks


class ColumnKind(StrEnum):
    """`CODE`: one of few texts; `CODES`: a list of them; `INSTANT`: with an offset from UTC; `LOCAL`: without one."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    INSTANT = "instant"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Column:
    """`question`: the name of the question whose answers it holds, empty for a column of the envelope; `label`: by
    language."""

    name: str
    kind: ColumnKind
    question: str = ""
    label: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How a format holds values. `gap`: no value; `line`: makes one of the cells of a line of a long table;
    `line_around`: the same for lines that differ in one cell, of the cells before and after it."""

    gap: Any
    text: Callable[[str], Any]
    code: Callable[[str], Any]
    number: Callable[[int | float], Any]
    codes: Callable[[list[str]], Any]
    flags: Mapping[bool, Any]
    line: Callable[[tuple[Any, ...]], Any]
    line_around: Callable[[tuple[Any, ...], tuple[Any, ...]], Callable[[Any], Any]]

    def of_kind(self, kind: ColumnKind) -> Callable[[Any], Any]:
        """The function that makes a cell of a value of this kind, None included."""
        make: Callable[[Any], Any]
        match kind:
            case ColumnKind.TEXT:
                make = self.text
            case ColumnKind.CODES:
                make = self.codes
            case ColumnKind.INTEGER | ColumnKind.NUMBER:
                make = self.number
            case ColumnKind.FLAG:
                make = self.flags.__getitem__
            case _:
                make = self.code
        gap = self.gap
        return lambda value: gap if value is None else make(value)


def plain_number(value: int | float) -> int | float:
    """A whole number without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _written_number(value: int | float) -> str:
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


def _written_code(code: str) -> str:
    return code if _PLAIN.fullmatch(code) else quoted(code)


def _written_line(cells: tuple[str, ...]) -> str:
    return ",".join(cells) + "\r\n"


def _written_around(before: tuple[str, ...], after: tuple[str, ...]) -> Callable[[str], str]:
    first, last = "".join([cell + "," for cell in before]), "".join(["," + cell for cell in after]) + "\r\n"
    return lambda cell: f"{first}{cell}{last}"


def _typed_around(before: tuple[Any, ...], after: tuple[Any, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda cell: (*before, cell, *after)


CSV_CELLS = CellFormat(
    gap="",
    text=quoted,
    code=_written_code,
    number=_written_number,
    codes=lambda codes: _written_code(" ".join(codes)),
    flags={False: "0", True: "1"},
    line=_written_line,
    line_around=_written_around,
)
"""Texts are quoted and neutralised, a list of codes is separated by spaces."""

TYPED_CELLS = CellFormat(
    gap=None,
    text=str,
    code=str,
    number=plain_number,
    codes=list,
    flags={False: False, True: True},
    line=tuple,
    line_around=_typed_around,
)
"""Values as Python holds them, for formats with typed columns."""

TYPED_LINE_CELLS = replace(TYPED_CELLS, gap="", number=_written_number)
"""Of the long tables, in which answers of all kinds stand in one column of texts."""
