"""Assignments: who is expected to answer which questionnaire about which locality, how often, until when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """An assignment to add. `person_id` is None for a committee's self-review, `visit_id` for what belongs to no visit;
    `due_on` is an ISO date."""

    id: str
    round_id: int
    questionnaire: str
    version: str
    locality_id: int
    visit_id: str | None = None
    person_id: int | None = None
    quantity: int = 1
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(NewAssignment):
    """A stored assignment, with the code of its round and its locality."""

    round: str
    scheme: str
    level: str
    code: str
    path: str
    locality_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAssignment(Assignment):
    """`done`: how many of its responses count."""

    done: int
