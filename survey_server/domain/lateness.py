"""When a response is late: one rule, on instants, that receiving applies once; everything else reads its result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from survey_server.clock import VIETNAM

_LAST_MOMENT = time.max.replace(tzinfo=VIETNAM)


@lru_cache(1024)
def due_instant(due: str) -> datetime:
    """The last instant that is not late. `due`: an ISO day, which ends at midnight in Viet Nam, or an instant with its
    offset from UTC."""
    if len(due) == len("2012-06-30"):
        return datetime.combine(date.fromisoformat(due), _LAST_MOMENT)
    return datetime.fromisoformat(due)


def is_past_due(due: str, now: datetime) -> bool:
    return now > due_instant(due)


def completion_instant(completed_at: str | None, clock_offset_ms: int | None, received_at: datetime) -> datetime:
    """When a response was completed: its text (RFC 3339) corrected by the measured offset of the device's clock (the
    server's time less the device's), and never later than its receipt, which stands where nothing else is known."""
    if completed_at is None:
        return received_at
    try:
        corrected = datetime.fromisoformat(completed_at) + timedelta(milliseconds=clock_offset_ms or 0)
        return min(corrected, received_at)
    except OverflowError:  # a clock that is off by thousands of years
        return received_at


def is_late(
    evidence: str,
    completed_at: str | None,
    clock_offset_ms: int | None,
    received_at: datetime,
    due: str,
    *,
    is_simulated: bool = False,
) -> bool:
    """Whether a response came after it was due: a self-review by its receipt, a response of a visit by its completion,
    for a week without network makes nobody late. `is_simulated`: it was never sent, so that its completion counts.

    Of a revision see `is_revision_late`.
    """
    if evidence == "self_review" and not is_simulated:
        return is_past_due(due, received_at)
    return is_past_due(due, completion_instant(completed_at, clock_offset_ms, received_at))


def is_revision_late(evidence: str, is_late: bool, were_late: Iterable[bool]) -> bool:
    """Whether a revision is late: of a self-review the first sending counts, so that a revision of one that was in time
    is in time. `is_late`: of the revision itself; `were_late`: of what it revises, as far as that has arrived."""
    return is_late and (evidence != "self_review" or all(were_late))
