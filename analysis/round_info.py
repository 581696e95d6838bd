"""What a round is: its name, plan and rules, as in round.json of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.codebook import Text


@dataclass(frozen=True, slots=True)
class Expected:
    """A quantity of responses that a locality is expected to send by a day (ISO)."""

    path: str
    questionnaire: str
    quantity: int
    due_on: str


@dataclass(frozen=True, slots=True)
class RoundInfo:
    """`due_on`: an ISO day; `suppress_below`: the smallest number of people that is shown; `selected`: the paths of the
    surveyed provinces (none: all)."""

    code: str
    name: Text
    scheme: str
    due_on: str
    simulated: bool
    suppress_below: int
    design: Mapping[str, str]
    selected: tuple[str, ...]
    expected: tuple[Expected, ...]

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> RoundInfo:
        """From round.json. Raises KeyError where a part is missing that earlier releases wrote too."""
        expected = (Expected(e["locality"], e["questionnaire"], e["quantity"], e["due_on"]) for e in given["expected"])
        return cls(
            given["code"], given["name"], given.get("scheme", ""), given.get("due_on", ""), bool(given["simulated"]),
            int(given["suppress_below"]), given.get("design", {}), tuple(given.get("selected", ())), tuple(expected),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": dict(self.name),
            "scheme": self.scheme,
            "due_on": self.due_on,
            "simulated": self.simulated,
            "suppress_below": self.suppress_below,
            "design": dict(self.design),
            "selected": list(self.selected),
            "expected": [
                {"locality": e.path, "questionnaire": e.questionnaire, "quantity": e.quantity, "due_on": e.due_on}
                for e in self.expected
            ],
        }
