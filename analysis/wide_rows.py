"""Rows of a wide table of the Parquet export as arrays: one row a response, or one an instance of a repeat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.bulk_tally import Mask
from analysis.exact_sums import Doubles, Integers

NOT_ASKED = "not asked"  # signs in a column `….missing`; they hold a space, so they are no codes
NOT_VALID = "not valid"


class Codes(NamedTuple):
    """`values[at]` is the text of a row; −1 stands for none."""

    at: npt.NDArray[np.int32]
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class WideRows:
    """`table`: an Arrow table with columns as the export names them."""

    table: Any

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def select(self, mask: Mask) -> WideRows:
        return self if mask.all() else WideRows(self.table.filter(pa.array(mask)))

    def codes(self, name: str) -> Codes:
        column = self.table.column(name)
        if column.null_count == len(column):
            return Codes(np.full(len(column), -1, np.int32), ())
        if not pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        column = column.unify_dictionaries()
        values = column.chunk(0).dictionary.to_pylist()
        parts = [np.asarray(part.indices.fill_null(-1)) for part in column.chunks]
        return Codes(np.concatenate(parts).astype(np.int32, copy=False), values)

    def numbers(self, name: str) -> Doubles:
        """NaN for none."""
        found: Doubles = self.table.column(name).cast(pa.float64(), safe=False).to_numpy()
        return found

    def flags(self, name: str) -> Mask:
        """Where a flag is set."""
        found: Mask = self.table.column(name).fill_null(False).to_numpy()
        return found

    def present(self, name: str) -> Mask:
        column = self.table.column(name)
        if column.null_count in (0, len(column)):
            return np.full(len(column), column.null_count == 0)
        found: Mask = column.is_valid().to_numpy()
        return found

    def texts(self, name: str) -> list[str]:
        """All values; empty for none."""
        return [each or "" for each in self.table.column(name).to_pylist()]


class Instances(NamedTuple):
    """The rows of a repeat's table, and for each the number of its response's row."""

    rows: WideRows
    response: Integers

    def select(self, mask: Mask) -> Instances:
        """Those of the responses of the mask, whose rows are numbered again from 0."""
        if mask.all():
            return self
        kept = mask[self.response]
        return Instances(self.rows.select(kept), (np.cumsum(mask) - 1)[self.response[kept]])


def answer_column(question: str, columns: Collection[str]) -> str:
    """A question that is named like a column of the envelope has columns of another name."""
    other = f"{question}.answer"  # a table has columns of its cells only
    return other if other in columns or any(each.startswith(f"{other}/") for each in columns) else question
