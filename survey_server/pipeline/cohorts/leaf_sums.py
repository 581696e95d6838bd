"""Stores published parts with their sums by sampling unit, from which every figure about people is computed."""

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
    tallies = [new.tally] if before is None else [LeafTally.from_json(before.tally), new.tally]
    first = revision if before is None or before.n == 0 else before.first_revision
    published_parts.put_leaf(connection, _leaf(part, add(tallies), revision, first), place_id)


def strike_part(connection: Connection, part: PublishedPart, revision: int) -> None:
    """Let a part count no more; where it was the only one of its sampling unit, a sum of nobody remains."""
    place_id = published_parts.place_of(connection, part.owner)
    published_parts.strike(connection, part.owner, revision)
    before = published_parts.find_leaf(connection, part, place_id)
    remaining = published_parts.of_leaf(connection, part, place_id)
    total = add([LeafTally(), *(LeafTally.from_json(each.tally) for each in remaining)])
    first = before.first_revision if before is not None and remaining else revision
    published_parts.put_leaf(connection, _leaf(part, total, revision, first), place_id)


def _leaf(part: PublishedPart, total: LeafTally, revision: int, first_revision: int) -> PublishedLeaf:
    return PublishedLeaf(
        series_id=part.series_id, path=part.path, stratum=part.stratum, unit=part.unit, n=total.n,
        tally=total.to_json(), revision=revision, first_revision=first_revision,
    )  # fmt: skip
