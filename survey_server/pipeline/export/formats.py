"""The formats of exports: what each writes, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from survey_server.pipeline.export.columns import CSV_CELLS, TYPED_CELLS, TYPED_LINE_CELLS, CellFormat, Column
from survey_server.pipeline.export.table_files import CsvFile, TableFile
from survey_server.problems import ProblemError
from survey_server.problems.rounds import FORMAT_NOT_INSTALLED

OpenTable = Callable[[Path, Sequence[Column]], TableFile]
"""Opens a table at a path without an ending. Raises ProblemError format_not_installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """`line_cells`: of the long tables. `is_wide`, `is_labelled`: whether the wide tables and labelled.csv are
    written; `is_packed`: whether the files go into one zip."""

    cells: CellFormat
    line_cells: CellFormat
    open_table: OpenTable
    is_wide: bool = True
    is_labelled: bool = False
    is_packed: bool = False


def _open_parquet(path: Path, columns: Sequence[Column]) -> TableFile:
    try:
        from survey_server.pipeline.export.parquet_file import ParquetFile  # 50 MiB, which other formats do not need
    except ImportError as error:
        raise ProblemError(FORMAT_NOT_INSTALLED, format="parquet", extra="parquet") from error
    return ParquetFile(path, columns)


FORMATS: dict[str, ExportFormat] = {
    "csv": ExportFormat(
        cells=CSV_CELLS,
        line_cells=CSV_CELLS,
        open_table=partial(CsvFile, has_byte_order_mark=True),
        is_labelled=True,
    ),
    "parquet": ExportFormat(cells=TYPED_CELLS, line_cells=TYPED_LINE_CELLS, open_table=_open_parquet),
    "zip": ExportFormat(
        cells=CSV_CELLS,
        line_cells=CSV_CELLS,
        open_table=partial(CsvFile, has_byte_order_mark=False),
        is_wide=False,
        is_labelled=True,
        is_packed=True,
    ),
}
