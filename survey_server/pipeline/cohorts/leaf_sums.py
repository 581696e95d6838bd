"""Stores published parts with their sums by sampling unit, from which every figure about people is computed.

Standard errors of other places depend on which units of the round published a score. So a sum remembers the revision
at which that changed for its unit, and every place of the questionnaire gets this revision (`leaves.arrange_leaves`).
"""

from __future__ import annotations

from analysis.tally import LeafTally, add
from survey_server.domain import CohortSeries, PublishedLeaf, PublishedPart
from survey_server.pipeline.cohorts.parts import NewPart, published_part
from survey_server.storage import Connection, published_parts


def store_part(connection: Connection, series: CohortSeries, new: NewPart, place_id: int, revision: int) -> None:
    """Store a part, and add it to the sum of its sampling unit."""
    part = published_part(series, new, revision)
    published_parts.add(connection, part, place_id)
    before = published_parts.find_leaf(connection, part, place_id)
    total = add([new.tally] if before is None else [LeafTally.from_json(before.tally), new.tally])
    published_parts.put_leaf(connection, _leaf(part, total, revision, before), place_id)


def strike_part(connection: Connection, part: PublishedPart, revision: int) -> None:
    """Let a part count no more; where it was the only one of its sampling unit, a sum of nobody remains."""
    place_id = published_parts.place_of(connection, part.owner)
    published_parts.strike(connection, part.owner, revision)
    before = published_parts.find_leaf(connection, part, place_id)
    remaining = published_parts.of_leaf(connection, part, place_id)
    total = add([LeafTally(), *(LeafTally.from_json(each.tally) for each in remaining)])
    published_parts.put_leaf(connection, _leaf(part, total, revision, before), place_id)


def _leaf(part: PublishedPart, total: LeafTally, revision: int, before: PublishedLeaf | None) -> PublishedLeaf:
    is_same = before is not None and published_names(LeafTally.from_json(before.tally)) == published_names(total)
    return PublishedLeaf(
        series_id=part.series_id, path=part.path, stratum=part.stratum, unit=part.unit, n=total.n,
        tally=total.to_json(), revision=revision,
        unit_revision=before.unit_revision if before is not None and is_same else revision,
    )  # fmt: skip


def published_names(tally: LeafTally) -> tuple[bool, set[str], set[str]]:
    """What decides of which scores a unit is a part of the sample; see `RoundTally.estimate`."""
    return tally.n > 0, {*tally.moments}, {*tally.questions}
