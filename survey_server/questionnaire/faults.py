"""What is wrong in a questionnaire file: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from survey_server.problems import Entry, Problem, Words
from survey_server.problems import language as problems
from survey_server.questionnaire.model import Position

MAX_FAULTS = 500
MAX_COMPARED = 50_000  # words that one run looks at for a misspelt one: half a second
MAX_MISSPELT_LENGTH = 64
SHORT = 4  # of three letters two alike mean little: now() is no misspelt pow()
MAX_NAMED = 60
_WARNING = Words("cảnh báo: ", "warning: ")  # an error has no head: a line is one unless it says otherwise


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
        return self.problem.entry.severity

    def text(self, language: str = "vi") -> str:
        return self.problem.text(language)

    def hint(self, language: str = "vi") -> str:
        return self.problem.hint(language)

    def line_text(self, language: str = "vi") -> str:
        hint = self.hint(language)
        head = _WARNING.text(language) if self.severity == "warning" else ""
        said = f"{self.path}:{self.line}:{self.column}: {head}{self.text(language)}"
        return f"{said}; {hint}" if hint else said


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
        self, position: Position, entry: Entry, *, meant: tuple[str, Iterable[str]] | None = None, **parts: object
    ) -> None:
        """`meant`: a word that is not known, and those that are; the texts name them as {vi}, {en} and {allowed}."""
        if meant is not None:
            known = list(meant[1])
            parts["vi"], parts["en"] = self._did_you_mean(meant[0], known)
            parts["allowed"] = ", ".join(known[:MAX_NAMED]) + (", …" if len(known) > MAX_NAMED else "")
        if len(self._found) == MAX_FAULTS:
            entry, parts = problems.TOO_MANY_FAULTS, {"most": MAX_FAULTS}
        self._found.append(Fault(self.path, position.line, position.column, Problem(entry, parts)))
        if entry is problems.TOO_MANY_FAULTS:
            raise TooManyFaultsError

    def _did_you_mean(self, word: str, known: list[str]) -> tuple[str, str]:
        """What the author probably meant, as the ends of a Vietnamese and an English sentence; empty where unclear."""
        self._patience -= len(known)
        if self._patience < 0 or len(word) > MAX_MISSPELT_LENGTH:
            return "", ""
        close = get_close_matches(word, known, n=1, cutoff=0.6 if len(word) > SHORT else 0.75)
        return (f" (có phải là {close[0]!r}?)", f" (did you mean {close[0]!r}?)") if close else ("", "")

    @property
    def faults(self) -> list[Fault]:
        return sorted(self._found, key=lambda fault: (fault.line, fault.column))

    @property
    def has_errors(self) -> bool:
        return any(fault.severity == "error" for fault in self._found)

    def raise_if_any(self) -> None:
        if self.has_errors:
            raise QuestionnaireError(fault for fault in self.faults if fault.severity == "error")
