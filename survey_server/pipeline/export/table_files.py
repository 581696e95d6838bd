"""Files of tables, a writer a format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from survey_server.pipeline.export.columns import Column

MAX_WAITING_CHARACTERS = 1 << 20


class TableFile(Protocol):
    """A table that is written row by row."""

    def add_row(self, cells: Sequence[Any]) -> None: ...

    def add_lines(self, first: Any, lines: Iterable[Any]) -> None:
        """Rows that a `CellFormat.line` made, without their first cell."""

    def close(self) -> None: ...


class CsvFile:
    """UTF-8, comma, CRLF; the cells are written as they are. With a byte order mark spreadsheets know the encoding."""

    def __init__(self, path: Path, columns: Sequence[Column], *, has_byte_order_mark: bool) -> None:
        self._file = path.with_name(f"{path.name}.csv").open("w", encoding="utf-8", newline="")
        self._waiting: list[str] = ["\ufeff"] if has_byte_order_mark else []
        self._length = 0
        self.add_row([column.name for column in columns])

    def add_row(self, cells: Sequence[str]) -> None:
        self._add(",".join(cells) + "\r\n")

    def add_lines(self, first: str, lines: Iterable[str]) -> None:
        self._add("".join([f"{first},{line}" for line in lines]))

    def close(self) -> None:
        self._file.write("".join(self._waiting))
        self._file.close()

    def _add(self, text: str) -> None:
        self._waiting.append(text)
        self._length += len(text)
        if self._length > MAX_WAITING_CHARACTERS:
            self._file.write("".join(self._waiting))
            self._waiting.clear()
            self._length = 0
