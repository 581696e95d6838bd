"""The published parts as leaves of a round's tally: all that charts, tables and estimates read about people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analysis.round_tally import PUBLISHED, LeafId
from analysis.strata import join_strata
from analysis.tally import LeafTally, add
from survey_server.domain import CohortSeries, PublishedLeaf
from survey_server.storage import Connection, published_parts, waiting_responses


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
) -> PublishedPeople:
    """Of one questionnaire or of all. `read_tally`: reads a tally's JSON text; a caller may keep what it has read
    before."""
    series = waiting_responses.series_of(connection, round_id)
    found = published_parts.leaves_of_round(connection, round_id)
    wanted = (each for each in found if questionnaire in (None, series[each.series_id].questionnaire))
    return arrange_leaves(wanted, series, read_tally)


def arrange_leaves(
    stored: Iterable[PublishedLeaf], series: Mapping[int, CohortSeries], read_tally: Callable[[str], LeafTally]
) -> PublishedPeople:
    by_sample: dict[tuple[str, str], list[PublishedLeaf]] = defaultdict(list)
    for each in stored:
        by_sample[series[each.series_id].questionnaire, series[each.series_id].evidence].append(each)
    tallies: dict[LeafId, list[LeafTally]] = defaultdict(list)
    revisions: dict[LeafId, int] = {}
    joined: set[str] = set()
    for (questionnaire, evidence), sample in by_sample.items():
        strata = join_strata((each.stratum, each.unit) for each in sample if each.n)
        joined |= {questionnaire} if any(name != stratum for stratum, name in strata.items()) else set()
        newest_unit = max(each.unit_revision for each in sample)
        for each in sample:
            stratum = strata.get(each.stratum, each.stratum)
            version = series[each.series_id].version
            leaf = LeafId(each.path, questionnaire, version, evidence, PUBLISHED, stratum, each.unit)
            tallies[leaf].append(read_tally(each.tally))
            revisions[leaf] = max(each.revision, newest_unit, revisions.get(leaf, 0))
    return PublishedPeople({leaf: add(own) for leaf, own in tallies.items()}, revisions, frozenset(joined))
