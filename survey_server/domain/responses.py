"""Responses and receipts: what a tablet sends, what the server answers, and what counts in results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from survey_server.strict_json import read_stored


class Status(StrEnum):
    """What a receipt says of an uploaded row."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class State(StrEnum):
    """The review state of a stored response. Only those in `COUNTING` enter results."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"


COUNTING = frozenset({State.SUBMITTED, State.APPROVED})


@dataclass(frozen=True, slots=True)
class ReceiptProblem:
    """A problem of one answer (`question` is its path) or of the whole response, in the sender's language; never a
    reason to refuse the response."""

    question: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Receipt:
    index: int
    id: str | None
    sha256: str | None
    status: Status
    received_at: datetime
    problems: tuple[ReceiptProblem, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LeafKey:
    """A leaf of the tally: the smallest set of responses that is counted together."""

    round_id: int
    locality_id: int
    questionnaire: str
    version: str
    evidence: str
    state: str
    stratum: str = ""
    cluster: str = ""
    weights_version: int = 0


Subject = tuple[str, int | None, int | None]
"""What a response is about: questionnaire (whatever its version), round and locality. A correction has the subject of
the response that it corrects."""


class NewResponse(NamedTuple):
    """A response to insert. A named tuple in the order of the table's columns: what is cheapest to make and to insert,
    for every upload makes one.

    `body` is the JSON text, compressed as it is stored; `state` the value of a `State`; `problems` and `not_asked` are
    JSON arrays, the latter of names of questions off the route, of those in a repeat where no instance was asked them.
    `calculated`: a JSON object of the calculated values that replace what was sent, None where the questionnaire has
    neither calculated values nor repeats, or the answers have not been checked. Where the round or the locality is not
    known, both are None and the response is quarantined.
    """

    id: str
    sha256: str
    body: bytes
    questionnaire: str
    version: str
    round_id: int | None
    locality_id: int | None
    assignment_id: str | None
    visit_id: str | None
    supersedes: str | None
    evidence: str
    respondent: str
    state: str
    state_at: str
    stratum: str
    cluster: str
    weight: float
    weights_version: int
    started_at: str | None
    completed_at: str | None
    clock_offset_ms: int | None
    received_at: str
    person_id: int | None
    device_id: str | None
    mode: str
    simulated: bool
    training: bool
    problems: str
    not_asked: str
    late: bool
    calculated: str | None

    @property
    def correction(self) -> Correction:
        return Correction(
            self.id, self.assignment_id, self.person_id, self.training,
            (self.questionnaire, self.round_id, self.locality_id),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What a quarantined response is about, once that is known, and what checking it found then."""

    round_id: int
    locality_id: int
    visit_id: str | None
    evidence: str
    respondent: str
    problems: str
    not_asked: str
    late: bool
    calculated: str | None


class StoredHead(NamedTuple):
    """The columns of a stored response that receiving compares with: what is there already under an id."""

    seq: int
    id: str
    sha256: str
    state: str
    assignment_id: str | None
    person_id: int | None
    training: bool
    round_id: int | None
    locality_id: int | None
    questionnaire: str
    late: bool

    @property
    def correction(self) -> Correction:
        return Correction(
            self.id, self.assignment_id, self.person_id, bool(self.training),
            (self.questionnaire, self.round_id, self.locality_id),
        )  # fmt: skip


class CollectedResponse(NamedTuple):
    """A response as the exports read it: many at a time, hence a named tuple. `body`, `problems`,
    `not_asked` and `calculated` are JSON texts, the last as in `NewResponse`."""

    id: str
    questionnaire: str
    version: str
    evidence: str
    respondent: str
    locality_id: int | None
    assignment_id: str | None
    visit_id: str | None
    supersedes: str | None
    state: str
    weight: float
    weights_version: int
    stratum: str
    cluster: str
    started_at: str | None
    completed_at: str | None
    clock_offset_ms: int | None
    received_at: str
    person_id: int | None
    device_id: str | None
    mode: str
    simulated: bool
    training: bool
    late: bool
    body: str
    problems: str
    not_asked: str
    calculated: str | None


class TalliedResponse(NamedTuple):
    """What the tally reads of a response; the texts are those of `CollectedResponse`."""

    id: str
    questionnaire: str
    version: str
    stratum: str
    weight: float
    completed_at: str | None
    simulated: bool
    late: bool
    body: str
    not_asked: str
    calculated: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One revision of a response: what decides which other revision it may supersede."""

    id: str
    assignment_id: str | None
    person_id: int | None
    training: bool
    subject: Subject


@dataclass(frozen=True, slots=True)
class Response:
    """A stored response with the names that a reader needs. `body` and `problems` are JSON texts; `seq` is its number
    in the database, by which two responses under one id differ."""

    seq: int
    id: str
    sha256: str
    body: str
    questionnaire: str
    version: str
    round: str | None
    locality_id: int | None
    locality_name: str | None
    scheme: str | None
    path: str | None
    assignment_id: str | None
    visit_id: str | None
    supersedes: str | None
    evidence: str
    respondent: str
    state: State
    state_at: str
    completed_at: str | None
    received_at: str
    person_id: int | None
    person_name: str | None
    mode: str
    simulated: bool
    training: bool
    problems: str
    late: bool

    @property
    def answers(self) -> dict[str, Any]:
        """The answers in the body, by question; empty where the body holds none."""
        answers = read_stored(self.body).get("answers")
        return answers if isinstance(answers, dict) else {}


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """A step in the review of a response. Of a returned response, `reason` says what to complete; of a superseded one
    it is the id of the response that took its place."""

    at: str
    person_name: str | None
    from_state: State
    to_state: State
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnedResponse:
    """A response that its sender is asked to complete: why, by whom and when."""

    response: Response
    reason: str
    by: str
    at: str
