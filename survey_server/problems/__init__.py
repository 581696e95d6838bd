"""The catalogue of problems: every error message that people see, by a stable code.

Each area keeps its kinds of problem in a module here (`language`, `answers`, `receiving`, `people`, ...), made by
`problem_type()`. Texts are Vietnamese and translated by `survey_server.i18n`, with the problem's code as their
context. They may name parts in braces, which `Problem.text` fills in; a literal brace is doubled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Literal

from survey_server.i18n import Message

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem: what is wrong (`text`) and what to do (`hint`).

    `labels`: for a part whose value is a code, the text to show for each code.
    """

    code: str
    text: str
    hint: str = ""
    severity: Severity = "error"
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)

    @property
    def parts(self) -> frozenset[str]:
        """The names of the parts that the text fills in."""
        return frozenset(name for _, name, *_ in Formatter().parse(self.text) if name)


CATALOGUE: dict[str, ProblemType] = {}


def problem_type(
    code: str,
    text: str,
    hint: str = "",
    severity: Severity = "error",
    labels: Mapping[str, Mapping[str, str]] | None = None,
) -> ProblemType:
    """Add a kind of problem to the catalogue. A code is used once and never changes its meaning.

    Raises ValueError where the code is taken.
    """
    if code in CATALOGUE:
        raise ValueError(f"the problem code {code!r} is taken")
    CATALOGUE[code] = added = ProblemType(code, text, hint, severity, labels or {})
    return added


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem met: its kind and the parts that its texts name."""

    type: ProblemType
    parts: dict[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.type.code

    @property
    def message(self) -> Message:
        return Message(self.type.text, self.code, **self._shown_parts)

    @property
    def hint_message(self) -> Message:
        return Message(self.type.hint, self.code, **self._shown_parts)

    @property
    def _shown_parts(self) -> dict[str, object]:
        """The parts; a code that has a label is replaced by it."""
        labels = self.type.labels
        if not labels:
            return self.parts
        texts = {name: labels[name].get(str(self.parts[name])) for name in labels if name in self.parts}
        return self.parts | {name: Message(text) for name, text in texts.items() if text is not None}

    def text(self, language: str = "vi") -> str:
        return self.message.text(language)

    def hint(self, language: str = "vi") -> str:
        return self.hint_message.text(language)

    def text_and_hint(self, language: str) -> str:
        return f"{self.text(language)} {self.hint(language)}".strip()


class ProblemError(Exception):
    """Raised where a use case cannot go on; web pages and the API turn it into their own answer."""

    def __init__(self, type_: ProblemType, /, **parts: object) -> None:
        super().__init__(type_.code)
        self.problem = Problem(type_, parts)

    def __str__(self) -> str:
        return self.problem.text("en")
