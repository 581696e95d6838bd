"""Tallies a round from its wide tables, part by part. Each part may be tallied elsewhere; they add up in any order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import numpy as np
import pandas as pd

from analysis.bulk_parts import read_scored, read_versions
from analysis.bulk_tally import BulkTally, Key, Mask, add_bulk
from analysis.codebook import Framework
from analysis.exact_sums import Integers
from analysis.round_tally import LeafId
from analysis.wide_rows import WideRows
from analysis.wide_tables import Part, WideTable

COUNTING = frozenset({"submitted", "approved"})
_LEAF = LeafId._fields
_KEYS = ("locality", *_LEAF[1:])  # the columns of a leaf, in the order of its fields
COHORT = "cohort"

Grouped = tuple[Integers, tuple[Key, ...]]
"""For each row the number of its key, and the keys."""


@dataclass(frozen=True, slots=True)
class PartTally(Generic[Key]):
    """`tallies`: by version. `invalid`: ids of the responses with answers that the wide table does not hold; the long
    one does."""

    tallies: Mapping[str, BulkTally[Key]]
    invalid: Sequence[str]


def tally_table(table: WideTable, framework: Framework) -> PartTally[LeafId]:
    """All parts of a table, one after another. Raises ValueError as `tally_part` does."""
    return add_parts(tally_part(table, part, framework) for part in table.parts())


def tally_part(table: WideTable, part: Part, framework: Framework) -> PartTally[LeafId]:
    """By leaf. Raises ValueError for an unknown version, or a weight that is none."""
    return _tally(table, part, framework, _KEYS, _counts, _leaves)


def tally_cohorts(table: WideTable, framework: Framework) -> PartTally[str]:
    """The responses that are published, by the id of their cohort. Raises ValueError as `tally_part` does."""
    parts = table.parts()
    return add_parts(_tally(table, part, framework, ("version", COHORT), _is_published, _cohorts) for part in parts)


def score_table(table: WideTable, framework: Framework) -> pd.DataFrame:
    """The scores of each task, indexed by the response's id, NaN where missing. Raises ValueError for an unknown
    version."""
    frames = [
        pd.DataFrame(each.counter.score(each.rows), index=each.rows.texts("id"), columns=list(framework.tasks))
        for part in table.parts()
        for each in read_scored(table, part, framework)
    ]
    return pd.concat(frames) if frames else pd.DataFrame(columns=list(framework.tasks))


def add_parts(parts: Iterable[PartTally[Key]]) -> PartTally[Key]:
    """In any order."""
    tallies: dict[str, BulkTally[Key]] = {}
    invalid: list[str] = []
    for part in parts:
        invalid += part.invalid
        for version, tally in part.tallies.items():
            tallies[version] = add_bulk([tallies[version], tally]) if version in tallies else tally
    return PartTally(tallies, invalid)


def _tally(
    table: WideTable,
    part: Part,
    framework: Framework,
    also: Collection[str],
    wanted: Callable[[WideRows], Mask],
    group: Callable[[WideRows], Grouped[Key]],
) -> PartTally[Key]:
    tallies: dict[str, BulkTally[Key]] = {}
    invalid: list[str] = []
    for found in read_versions(table, part, framework, also, wanted):
        valid, left = found.split_invalid()
        invalid += left
        if len(valid.rows):
            tallies[found.version] = found.counter.tally(valid.rows, valid.repeats, *group(valid.rows))
    return PartTally(tallies, invalid)


def _counts(rows: WideRows) -> Mask:
    states = rows.codes("state")
    found: Mask = np.array([*(each in COUNTING for each in states.values), False])[states.at]
    return found


def _is_published(rows: WideRows) -> Mask:
    cohorts = rows.codes(COHORT)
    found: Mask = np.array([*(each != "" for each in cohorts.values), False])[cohorts.at]
    return found


def _cohorts(rows: WideRows) -> Grouped[str]:
    cohorts = rows.codes(COHORT)
    groups, found = pd.factorize(cohorts.at)
    return groups, tuple(cohorts.values[each] for each in found.tolist())


def _leaves(rows: WideRows) -> Grouped[LeafId]:
    groups = np.zeros(len(rows), np.int64)
    leaves: list[tuple[Any, ...]] = [()]
    for name in _KEYS:
        codes = rows.codes(name)
        values = [*codes.values, ""]  # a code of −1 is the last of them
        groups, found = pd.factorize(groups * len(values) + codes.at % len(values))
        leaves = [(*leaves[each // len(values)], values[each % len(values)]) for each in found.tolist()]
    return groups, tuple(LeafId._make((*each[:-1], int(each[-1]))) for each in leaves)
