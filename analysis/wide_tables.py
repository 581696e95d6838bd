"""The wide tables of a Parquet export, read part by part. A table is a file, or a folder of files.

A repeat has a table of its own, in the order of the responses; in a folder, files of the same names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from analysis.bulk_tally import Mask
from analysis.codebook import QuestionnaireBook
from analysis.exact_sums import Integers
from analysis.wide_rows import Instances, WideRows, answer_column

PART_ROWS = 1 << 17  # of a part, at least, unless it is the last of a file
RESERVED = frozenset({"responses", "answers", "labelled", "localities", "columns"})
"""Names of other tables; a questionnaire of such a name has the table `<name>_responses`."""
ENVELOPE_END = "locality_name"
"""The first column of a wide table that responses.parquet does not have."""
Versions = Mapping[str, QuestionnaireBook]


class Part(NamedTuple):
    """Row groups of a file that follow on each other. `before`: by repeat, the instances in the file before them."""

    path: str
    row_groups: tuple[int, ...]
    before: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WideTable:
    """The tables of one questionnaire in a folder; `versions`: its books by version."""

    folder: Path
    questionnaire: str
    versions: Versions

    def exists(self) -> bool:
        return self._path().exists()

    def parts(self, min_rows: int = PART_ROWS) -> list[Part]:
        path = self._path()
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        return [part for file in files for part in self._parts_of(file, min_rows)]

    def columns(self, part: Part, repeat: str | None = None) -> frozenset[str]:
        return frozenset(_fragment(self._file(part, repeat)).physical_schema.names)

    def repeats(self) -> list[str]:
        """Of all versions."""
        books = self.versions.values()
        return list(dict.fromkeys(each.name for book in books for each in book.questions.values() if _repeats(each)))

    def read(
        self, part: Part, columns: Sequence[str], inside: Mapping[str, Sequence[str]]
    ) -> tuple[WideRows, dict[str, Instances]]:
        """The rows of a part with some columns, version and the repeats' among them; `inside`: columns by repeat."""
        rows = WideRows(_fragment(part.path).subset(row_group_ids=part.row_groups).to_table(columns=list(columns)))
        found: dict[str, Instances] = {}
        for repeat, names in inside.items():
            numbers = self._count_instances(rows, repeat)
            response = np.repeat(np.arange(len(rows)), numbers)
            instances = _read_slice(self._file(part, repeat), part.before[repeat], len(response), names)
            found[repeat] = Instances(WideRows(instances), response)
        return rows, found

    def read_envelope(self) -> Any:
        table = ds.dataset(self._path(), format="parquet")
        names = table.schema.names
        return table.to_table(columns=names[: names.index(ENVELOPE_END)])

    def _path(self) -> Path:
        name = self.questionnaire
        return self.folder / f"{name + '_responses' if name in RESERVED else name}.parquet"

    def _file(self, part: Part, repeat: str | None) -> str:
        if repeat is None:
            return part.path
        table, path = self._path(), Path(part.path)
        own = table.with_name(f"{table.stem}.{repeat}.parquet")
        return str(own if path == table else own / path.name)

    def _parts_of(self, file: Path, min_rows: int) -> Iterator[Part]:
        before = dict.fromkeys(self.repeats(), 0)
        fragment = _fragment(str(file))
        for groups in _grouped([each.num_rows for each in fragment.row_groups], min_rows):
            part = Part(str(file), groups, dict(before))
            yield part
            if before:
                names = fragment.physical_schema.names
                columns = ["version", *(answer_column(repeat, names) for repeat in before)]
                rows = WideRows(fragment.subset(row_group_ids=groups).to_table(columns=columns))
                for repeat in before:
                    before[repeat] += int(self._count_instances(rows, repeat).sum())

    def _count_instances(self, rows: WideRows, repeat: str) -> Integers:
        """Of each row; in another version the column may belong to a question that is no repeat."""
        versions = rows.codes("version")
        having = [_has_repeat(self.versions.get(each), repeat) for each in versions.values]
        is_repeat: Mask = np.array(having, np.bool_)[versions.at]
        numbers = rows.numbers(answer_column(repeat, rows.table.column_names))
        return np.where(is_repeat & (numbers > 0), numbers, 0).astype(np.int64)


def read_envelopes(tables: Iterable[WideTable]) -> Any:
    """An Arrow table with a row a response: the columns before ENVELOPE_END, as responses.parquet has them."""
    found = [each.read_envelope() for each in tables]
    names = [name for name in found[0].column_names if all(name in each.column_names for each in found)]
    return pa.concat_tables(each.select(names) for each in found).unify_dictionaries()


def _repeats(question: Any) -> bool:
    return bool(question.kind == "instances")


def _has_repeat(book: QuestionnaireBook | None, repeat: str) -> bool:
    return book is not None and repeat in book.questions and _repeats(book.questions[repeat])


def _fragment(path: str) -> Any:
    return next(iter(ds.dataset(path, format="parquet").get_fragments()))


def _grouped(sizes: Iterable[int], min_rows: int) -> Iterator[tuple[int, ...]]:
    groups: list[int] = []
    rows = 0
    for number, size in enumerate(sizes):
        groups.append(number)
        rows += size
        if rows >= min_rows:
            yield tuple(groups)
            groups, rows = [], 0
    if groups:
        yield tuple(groups)


def _read_slice(path: str, start: int, length: int, columns: Collection[str]) -> Any:
    """Rows of a file by their number, from the row groups that hold them."""
    fragment = _fragment(path)
    ends = np.cumsum([0, *(each.num_rows for each in fragment.row_groups)])
    if start + length > ends[-1]:
        raise ValueError(f"{path}: it has {ends[-1]} instances; the responses have more")
    chosen = [k for k in range(len(ends) - 1) if ends[k + 1] > start and ends[k] < start + length]
    if not chosen:
        return fragment.physical_schema.empty_table().select(list(columns))
    table = fragment.subset(row_group_ids=chosen).to_table(columns=list(columns))
    return table.slice(start - int(ends[chosen[0]]), length)
