"""What is published of people, in terms of its responses: cohorts.json of a dataset. It holds no numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from survey_server.storage import Connection, cohorts, published_parts, waiting_responses


def describe_parts(connection: Connection, round_id: int) -> Iterator[dict[str, Any]]:
    """The published parts of a round that count. `cohorts`: whose responses a part is computed from; `item`: the only
    one that a question group publishes; `withheld`: what a cohort does not publish by itself."""
    series = waiting_responses.series_of(connection, round_id)
    groups = {each.id: each for id_ in series for each in cohorts.groups_of(connection, id_)}
    withheld: dict[str, set[str]] = defaultdict(set)
    for group in groups.values():
        for cohort in group.cohorts:
            withheld[cohort].add(group.item)
    for id_ in series:
        for stored in cohorts.waiting_items(connection, id_):
            withheld[stored.item.cohort].add(stored.item.item)
    for part in published_parts.read_round(connection, round_id):
        if part.is_struck:
            continue
        own = groups.get(part.owner)
        yield {
            "questionnaire": series[part.series_id].questionnaire,
            "version": series[part.series_id].version,
            "evidence": series[part.series_id].evidence,
            "path": part.path,
            "stratum": part.stratum,
            "unit": part.unit,
            "cohorts": list(own.cohorts) if own is not None else [part.owner],
            "item": own.item if own is not None else None,
            "withheld": sorted(withheld[part.owner]) if own is None else [],
        }
