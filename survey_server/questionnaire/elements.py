"""What questions are made of: positions in a file, texts, choices, expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Text = Mapping[str, str]  # language → text
Expression = list[object] | str | float | bool | None  # a compiled tree, read alike by Python and JavaScript


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a YAML file; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Row(Choice):
    """A row of a number table: one figure over the periods. `indicator` belongs to the question's task; `position` is
    that of its indicator in the file."""

    unit: Text = field(default_factory=dict)
    indicator: str | None = None
    position: Position | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """The answers offered. `scores` maps a code to 0–100 and is empty where the list is not scored."""

    name: str
    scale: Literal["ordinal", "nominal"]
    options: tuple[Choice, ...]
    missing: tuple[Choice, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def codes(self) -> frozenset[str]:
        """Every code that an answer may take, the reasons for not answering included."""
        return frozenset(choice.code for choice in (*self.options, *self.missing))
