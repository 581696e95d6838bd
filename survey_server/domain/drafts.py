"""Drafts: questionnaires that are being filled in on the web."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TypedTexts = dict[str, list[list[str]]]
"""Question → the names and texts of its inputs, as they were typed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`id` is the id that the response will have; `answers` by question. `typed`: the inputs of the questions with a
    text that cannot be read as an answer. `supersedes`: the returned response that the draft completes."""

    id: str
    person_id: int
    assignment_id: str
    answers: dict[str, Any]
    supersedes: str | None
    started_at: str
    saved_at: str
    typed: TypedTexts = field(default_factory=dict)
