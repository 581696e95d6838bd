"""What is wrong in a questionnaire file: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from survey_server.problems import Entry, Problem
from survey_server.questionnaire.model import Position


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
        said = f"{self.path}:{self.line}:{self.column}: {self.text(language)}"
        return f"{said}; {hint}" if hint else said


class QuestionnaireError(ValueError):
    """The file cannot be used; `faults` says everything that was found, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.line_text("en") for fault in self.faults))


class Findings:
    """Collects the faults of one file, so that one run shows them all."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Fault] = []

    def add(self, position: Position, entry: Entry, **parts: object) -> None:
        self._found.append(Fault(self.path, position.line, position.column, Problem(entry, parts)))

    @property
    def faults(self) -> list[Fault]:
        return sorted(self._found, key=lambda fault: (fault.line, fault.column))

    @property
    def has_errors(self) -> bool:
        return any(fault.severity == "error" for fault in self._found)

    def raise_if_any(self) -> None:
        if self.has_errors:
            raise QuestionnaireError(fault for fault in self.faults if fault.severity == "error")


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, str]:
    """What the author probably meant, as the ends of a Vietnamese and an English sentence; empty where unclear."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return (f" (có phải là {close[0]!r}?)", f" (did you mean {close[0]!r}?)") if close else ("", "")
