"""Survey rounds, and what belongs to one: visits and assignments.

A round surveys selected provinces in a span of days, with one scheme of localities. In a visit a team under a leader
surveys a locality for some days. An assignment says who is expected to answer which questionnaire about which
locality, how often, until when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey_server.domain.cohorts import MIN_COHORT_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRound:
    """A round to add. Days are ISO dates. `design`: the sampling design as the round's JSON has it. `cohort_size`: the
    number of people below which nothing of them is published; fixed when the round is added, at least MIN_COHORT_SIZE
    unless it is simulated. Raises ValueError."""

    code: str
    name_vi: str
    name_en: str
    scheme: str
    starts_on: str
    ends_on: str
    due_on: str
    simulated: bool = False
    design: Mapping[str, Any] = field(default_factory=dict)
    cohort_size: int = MIN_COHORT_SIZE

    def __post_init__(self) -> None:
        if self.cohort_size < (MIN_COHORT_SIZE if not self.simulated else 2):
            raise ValueError(f"cohorts of {self.cohort_size} are too small")


def is_over(ends_on: str, today: str) -> bool:
    """Whether a round is closed: from the day after its last day on. Both are ISO days."""
    return today > ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Round(NewRound):
    """A stored round."""

    id: int

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi


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


def is_of_committee(assignment: NewAssignment, evidence: str) -> bool:
    """Whether an assignment is for the committee of its locality to answer: a self-review that belongs to no visit and
    to nobody by name. `evidence`: of its questionnaire."""
    return evidence == "self_review" and assignment.person_id is None and assignment.visit_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAssignment(Assignment):
    """`done`: how many of its responses count."""

    done: int


@dataclass(frozen=True, slots=True)
class ExpectedWork:
    """The assignments of a locality, or of one and all below it, of one questionnaire and one due day: how many
    responses are expected, and how many of them count (of each assignment at most its quantity). `path`: of the
    locality."""

    path: str
    questionnaire: str
    version: str
    due_on: str
    quantity: int
    done: int
