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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """A visit to add, with its team beside the leader."""

    id: str
    round_id: int
    locality_id: int
    leader_id: int | None
    starts_on: str
    ends_on: str
    member_ids: tuple[int, ...] = ()
