"""The catalogue of problems: every error message that people see, by a stable code, in Vietnamese and English.

Each room keeps its entries in a module here (`language`, `answers`, `receiving`, `people`, ...), made by `entry()`.
A text may name parts in braces; `Problem.text` fills them in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Words:
    """A part of a text that reads differently in each language."""

    vi: str
    en: str

    def __str__(self) -> str:
        return self.en

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.vi

    def __add__(self, end: str) -> Words:
        return Words(self.vi + end, self.en + end)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of problem: what is wrong and what to do, in both languages. `words`: of a part that is kept as a code,
    what to read in its place."""

    code: str
    vi: str
    en: str
    hint_vi: str = ""
    hint_en: str = ""
    severity: Severity = "error"
    words: Mapping[str, Mapping[str, Words]] = field(default_factory=dict, compare=False)

    @property
    def parts(self) -> frozenset[str]:
        """The names of the parts that the texts fill in."""
        return frozenset(name for text in (self.vi, self.en) for _, name, *_ in Formatter().parse(text) if name)


CATALOGUE: dict[str, Entry] = {}


def entry(
    code: str,
    vi: str,
    en: str,
    hint_vi: str = "",
    hint_en: str = "",
    severity: Severity = "error",
    words: Mapping[str, Mapping[str, Words]] | None = None,
) -> Entry:
    """Add a kind of problem to the catalogue; a code is given once and never changes its meaning."""
    if code in CATALOGUE:
        raise ValueError(f"the problem code {code!r} is taken")
    CATALOGUE[code] = made = Entry(code, vi, en, hint_vi, hint_en, severity, words or {})
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
        return (self.entry.en if language == "en" else self.entry.vi).format(**self.told(language))

    def hint(self, language: str = "vi") -> str:
        return (self.entry.hint_en if language == "en" else self.entry.hint_vi).format(**self.told(language))

    def told(self, language: str) -> dict[str, object]:
        """The parts as they are told in a language."""
        return {name: self._part_in(language, name, part) for name, part in self.parts.items()}

    def _part_in(self, language: str, name: str, part: object) -> object:
        known = self.entry.words.get(name, {})
        word = known.get(part) if isinstance(part, str) else part
        return word.text(language) if isinstance(word, Words) else part


class ProblemError(Exception):
    """Raised where a use case cannot go on; web pages and the API turn it into their own answer."""

    def __init__(self, entry: Entry, **parts: object) -> None:
        self.problem = Problem(entry, parts)
        super().__init__(self.problem.text("en"))
