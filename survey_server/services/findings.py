"""What an examination found: a fault to mend, or something worth knowing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ExaminationFinding:
    level: Literal["fault", "note"]
    vi: str
    en: str

    def text(self, language: str = "vi") -> str:
        return self.en if language == "en" else self.vi


def fault(vi: str, en: str) -> ExaminationFinding:
    return ExaminationFinding("fault", vi, en)


def note(vi: str, en: str) -> ExaminationFinding:
    return ExaminationFinding("note", vi, en)
