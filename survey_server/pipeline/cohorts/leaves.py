"""The published parts as leaves of a round's tally: all that charts, tables and estimates read about people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analysis.round_tally import PUBLISHED, LeafId
from analysis.strata import join_strata
from analysis.tally import LeafTally, add
from survey_server.domain import CohortSeries, PublishedLeaf, PublishedPart, ResultCut
from survey_server.pipeline.cohorts.leaf_sums import published_names
from survey_server.storage import Connection, published_parts, result_cuts, waiting_responses


@dataclass(frozen=True, slots=True)
class PublishedUnit:
    """The sum of the published parts of a sampling unit, as a `PublishedLeaf`."""

    series_id: int
    path: str
    stratum: str
    unit: str
    tally: LeafTally
    revision: int
    unit_revision: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class PublishedPeople:
    """`revisions`: at which a leaf's numbers, or the number of sampling units in its questionnaire, changed last.
    `joined`: questionnaires of which strata were joined, since one held a single unit."""

    leaves: Mapping[LeafId, LeafTally]
    revisions: Mapping[LeafId, int]
    joined: frozenset[str]


def read_published_people(
    connection: Connection,
    round_id: int,
    read_tally: Callable[[str], LeafTally] = LeafTally.from_json,
    questionnaire: str | None = None,
    cut: ResultCut | None = None,
) -> PublishedPeople:
    """Of one questionnaire or of all. `read_tally`: reads a tally's JSON text; a caller may keep what it has read
    before. `cut`: what was published when it was released, without cohorts that were struck since."""
    series = waiting_responses.series_of(connection, round_id)
    wanted = {id_ for id_, each in series.items() if questionnaire in (None, each.questionnaire)}
    if cut is None:
        found = published_parts.leaves_of_round(connection, round_id)
        return arrange_leaves((each for each in found if each.series_id in wanted), series, read_tally)
    parts = (each for each in result_cuts.parts_of(connection, cut.id) if each.series_id in wanted)
    return arrange_units(sum_units(parts, read_tally), series)


def arrange_leaves(
    stored: Iterable[PublishedLeaf], series: Mapping[int, CohortSeries], read_tally: Callable[[str], LeafTally]
) -> PublishedPeople:
    units = [
        PublishedUnit(
            each.series_id, each.path, each.stratum, each.unit, read_tally(each.tally), each.revision,
            each.unit_revision, is_empty=each.n == 0,
        )
        for each in stored
    ]  # fmt: skip
    return arrange_units(units, series)


def arrange_units(units: Iterable[PublishedUnit], series: Mapping[int, CohortSeries]) -> PublishedPeople:
    by_sample: dict[tuple[str, str], list[PublishedUnit]] = defaultdict(list)
    for each in units:
        by_sample[series[each.series_id].questionnaire, series[each.series_id].evidence].append(each)
    tallies: dict[LeafId, list[LeafTally]] = defaultdict(list)
    revisions: dict[LeafId, int] = {}
    joined: set[str] = set()
    for (questionnaire, evidence), sample in by_sample.items():
        strata = join_strata((each.stratum, each.unit) for each in sample if not each.is_empty)
        joined |= {questionnaire} if any(name != stratum for stratum, name in strata.items()) else set()
        newest_unit = max(each.unit_revision for each in sample)
        for each in sample:
            stratum = strata.get(each.stratum, each.stratum)
            version = series[each.series_id].version
            leaf = LeafId(each.path, questionnaire, version, evidence, PUBLISHED, stratum, each.unit)
            tallies[leaf].append(each.tally)
            revisions[leaf] = max(each.revision, newest_unit, revisions.get(leaf, 0))
    return PublishedPeople({leaf: add(own) for leaf, own in tallies.items()}, revisions, frozenset(joined))


def sum_units(parts: Iterable[PublishedPart], read_tally: Callable[[str], LeafTally]) -> list[PublishedUnit]:
    """The sums by sampling unit of the parts of a cut, as they were stored when it was released; a part that was struck
    since is left out, and its unit has the revision of the striking."""
    by_unit: dict[tuple[int, str, str, str], list[PublishedPart]] = defaultdict(list)
    for each in parts:
        by_unit[each.series_id, each.path, each.stratum, each.unit].append(each)
    units = []
    for key, own in by_unit.items():
        total, unit_revision = LeafTally(), 0
        for part in sorted(own, key=lambda each: (each.is_struck, each.revision)):
            before = published_names(total)
            total = total if part.is_struck else add([total, read_tally(part.tally)])
            if part.is_struck or before != published_names(total):
                unit_revision = part.revision
        revision = max(each.revision for each in own)
        units.append(PublishedUnit(*key, total, revision, unit_revision, is_empty=total.n == 0))
    return units


def count_people(connection: Connection, round_id: int, cut: ResultCut | None) -> dict[LeafId, int]:
    """How many people are published (`cut`: in it), by leaf without its stratum."""
    series = waiting_responses.series_of(connection, round_id)
    counted: Counter[LeafId] = Counter()
    leaves = published_parts.leaves_of_round(connection, round_id) if cut is None else ()
    for each in leaves if cut is None else result_cuts.count_people(connection, cut.id):
        own = series[each.series_id]
        counted[LeafId(each.path, own.questionnaire, own.version, own.evidence, PUBLISHED, "", each.unit)] += each.n
    return dict(counted)
