"""Tallies a round from its wide tables, part by part. Each part may be tallied elsewhere; they add up in any order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.bulk_counter import BulkCounter
from analysis.bulk_tally import BulkTally, Mask, add_bulk
from analysis.codebook import Framework
from analysis.counter import ResponseCounter
from analysis.exact_sums import Integers
from analysis.round_tally import LeafId
from analysis.wide_rows import Instances, WideRows
from analysis.wide_tables import Part, WideTable

COUNTING = frozenset({"submitted", "approved"})
_LEAF = LeafId._fields
_KEYS = ("locality", *_LEAF[1:])  # the columns of a leaf, in the order of its fields


@dataclass(frozen=True, slots=True)
class PartTally:
    """`tallies`: by version. `invalid`: ids of the responses with answers that the wide table does not hold; the long
    one does."""

    tallies: Mapping[str, BulkTally]
    invalid: Sequence[str]


def tally_table(table: WideTable, framework: Framework) -> PartTally:
    """All parts of a table, one after another. Raises ValueError as `tally_part` does."""
    return add_parts(tally_part(table, part, framework) for part in table.parts())


def tally_part(table: WideTable, part: Part, framework: Framework) -> PartTally:
    """Raises ValueError for an unknown version, or a weight that is none."""
    repeats = table.repeats()
    columns = table.columns(part)
    inside = {repeat: table.columns(part, repeat) for repeat in repeats}
    counters = {
        version: BulkCounter(ResponseCounter(book, framework), columns, inside)
        for version, book in table.versions.items()
    }
    needed = dict.fromkeys(_KEYS)
    for counter in counters.values():
        needed |= dict.fromkeys(name for name in counter.columns_of(None) if name in columns)
    needed_inside = {
        repeat: list(
            dict.fromkeys(name for each in counters.values() for name in each.columns_of(repeat) if name in own)
        )
        for repeat, own in inside.items()
    }
    rows, instances = table.read(part, list(needed), needed_inside)
    tallies: dict[str, BulkTally] = {}
    invalid: list[str] = []
    for version, mask in _counting_by_version(rows):
        if version not in counters:
            raise ValueError(f"{part.path}: codebook.json does not have version {version} of {table.questionnaire}")
        counter = counters[version]
        own = {repeat: instances[repeat] for repeat in counter.repeats()}
        tally, left = _tally_version(counter, *_select(rows, own, mask))
        invalid += left
        if tally is not None:
            tallies[version] = tally
    return PartTally(tallies, invalid)


def add_parts(parts: Iterable[PartTally]) -> PartTally:
    """In any order."""
    tallies: dict[str, BulkTally] = {}
    invalid: list[str] = []
    for part in parts:
        invalid += part.invalid
        for version, tally in part.tallies.items():
            tallies[version] = add_bulk([tallies[version], tally]) if version in tallies else tally
    return PartTally(tallies, invalid)


def _counting_by_version(rows: WideRows) -> Iterator[tuple[str, Mask]]:
    states, versions = rows.codes("state"), rows.codes("version")
    counts = np.array([*(each in COUNTING for each in states.values), False])[states.at]
    for number, version in enumerate(versions.values):
        mask = counts & (versions.at == number)
        if mask.any():
            yield version, mask


def _select(rows: WideRows, repeats: Mapping[str, Instances], mask: Mask) -> tuple[WideRows, dict[str, Instances]]:
    return rows.select(mask), {repeat: each.select(mask) for repeat, each in repeats.items()}


def _tally_version(
    counter: BulkCounter, rows: WideRows, repeats: Mapping[str, Instances]
) -> tuple[BulkTally | None, list[str]]:
    is_invalid = counter.find_invalid(rows, repeats)
    invalid = rows.select(is_invalid).texts("id") if is_invalid.any() else []
    rows, repeats = _select(rows, repeats, ~is_invalid)
    return (counter.tally(rows, repeats, *_leaves(rows)) if len(rows) else None), invalid


def _leaves(rows: WideRows) -> tuple[Integers, tuple[LeafId, ...]]:
    """For each row the number of its leaf, and the leaves."""
    groups = np.zeros(len(rows), np.int64)
    leaves: list[tuple[Any, ...]] = [()]
    for name in _KEYS:
        codes = rows.codes(name)
        values = [*codes.values, ""]  # a code of −1 is the last of them
        groups, found = pd.factorize(groups * len(values) + codes.at % len(values))
        leaves = [(*leaves[each // len(values)], values[each % len(values)]) for each in found.tolist()]
    return groups, tuple(LeafId._make((*each[:-1], int(each[-1]))) for each in leaves)
