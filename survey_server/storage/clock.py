"""The one clock of what the database keeps."""

from __future__ import annotations

from datetime import UTC, datetime


def now_text() -> str:
    """Now, as the database keeps instants: "2012-06-05T07:05:00.123Z"."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
