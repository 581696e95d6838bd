"""Tables as Parquet, with typed columns, a group of rows at a time."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from survey_server.pipeline.export.columns import Column, ColumnKind

MAX_CELLS = 300_000  # of a group of rows, which is held in memory
MIN_ROWS, MAX_ROWS = 1_000, 50_000
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
_TYPES: dict[ColumnKind, pa.DataType] = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.CODE: _DICTIONARY,
    ColumnKind.CODES: pa.list_(pa.string()),
    ColumnKind.INTEGER: pa.int64(),
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.FLAG: pa.bool_(),
    ColumnKind.DATE: pa.date32(),
    ColumnKind.INSTANT: pa.timestamp("ms", "UTC"),
    ColumnKind.LOCAL: pa.timestamp("s"),
}


def keep_pandas_out() -> None:
    """Pass pyarrow by pandas, which it would import with its first array: 45 MiB that writing files does not need.

    For a process that will not use both: pyarrow looks for pandas only once.
    """
    if "pandas" not in sys.modules:
        stand_in = ModuleType("pandas")
        stand_in.__version__ = "0"  # type: ignore[attr-defined]  # too old for pyarrow
        sys.modules["pandas"] = stand_in
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pa.array([])
        del sys.modules["pandas"]


class ParquetFile:
    """The Vietnamese label of each column is in its metadata."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = pa.schema([_field(column) for column in columns])
        self._group = min(max(MAX_CELLS // len(columns), MIN_ROWS), MAX_ROWS)
        self._rows: list[Sequence[Any]] = []
        self._writer = pq.ParquetWriter(path.with_name(f"{path.name}.parquet"), self._schema, compression="zstd")

    def add_row(self, cells: Sequence[Any]) -> None:
        self._rows.append(cells)
        if len(self._rows) >= self._group:
            self._write_group()

    def add_lines(self, first: Any, lines: Iterable[Any]) -> None:
        self._rows.extend([(first, *line) for line in lines])
        if len(self._rows) >= self._group:
            self._write_group()

    def close(self) -> None:
        if self._rows:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        arrays = []
        for column, values in zip(self._columns, zip(*self._rows, strict=True), strict=True):
            arrays.append(_array(column.kind, values))
        self._rows.clear()
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))


def _field(column: Column) -> pa.Field:
    return pa.field(column.name, _TYPES[column.kind], metadata={"label": column.label.get("vi", "")})


def _array(kind: ColumnKind, values: Sequence[Any]) -> pa.Array:
    if kind is ColumnKind.INSTANT:
        return pa.array([_instant(each) for each in values], _TYPES[kind])
    if kind in (ColumnKind.DATE, ColumnKind.LOCAL):
        return pa.array(values, pa.string()).cast(_TYPES[kind])
    return pa.array(values, _TYPES[kind])


def _instant(text: str | None) -> datetime | None:
    """None for a text that is no instant with an offset: started_at comes from the tablet as it is."""
    try:
        found = datetime.fromisoformat(text) if text else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
