"""The catalogue of problems: every error message that people see, by a stable code, in Vietnamese and English.

Each room keeps its entries in a module here (`language`, `answers`, `receiving`, `people`, ...), made by `entry()`.
A text may name parts in braces; `Problem.text` fills them in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from string import Formatter
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of problem: what is wrong and what to do, in both languages."""

    code: str
    vi: str
    en: str
    hint_vi: str = ""
    hint_en: str = ""
    severity: Severity = "error"

    @property
    def parts(self) -> frozenset[str]:
        """The names of the parts that the texts fill in."""
        return frozenset(name for text in (self.vi, self.en) for _, name, *_ in Formatter().parse(text) if name)


CATALOGUE: dict[str, Entry] = {}


def entry(code: str, vi: str, en: str, hint_vi: str = "", hint_en: str = "", severity: Severity = "error") -> Entry:
    """Add a kind of problem to the catalogue; a code is given once and never changes its meaning."""
    if code in CATALOGUE:
        raise ValueError(f"the problem code {code!r} is taken")
    CATALOGUE[code] = made = Entry(code, vi, en, hint_vi, hint_en, severity)
    return made


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem met: its kind and the parts that its texts name."""

    entry: Entry
    parts: dict[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.entry.code

    def text(self, language: str = "vi") -> str:
        return (self.entry.en if language == "en" else self.entry.vi).format(**self.parts)

    def hint(self, language: str = "vi") -> str:
        return (self.entry.hint_en if language == "en" else self.entry.hint_vi).format(**self.parts)


class ProblemError(Exception):
    """Raised where a use case cannot go on; web pages and the API turn it into their own answer."""

    def __init__(self, entry: Entry, **parts: object) -> None:
        self.problem = Problem(entry, parts)
        super().__init__(self.problem.text("en"))
