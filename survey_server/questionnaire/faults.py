"""What is wrong in a questionnaire file: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from survey_server.i18n import Message
from survey_server.problems import Problem, ProblemType
from survey_server.problems import language as problems
from survey_server.questionnaire.model import Position

MAX_FAULTS = 500
MAX_COMPARED = 50_000  # words that one run looks at for a misspelt one: half a second
MAX_MISSPELT_LENGTH = 64
SHORT = 4  # of three letters two alike mean little: now() is no misspelt pow()
MAX_NAMED = 60
_WARNING = Message("cảnh báo: ")  # an error has no head: a line is one unless it says otherwise


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at one place; printed as `path:line:column: text`."""

    path: str
    line: int
    column: int
    problem: Problem

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def severity(self) -> str:
        return self.problem.type.severity

    def text(self, language: str = "vi") -> str:
        return self.problem.text(language)

    def hint(self, language: str = "vi") -> str:
        return self.problem.hint(language)

    @property
    def line_message(self) -> Message:
        """`path:line:column: text; hint`; a warning says that it is one."""
        return Message(
            "{path}:{line}:{column}: {head}{text}; {hint}", path=self.path, line=self.line, column=self.column,
            head=_WARNING if self.severity == "warning" else "",
            text=self.problem.message, hint=self.problem.hint_message,
        )  # fmt: skip

    def line_text(self, language: str = "vi") -> str:
        return self.line_message.text(language)


class QuestionnaireError(ValueError):
    """The file cannot be used; `faults` says everything that was found, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.line_text("en") for fault in self.faults))


class TooManyFaultsError(Exception):
    """Reading stops: nobody mends so many in one go, and a hostile file must end soon."""


class Findings:
    """Collects the faults of one file, so that one run shows them all; `add` raises TooManyFaultsError in the end."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Fault] = []
        self._patience = MAX_COMPARED

    def add(
        self, position: Position, type_: ProblemType, *, meant: tuple[str, Iterable[str]] | None = None, **parts: object
    ) -> None:
        """`meant`: a word that is not known, and those that are; the texts name them as {suggestion} and {allowed}."""
        if meant is not None:
            known = list(meant[1])
            parts["suggestion"] = self._did_you_mean(meant[0], known)
            parts["allowed"] = ", ".join(known[:MAX_NAMED]) + (", …" if len(known) > MAX_NAMED else "")
        if len(self._found) == MAX_FAULTS:
            type_, parts = problems.TOO_MANY_FAULTS, {"most": MAX_FAULTS}
        self._found.append(Fault(self.path, position.line, position.column, Problem(type_, parts)))
        if type_ is problems.TOO_MANY_FAULTS:
            raise TooManyFaultsError

    def _did_you_mean(self, word: str, known: list[str]) -> Message | str:
        """What the author probably meant, as the end of a sentence; empty where unclear."""
        self._patience -= len(known)
        if self._patience < 0 or len(word) > MAX_MISSPELT_LENGTH:
            return ""
        close = get_close_matches(word, known, n=1, cutoff=0.6 if len(word) > SHORT else 0.75)
        return Message(" (có phải là {word!r}?)", word=close[0]) if close else ""

    @property
    def faults(self) -> list[Fault]:
        return sorted(self._found, key=lambda fault: (fault.line, fault.column))

    @property
    def has_errors(self) -> bool:
        return any(fault.severity == "error" for fault in self._found)

    def raise_if_any(self) -> None:
        if self.has_errors:
            raise QuestionnaireError(fault for fault in self.faults if fault.severity == "error")
