"""Reads a part of a wide table: its rows by version, with the columns that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from analysis.bulk_counter import BulkCounter
from analysis.bulk_tally import Mask
from analysis.codebook import Framework
from analysis.counter import ResponseCounter
from analysis.wide_rows import Instances, WideRows
from analysis.wide_tables import Part, WideTable


class VersionRows(NamedTuple):
    """The rows of one version, and by repeat those of its instances."""

    version: str
    counter: BulkCounter
    rows: WideRows
    repeats: Mapping[str, Instances]

    def select(self, mask: Mask) -> VersionRows:
        repeats = {repeat: each.select(mask) for repeat, each in self.repeats.items()}
        return self._replace(rows=self.rows.select(mask), repeats=repeats)

    def split_invalid(self) -> tuple[VersionRows, list[str]]:
        """Those that can be tallied, and the ids of the others: they have answers that a wide table does not hold."""
        is_invalid = self.counter.find_invalid(self.rows, self.repeats)
        invalid = self.rows.select(is_invalid).texts("id") if is_invalid.any() else []
        return self.select(~is_invalid), invalid


def read_versions(
    table: WideTable, part: Part, framework: Framework, also: Collection[str], wanted: Callable[[WideRows], Mask]
) -> Iterator[VersionRows]:
    """Of a part all that a tally reads. `also`: further columns of the envelope; `wanted`: which rows.

    Raises ValueError for an unknown version.
    """
    columns = table.columns(part)
    inside = {repeat: table.columns(part, repeat) for repeat in table.repeats()}
    counters = {
        version: BulkCounter(ResponseCounter(book, framework), columns, inside)
        for version, book in table.versions.items()
    }
    needed = dict.fromkeys(also)
    for counter in counters.values():
        needed |= dict.fromkeys(name for name in counter.columns_of(None) if name in columns)
    needed_inside = {
        repeat: list(
            dict.fromkeys(name for each in counters.values() for name in each.columns_of(repeat) if name in own)
        )
        for repeat, own in inside.items()
    }
    rows, instances = table.read(part, list(needed), needed_inside)
    for version, mask in _by_version(rows, wanted(rows)):
        counter = _of(counters, version, table, part)
        own_instances = {repeat: instances[repeat] for repeat in counter.repeats()}
        yield VersionRows(version, counter, rows, own_instances).select(mask)


def read_scored(table: WideTable, part: Part, framework: Framework) -> Iterator[VersionRows]:
    """Of a part the answers that are scored, without the repeats. Raises ValueError for an unknown version."""
    columns = table.columns(part)
    counters = {
        version: BulkCounter(ResponseCounter(book, framework), columns, {}) for version, book in table.versions.items()
    }
    needed = dict.fromkeys(["version", *(name for each in counters.values() for name in each.columns_of_scores())])
    rows, _ = table.read(part, [name for name in needed if name in columns], {})
    for version, mask in _by_version(rows, np.ones(len(rows), np.bool_)):
        yield VersionRows(version, _of(counters, version, table, part), rows, {}).select(mask)


def _by_version(rows: WideRows, wanted: Mask) -> Iterator[tuple[str, Mask]]:
    versions = rows.codes("version")
    for number, version in enumerate(versions.values):
        mask = wanted & (versions.at == number)
        if mask.any():
            yield version, mask


def _of(counters: Mapping[str, BulkCounter], version: str, table: WideTable, part: Part) -> BulkCounter:
    if version not in counters:
        raise ValueError(f"{part.path}: codebook.json does not have version {version} of {table.questionnaire}")
    return counters[version]
