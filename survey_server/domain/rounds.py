"""Survey rounds: a survey of selected provinces in a span of days, with one scheme of localities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRound:
    """A round to add. Days are ISO dates. `design`: the sampling design as the round's JSON has it."""

    code: str
    name_vi: str
    name_en: str
    scheme: str
    starts_on: str
    ends_on: str
    due_on: str
    simulated: bool = False
    design: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round(NewRound):
    """A stored round."""

    id: int

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi
