"""The published parts as leaves of a round's tally: all that charts, tables and estimates read about people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.round_tally import LeafId
from analysis.tally import LeafTally, add
from survey_server.domain import CohortSeries, PublishedLeaf
from survey_server.pipeline.cohorts.parts import join_names
from survey_server.storage import Connection, published_parts, waiting_responses

PUBLISHED = "published"  # the state of these leaves


@dataclass(frozen=True, slots=True)
class PublishedPeople:
    """`revisions`: at which a leaf's numbers, or the number of sampling units in its questionnaire, changed last.
    `joined`: questionnaires of which strata were joined, since one held a single unit."""

    leaves: Mapping[LeafId, LeafTally]
    revisions: Mapping[LeafId, int]
    joined: frozenset[str]


def read_published_people(
    connection: Connection, round_id: int, read_tally: Callable[[str], LeafTally] = LeafTally.from_json
) -> PublishedPeople:
    """`read_tally`: reads a tally's JSON text; a caller may keep what it has read before."""
    series = waiting_responses.series_of(connection, round_id)
    return arrange_leaves(published_parts.leaves_of_round(connection, round_id), series, read_tally)


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
        newest_unit = max(each.first_revision for each in sample)
        for each in sample:
            stratum = strata.get(each.stratum, each.stratum)
            version = series[each.series_id].version
            leaf = LeafId(each.path, questionnaire, version, evidence, PUBLISHED, stratum, each.unit)
            tallies[leaf].append(read_tally(each.tally))
            revisions[leaf] = max(each.revision, newest_unit, revisions.get(leaf, 0))
    return PublishedPeople({leaf: add(own) for leaf, own in tallies.items()}, revisions, frozenset(joined))


def join_strata(units: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Stratum → the name of the stratum that it belongs to in estimates: a stratum with a single sampling unit is
    joined with the next one by name, the last with the one before it.

    A function of what is published, so that it discloses nothing. `units`: (stratum, unit).
    """
    found: dict[str, set[str]] = defaultdict(set)
    for stratum, unit in units:
        found[stratum].add(unit)
    groups = [([stratum], found[stratum]) for stratum in sorted(found)]
    lonely = [*_lonely(groups)]
    while lonely and len(groups) > 1:
        first = min(lonely[0], len(groups) - 2)
        (names, own), (other_names, other) = groups[first : first + 2]
        groups[first : first + 2] = [([*names, *other_names], own | other)]
        lonely = [*_lonely(groups)]
    return {stratum: join_names(names) for names, _ in groups for stratum in names}


def _lonely(groups: list[tuple[list[str], set[str]]]) -> Iterator[int]:
    """The positions of groups of strata with a single unit."""
    return (position for position, (_, units) in enumerate(groups) if len(units) == 1)
