"""The tables of one export, all filled in one pass over the responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from survey_server.pipeline.context import RoundContext
from survey_server.pipeline.export.answer_lines import (
    ANSWER_COLUMNS,
    LABELLED_COLUMNS,
    MakeLines,
    compile_answers,
    compile_labelled,
)
from survey_server.pipeline.export.columns import CellFormat, Column, ColumnKind
from survey_server.pipeline.export.envelope import ENVELOPE, PLACES, compile_places
from survey_server.pipeline.export.formats import ExportFormat
from survey_server.pipeline.export.question_columns import NOT_ASKED
from survey_server.pipeline.export.route_answers import VersionKey
from survey_server.pipeline.export.table_files import TableFile
from survey_server.pipeline.export.wide_tables import (
    INSTANCE,
    UnitedColumns,
    instance_rows,
    unite_questions,
    unite_repeats,
)
from survey_server.questionnaire.model import Questionnaire

LOCALITIES = (
    Column("path", ColumnKind.TEXT),
    Column("level", ColumnKind.CODE),
    Column("code", ColumnKind.TEXT),
    Column("name", ColumnKind.TEXT),
    Column("kind", ColumnKind.CODE),
    Column("lat", ColumnKind.NUMBER),
    Column("lon", ColumnKind.NUMBER),
)
COLUMNS = tuple(
    Column(name, ColumnKind.TEXT) for name in ("table", "column", "kind", "question", "label_vi", "label_en")
)
"""Of columns.csv, which lists the columns of the wide tables."""
MAX_SHARED_TEXTS = 1_000
Chosen = Literal["all", "wide", "long"]
NAMES = frozenset({"responses", "answers", "labelled", "localities", "columns"})
"""Of the tables besides those of the questionnaires."""

Versions = Mapping[str, Mapping[str, Questionnaire]]
"""By id and version, the older versions first."""
LinesOfVersions = dict[VersionKey, list[tuple[str, MakeLines]]]
"""Of each version, by question in the order of the page, what makes its lines."""


class ResponseTables:
    """The tables with rows of responses, open in a folder until `close`."""

    def __init__(
        self, folder: Path, context: RoundContext, versions: Versions, format_: ExportFormat, chosen: Chosen
    ) -> None:
        if format_.is_labelled and chosen != "wide":
            format_ = _sharing_texts(format_)
        self._folder, self._format = folder, format_
        self._open: list[TableFile] = []
        self._responses: TableFile | None = None
        self._long: list[tuple[TableFile, LinesOfVersions]] = []
        self._wide: dict[str, _WideTables] = {}
        if format_.is_wide and chosen != "long":
            places = compile_places(format_.cells, context.localities)
            self._wide = {id_: _WideTables(self, format_.cells, id_, each, places) for id_, each in versions.items()}
            self._list_columns()
        if chosen != "wide":
            self._responses = self.open("responses", ENVELOPE)
            self._add_long("answers", ANSWER_COLUMNS, compile_answers, versions)
            if format_.is_labelled:
                self._add_long("labelled", LABELLED_COLUMNS, compile_labelled, versions)

    def open(self, name: str, columns: Sequence[Column]) -> TableFile:
        opened = self._format.open_table(self._folder / name, columns)
        self._open.append(opened)
        return opened

    def add(self, version: VersionKey, envelope: list[Any], path: str, answers: Mapping[str, Any]) -> None:
        """A response; `envelope` as `compile_envelope` makes it, `answers` as `RouteAnswers` reads them."""
        if version[0] in self._wide:
            self._wide[version[0]].add(version[1], envelope, path, answers)
        if self._responses is not None:
            self._responses.add_row(envelope)
        for table, makers in self._long:
            lines: list[Any] = []
            for name, make in makers[version]:
                given = answers.get(name)
                if given is not None:
                    lines += make(given)
            table.add_lines(envelope[0], lines)

    def close(self) -> None:
        for each in self._open:
            each.close()

    def _add_long(
        self,
        name: str,
        columns: tuple[Column, ...],
        compile_lines: Callable[[Questionnaire, CellFormat], list[tuple[str, MakeLines]]],
        versions: Versions,
    ) -> None:
        makers = {
            (id_, version): compile_lines(questionnaire, self._format.line_cells)
            for id_, each in versions.items()
            for version, questionnaire in each.items()
        }
        self._long.append((self.open(name, columns), makers))

    def _list_columns(self) -> None:
        text = self._format.cells.text
        table = self.open("columns", COLUMNS)
        for each in self._wide.values():
            for name, columns in each.columns.items():
                for column in columns:
                    label = (column.label.get("vi", ""), column.label.get("en", ""))
                    table.add_row([text(part) for part in (name, column.name, column.kind, column.question, *label)])


def _sharing_texts(format_: ExportFormat) -> ExportFormat:
    """The same format for several tables in which a text stands: its cell is made once."""
    text = lru_cache(MAX_SHARED_TEXTS)(format_.cells.text)
    return replace(format_, cells=replace(format_.cells, text=text), line_cells=replace(format_.line_cells, text=text))


class _WideTables:
    """Of one questionnaire: its table and those of its repeats. `columns`: by name of the table."""

    def __init__(
        self,
        tables: ResponseTables,
        cells: CellFormat,
        id_: str,
        versions: Mapping[str, Questionnaire],
        places: Callable[[str], Sequence[Any]],
    ) -> None:
        self._cells, self._places = cells, places
        name = f"{id_}_responses" if id_ in NAMES else id_
        united = unite_questions(versions, cells)
        self._make = united.make
        self.columns = {name: (*ENVELOPE, *PLACES, *united.columns)}
        self._table = tables.open(name, self.columns[name])
        self._repeats: list[tuple[str, UnitedColumns, TableFile]] = []
        for repeat, inside in unite_repeats(versions, cells).items():
            own = f"{name}.{repeat}"
            self.columns[own] = (*INSTANCE, *inside.columns)
            self._repeats.append((repeat, inside, tables.open(own, self.columns[own])))

    def add(self, version: str, envelope: list[Any], path: str, answers: Mapping[str, Any]) -> None:
        self._table.add_row([*envelope, *self._places(path), *self._make[version](answers)])
        for repeat, inside, table in self._repeats:
            if version in inside.make:
                not_asked = {name: NOT_ASKED for name in inside.names[version] if answers.get(name) is NOT_ASKED}
                given, make = answers.get(repeat), inside.make[version]
                for row in instance_rows(envelope[0], given, not_asked, make, self._cells):
                    table.add_row(row)


def write_localities(folder: Path, context: RoundContext, format_: ExportFormat) -> None:
    table = format_.open_table(folder / "localities", LOCALITIES)
    makers = [format_.cells.of_kind(column.kind) for column in LOCALITIES]
    for each in context.localities.values():
        values = asdict(each)
        table.add_row([make(values[column.name]) for make, column in zip(makers, LOCALITIES, strict=True)])
    table.close()
