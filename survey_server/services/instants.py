"""Arithmetic on the instants that the database keeps as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def shifted(instant: str, seconds: float) -> str:
    """The instant `seconds` later (earlier where negative), in the same form."""
    moved = datetime.fromisoformat(instant) + timedelta(seconds=seconds)
    return moved.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
