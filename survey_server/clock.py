"""The clock: instants as the database keeps them (UTC text), and the time of day in Viet Nam."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def now_text() -> str:
    """Now, in the form in which the database keeps instants: "2012-06-05T07:05:00.123Z"."""
    return instant_text(datetime.now(UTC))


def now_in_vietnam() -> str:
    """Now, in Viet Nam's time: "2012-06-05T14:05:00+07:00". The first ten characters are today's date."""
    return datetime.now(VIETNAM).isoformat(timespec="seconds")


def instant_text(instant: datetime) -> str:
    """An instant in the form in which the database keeps it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_in_vietnam(instant: str) -> str:
    """The day of an instant in Viet Nam: "2012-06-05"."""
    return datetime.fromisoformat(instant).astimezone(VIETNAM).date().isoformat()


def shift_instant(instant: str, seconds: float) -> str:
    """The instant `seconds` later (earlier where negative), in the same form."""
    return instant_text(datetime.fromisoformat(instant) + timedelta(seconds=seconds))
