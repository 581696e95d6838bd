"""Striking a cohort that must not stand, such as one of invented interviews: nothing of it is published any more, and
none of its responses enters another cohort."""

from __future__ import annotations

from survey_server.clock import now_text
from survey_server.pipeline.cohorts.leaf_sums import strike_part
from survey_server.storage import Connection, cohorts, leaf_tallies, published_parts


def strike_stored(connection: Connection, cohort_id: str, reason: str, at: str) -> int | None:
    """Strike a cohort, and with it the question groups that contain it: a group without one of its cohorts would be the
    difference of two published figures. Their other cohorts are not grouped again. Returns the new revision, None for
    a cohort that is not published yet."""
    cohort = cohorts.find(connection, cohort_id)
    if cohort is None or cohort.is_struck:
        return None
    cohorts.strike(connection, cohort_id, at, reason)
    groups = [each.id for each in cohorts.groups_of(connection, cohort.series_id) if cohort_id in each.cohorts]
    parts = [each for each in published_parts.by_owners(connection, [cohort_id, *groups]) if not each.is_struck]
    if not parts:
        return None
    revision = leaf_tallies.add_revision(connection, cohorts.round_of(connection, cohort_id), now_text())
    for each in parts:
        strike_part(connection, each, revision)
    return revision
