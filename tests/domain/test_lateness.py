"""When a response is late, an instant each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from survey_server.domain.lateness import is_late, is_past_due, is_revision_late

DUE = "2012-06-30"  # ends at 17:00 of that day in UTC
IN_TIME = datetime(2012, 6, 30, 16, 59, tzinfo=UTC)
LATER = datetime(2012, 7, 8, 2, 0, tzinfo=UTC)
MINUTE = 60_000


@pytest.mark.parametrize(
    ("completed_at", "offset", "received_at", "late"),
    [
        ("2012-06-30T23:59:00+07:00", 0, LATER, False),  # a week without network
        ("2012-07-01T00:01:00+07:00", 0, LATER, True),
        ("2012-06-30T16:59:00Z", 0, LATER, False),  # one instant, whatever the device's time zone
        ("2012-06-30T17:01:00Z", 0, LATER, True),
        ("2012-07-01T01:59:00+09:00", 0, LATER, False),
        ("2012-06-30T23:59:00+07:00", 2 * MINUTE, LATER, True),  # the device's clock is two minutes slow
        ("2012-07-01T00:01:00+07:00", -2 * MINUTE, LATER, False),
        ("2012-07-01T00:01:00+07:00", None, LATER, True),
        ("2031-01-01T00:00:00+07:00", 0, IN_TIME, False),  # it was there before that clock says it was completed
        ("2012-06-30T12:00:00+07:00", 10**30, IN_TIME, False),
        ("2012-06-30T12:00:00+07:00", 10**30, LATER, True),
        (None, 0, IN_TIME, False),
        (None, 0, LATER, True),
    ],
)
def test_a_response_of_a_visit_is_late_by_its_completion(
    completed_at: str | None, offset: int | None, received_at: datetime, late: bool
) -> None:
    assert is_late("visit", completed_at, offset, received_at, DUE) is late


@pytest.mark.parametrize(("received_at", "late"), [(IN_TIME, False), (LATER, True)])
def test_a_self_review_is_late_by_its_receipt(received_at: datetime, late: bool) -> None:
    for completed_at in ("2012-06-05T08:00:00+07:00", "2012-08-05T08:00:00+07:00", None):
        assert is_late("self_review", completed_at, 0, received_at, DUE) is late


def test_a_simulated_self_review_is_late_by_its_completion() -> None:
    assert not is_late("self_review", "2012-06-30T23:59:00+07:00", 0, LATER, DUE, is_simulated=True)


def test_a_due_instant_is_taken_as_it_is() -> None:
    due = "2012-06-30T17:00:00+07:00"
    assert not is_past_due(due, datetime(2012, 6, 30, 10, 0, tzinfo=UTC))
    assert is_past_due(due, datetime(2012, 6, 30, 10, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("evidence", "late", "were_late", "expected"),
    [
        ("self_review", True, [], True),
        ("self_review", True, [True], True),
        ("self_review", True, [False], False),
        ("self_review", True, [True, False], False),
        ("self_review", False, [True], False),
        ("visit", True, [False], True),
    ],
)
def test_of_a_self_review_the_first_sending_decides(
    evidence: str, late: bool, were_late: list[bool], expected: bool
) -> None:
    assert is_revision_late(evidence, late, were_late) == expected
