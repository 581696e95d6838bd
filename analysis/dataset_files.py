"""The files of a dataset: a zip or folder of CSV tables, or a folder of Parquet tables, with typed columns either way.

Names are categories, numbers are numbers, flags are booleans, instants are in UTC; an empty text stands for no code.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from pandas.api.types import union_categoricals

from analysis.spreadsheet_cells import MARK, restore

COLUMNS = {
    "responses": (
        "id", "questionnaire", "version", "evidence", "locality", "state", "weight", "weights_version", "stratum",
        "cluster", "late", "simulated",
    ),
    "answers": ("response", "question", "row", "value", "flag"),  # and missing, which release 0.1 had not
    "localities": ("path", "level", "code", "name", "kind", "lat", "lon"),
}  # fmt: skip
"""That each table must have."""
_TEXTS = {
    "responses": ("id", "assignment", "supersedes"),
    "answers": ("value",),
    "localities": ("path", "code", "name"),
}
_NUMBERS = {"responses": ("weight", "clock_offset_ms"), "localities": ("lat", "lon")}  # NaN where empty
_WHOLE = {"responses": ("weights_version", "n_problems")}
_FLAGS = {"responses": ("late", "simulated", "training")}
_INSTANTS = {"responses": ("started_at", "completed_at", "received_at")}
_TYPED_BY_PEOPLE = {"responses": ("stratum", "cluster"), "answers": ("value",), "localities": ("name", "kind")}

_CHUNK_ROWS = 500_000


class DatasetError(ValueError):
    """The folder or zip is not a dataset; the message names the file and what is wrong with it."""


class DatasetFiles(Protocol):
    """Every method raises DatasetError."""

    def read_json(self, name: str) -> Any: ...

    def read_table(self, name: str) -> pd.DataFrame:
        """One of COLUMNS."""

    def read_answers(self, responses: Collection[str]) -> pd.DataFrame:
        """The lines of answers of some responses."""


class CsvFiles:
    """`read`: gives the bytes of a file by its name."""

    def __init__(self, source: Path, read: Callable[[str], bytes]) -> None:
        self._source, self._read = source, read

    def read_json(self, name: str) -> Any:
        return _parse_json(self._source, name, self._bytes(name))

    def read_table(self, name: str) -> pd.DataFrame:
        file = f"{name}.csv"
        flags = _FLAGS.get(name, ())
        types = dict.fromkeys(_NUMBERS.get(name, ()), "float64") | dict.fromkeys(_WHOLE.get(name, ()), "int64")
        gaps = {each: [""] for each in _NUMBERS.get(name, ())}
        content = io.BytesIO(self._bytes(file))
        try:
            with pd.read_csv(
                content, dtype=defaultdict(lambda: "str", types), keep_default_na=False, na_values=gaps,
                chunksize=_CHUNK_ROWS,
            ) as chunks:  # fmt: skip
                found = _with_categories(chunks, {*types, *flags, *_TEXTS[name], *_INSTANTS.get(name, ())})
        except (ValueError, UnicodeError) as error:
            raise DatasetError(f"{self._source}: {file} is not a CSV table: {error}") from error
        columns = found.columns
        _check_columns(self._source, file, found)
        for each in set(flags) & set(columns):
            found[each] = found[each].str.lower().isin(("true", "1"))
        for each in set(_INSTANTS.get(name, ())) & set(columns):
            found[each] = pd.to_datetime(found[each], utc=True, errors="coerce", format="ISO8601")
        _restore_texts(found, *_TYPED_BY_PEOPLE[name])
        return found

    def read_answers(self, responses: Collection[str]) -> pd.DataFrame:
        answers = self.read_table("answers")
        return answers[answers["response"].isin(responses)]

    def _bytes(self, name: str) -> bytes:
        try:
            return self._read(name)
        except (KeyError, OSError) as error:
            raise DatasetError(f"{self._source}: {name} is missing; export the round again") from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DatasetError(f"{self._source}: {name} is damaged; copy or export the file again") from error


class ParquetFiles:
    """A folder of the Parquet export."""

    def __init__(self, folder: Path) -> None:
        try:
            import pyarrow.parquet as pq
        except ImportError as error:
            raise DatasetError(f"{folder}: Parquet needs pyarrow; install survey-server[parquet]") from error
        self.folder, self._read_parquet = folder, pq.read_table

    def read_json(self, name: str) -> Any:
        try:
            return _parse_json(self.folder, name, (self.folder / name).read_bytes())
        except OSError as error:
            raise DatasetError(f"{self.folder}: {name} is missing; export the round again") from error

    def has_table(self, name: str) -> bool:
        return (self.folder / f"{name}.parquet").exists()

    def read_table(self, name: str) -> pd.DataFrame:
        return self._table(name)

    def to_pandas(self, name: str, table: Any) -> pd.DataFrame:
        """An Arrow table with the columns of `name`. An empty text stands for no code."""
        found: pd.DataFrame = table.to_pandas()
        _check_columns(self.folder, f"{name}.parquet", found)
        for each in found.columns[found.isna().any()]:
            if isinstance(found[each].dtype, pd.CategoricalDtype):
                found[each] = found[each].cat.add_categories([""]).fillna("")
        return found

    def read_answers(self, responses: Collection[str]) -> pd.DataFrame:
        import pyarrow as pa
        import pyarrow.compute as pc

        ids = pa.array(list(responses), pa.string())
        return self._table("answers", filters=pc.field("response").isin(ids))

    def _table(self, name: str, **options: Any) -> pd.DataFrame:
        file = f"{name}.parquet"
        try:
            return self.to_pandas(name, self._read_parquet(self.folder / file, **options))
        except DatasetError:
            raise
        except FileNotFoundError as error:
            raise DatasetError(f"{self.folder}: {file} is missing; export with --tables all") from error
        except (ValueError, OSError) as error:
            raise DatasetError(f"{self.folder}: {file} is not a Parquet table: {error}") from error


def _with_categories(chunks: Iterable[pd.DataFrame], others: Collection[str]) -> pd.DataFrame:
    """A table of its chunks, with categories for all but some columns."""
    read = [chunk.astype({each: "category" for each in chunk.columns if each not in others}) for chunk in chunks]
    if len(read) == 1:
        return read[0]
    return pd.DataFrame(
        {
            name: pd.concat([each[name] for each in read], ignore_index=True)
            if name in others
            else union_categoricals([each[name] for each in read])
            for name in read[0].columns
        }
    )


def open_files(source: Path) -> ParquetFiles | CsvFiles:
    """Raises DatasetError, FileNotFoundError."""
    if (source / "localities.parquet").exists():
        return ParquetFiles(source)
    if source.is_dir():
        return CsvFiles(source, lambda name: (source / name).read_bytes())
    if not source.exists():
        raise FileNotFoundError(f"{source}: there is no such dataset; make it with survey-server export --format zip")
    if not zipfile.is_zipfile(source):
        raise DatasetError(f"{source}: not a zip file")
    return CsvFiles(source, partial(_read_packed, source))


def _read_packed(source: Path, name: str) -> bytes:
    with closing(zipfile.ZipFile(source)) as archive:
        return archive.read(name)


def _parse_json(source: Path, name: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise DatasetError(f"{source}: {name} is not JSON: {error}") from error


def _check_columns(source: Path, file: str, found: pd.DataFrame) -> None:
    lacking = [each for each in COLUMNS[file.partition(".")[0]] if each not in found.columns]
    if lacking:
        raise DatasetError(f"{source}: {file} has no column {', '.join(lacking)}; export the round again")


def _restore_texts(table: pd.DataFrame, *columns: str) -> None:
    """Remove the marks that keep spreadsheets from computing texts."""
    for name in columns:
        texts = table[name].astype("str")
        marked = texts.str.contains(MARK, regex=False)
        if marked.any():
            texts[marked] = texts[marked].map(restore)
            table[name] = texts.astype("category") if table[name].dtype.name == "category" else texts
