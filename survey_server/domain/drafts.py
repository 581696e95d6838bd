"""Drafts: questionnaires that are being filled in on the web."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Draft:
    """`id` is the id that the response will have; `answers` by question."""

    id: str
    person_id: int
    assignment_id: str
    answers: dict[str, Any]
    supersedes: str | None
    started_at: str
    saved_at: str
