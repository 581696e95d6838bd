"""Responses and receipts: what a tablet sends, what the server answers, and what counts in results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What became of an uploaded row (the receipts of the device API)."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class State(StrEnum):
    """Where a kept response stands. Only `COUNTING` states enter results."""

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
    """A problem of one answer in words, as a receipt tells it; never a reason to refuse the response."""

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
