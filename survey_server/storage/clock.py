"""The one clock: instants as the database keeps them, and the time of day as it is in Viet Nam."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def now_text() -> str:
    """Now, as the database keeps instants: "2012-06-05T07:05:00.123Z"."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_in_vietnam() -> str:
    """Now, as a clock on the wall shows it: "2012-06-05T14:05:00+07:00". Its first ten characters are today."""
    return datetime.now(VIETNAM).isoformat(timespec="seconds")
