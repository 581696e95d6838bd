"""Visits: a team under a leader that surveys a locality for some days."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """`round` is the round's code; `starts_on` and `ends_on` are ISO dates."""

    id: str
    round: str
    locality_id: int
    scheme: str
    level: str
    code: str
    path: str
    locality_name: str
    leader_id: int | None
    starts_on: str
    ends_on: str
