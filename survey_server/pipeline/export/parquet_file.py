"""Tables as Parquet, with typed columns, a group of rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from survey_server.pipeline.export.columns import Column, ColumnKind

# Rows are held as Python's objects until there are ROWS_OF_ARRAY, then as arrays until a group of rows is written.
ROWS_OF_ARRAY = 500
MAX_CELLS = 600_000  # of a group
MIN_ROWS, MAX_ROWS = 1_000, 50_000  # of a group
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


class ParquetFile:
    """The Vietnamese label of each column is in its metadata."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = pa.schema([_field(column) for column in columns])
        self._group = min(max(MAX_CELLS // len(columns), MIN_ROWS), MAX_ROWS)
        self._rows: list[Sequence[Any]] = []
        self._batches: list[pa.RecordBatch] = []
        self._batched_rows = 0
        self._writer = pq.ParquetWriter(path.with_name(f"{path.name}.parquet"), self._schema, compression="zstd")

    def add_row(self, cells: Sequence[Any]) -> None:
        self._rows.append(cells)
        if len(self._rows) >= ROWS_OF_ARRAY:
            self._make_arrays()

    def add_lines(self, first: Any, lines: Iterable[Any]) -> None:
        self._rows.extend([(first, *line) for line in lines])
        if len(self._rows) >= ROWS_OF_ARRAY:
            self._make_arrays()

    def close(self) -> None:
        if self._rows:
            self._make_arrays()
        if self._batches:
            self._write_group()
        self._writer.close()

    def _make_arrays(self) -> None:
        columns = zip(self._columns, zip(*self._rows, strict=True), strict=True)
        arrays = [_array(column.kind, values) for column, values in columns]
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._batched_rows += len(self._rows)
        self._rows.clear()
        if self._batched_rows >= self._group:
            self._write_group()

    def _write_group(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._batches).unify_dictionaries())
        self._batches.clear()
        self._batched_rows = 0


def _field(column: Column) -> pa.Field:
    return pa.field(column.name, _TYPES[column.kind], metadata={"label": column.label.get("vi", "")})


def _array(kind: ColumnKind, values: Sequence[Any]) -> pa.Array:
    if kind is ColumnKind.INSTANT:
        return pa.array([_instant(each) for each in values], _TYPES[kind])
    if kind is ColumnKind.DATE:  # without a cast, which would load the functions of pyarrow and numpy
        return pa.array([each and date.fromisoformat(each) for each in values], _TYPES[kind])
    if kind is ColumnKind.LOCAL:
        return pa.array([each and datetime.fromisoformat(each) for each in values], _TYPES[kind])
    return pa.array(values, _TYPES[kind])


def _instant(text: str | None) -> datetime | None:
    """None for a text that is no instant with an offset: started_at comes from the tablet as it is."""
    try:
        found = datetime.fromisoformat(text) if text else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
