"""What a chart is about, and the texts that say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from analysis.charts.texts import TEXTS, format_instant, format_number, in_language, say
from analysis.codebook import Choices, QuestionnaireBook
from analysis.disclosure import Audience, Withheld
from analysis.exact import fixed
from analysis.round_tally import Cut, RoundTally

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Subject:
    """A locality of a round; `questionnaire` is None for a chart of all questionnaires; `choices` is the list of
    ratings that a chart of ratings shows; `audience`: who reads it."""

    rt: RoundTally
    path: str
    questionnaire: str | None
    language: str
    choices: Choices | None = None
    audience: Audience = Audience.CENTRE

    @property
    def book(self) -> QuestionnaireBook:
        """The subject's questionnaire. Raises KeyError for a chart of all questionnaires."""
        return self.rt.book(self.questionnaire or "")

    @property
    def is_about_people(self) -> bool:
        return self.questionnaire is not None and self.book.respondent != "organisation"

    @property
    def cut(self) -> Cut:
        return self.rt.cut_at(self.path, self.questionnaire, self.audience)

    @property
    def place(self) -> str:
        name = self.rt.localities[self.path].name
        return f"{name} ({self.say('surveyed')})" if "/" not in self.path else name

    def locality_name(self, row: Mapping[Any, Any]) -> str:
        """The name of a table row's locality. A row of the locality's own level names the level too, since the name
        alone stands for everything in the locality; of people it holds the cohorts from several places below."""
        if not row.get("own"):
            return str(row["name"])
        is_about_people = self.rt.book(row["questionnaire"]).respondent != "organisation"
        if is_about_people and self.rt.children(row["locality"]):
            return self.say("own_cohorts", name=row["name"])
        level = f"own_{self.rt.localities[row['locality']].level}"
        return self.say(level if level in TEXTS else "own_level", name=row["name"])

    def say(self, key: str, **parts: object) -> str:
        return say(key, self.language, **parts)

    def notes_of(self, table: pd.DataFrame) -> list[str]:
        """Lines of the foot that explain the signs in a chart's table, and how people's answers are published."""
        found = [each for each in Withheld if (table["withheld"] == each).any()]
        keys = [f"{each}_foot" for each in found]
        if "flagged" in table and (table["flagged"] & ~table["hidden"]).any():
            keys.append("flagged_note")
        if self.is_about_people and self.rt.is_by_cohorts(self.questionnaire or ""):
            keys.append("cohort_note")
        return [self.say(key, limit=self.rt.suppress_below) for key in keys]

    def text(self, text: Mapping[str, str]) -> str:
        return in_language(text, self.language)

    def number(self, value: float, places: int = 0) -> str:
        return format_number(value, self.language, places)

    def task_name(self, code: str) -> str:
        return self.text(self.rt.framework.tasks[code].short)

    def numbered_task(self, code: str) -> str:
        """Such as "1. Nhận thức"."""
        number = list(self.rt.framework.tasks).index(code) + 1
        return f"{number}. {self.task_name(code)}"

    def sign(self, row: Mapping[Any, Any]) -> str:
        """What stands in place of the numbers of a hidden row."""
        return self.say(row["withheld"])

    def n(self) -> int | None:
        """The number of responses; None for all questionnaires, and where it may not be shown."""
        if self.questionnaire is None:
            return None
        is_hidden = self.rt.shown(self.path, self.questionnaire).hidden
        return None if is_hidden else self.rt.at(self.path, self.questionnaire).n

    def score(self, task: str) -> float | None:
        """The locality's own mean score; None where it may not be shown, or no response has one."""
        questionnaire = self.questionnaire or ""
        if self.rt.shown(self.path, questionnaire, task).hidden:
            return None
        found = self.rt.shown_estimate(self.path, questionnaire, task)
        return found.mean if found is not None else None

    def is_weighted(self) -> bool:
        """Whether responses have different weights in mean scores; shares and counts are never weighted."""
        moments = self.rt.at(self.path, self.questionnaire or "").moments.values()
        return any(each.w != fixed(each.n) for each in moments)

    def about(self) -> str:
        if self.questionnaire is None:
            return self.place
        return f"{self.place} · {self.text(self.book.title)} ({self.say(self.book.evidence)})"

    def banners(self) -> tuple[str, ...]:
        """What marks the chart as simulated or provisional."""
        marks = {"simulated": self.cut.simulated, "provisional": self.cut.provisional}
        time = format_instant(self.cut.time, self.language)
        return tuple(self.say(key, time=time) for key, is_set in marks.items() if is_set)

    def source(self) -> str:
        name = self.text(self.rt.round.name)
        cut = self.cut
        return self.say("source", round=name, revision=cut.revision, time=format_instant(cut.time, self.language))

    def base(self, *, is_weighted: bool = False) -> str:
        """The base in words: how many responses, of whom, weighted or not, and of how many expected: of organisations
        the units that reported, which are not the responses; of people the responses published."""
        if self.questionnaire is None:
            return f"{self.say('base_plan')}."
        n = self.n()
        if n is None:
            return f"{self.say('base_hidden')}."
        counted = self.say(f"base_{self.book.respondent}", n=self.number(n))
        text = f"{counted}{self.silence()}, {self.say('weighted' if is_weighted else 'unweighted')}"
        found = self.rt.coverage(self.path, self.questionnaire)
        if not found.expected:
            return f"{text}."
        key = "coverage_people" if self.is_about_people else "coverage_units"
        coverage = self.say(key, received=self.number(found.received), expected=self.number(found.expected))
        return f"{text}; {coverage}{self.surplus(found.surplus)}."

    def silence(self) -> str:
        """Appended to the number of responses where none of them gives a score: the reason that all gave, if one."""
        book, tally = self.book, self.rt.at(self.path, self.questionnaire or "")
        reasons: Counter[str] = Counter()
        for each in chain(*book.scored.values()):
            found = tally.questions.get(each.question)
            if found is None or self.choices not in (None, book.choices[book.questions[each.question].choices or ""]):
                continue
            if found.choices:
                return ""
            labels = book.choices[book.questions[each.question].choices or ""].missing
            reasons.update({self.text(labels[code]): count for code, count in found.missing.items() if code in labels})
            reasons[""] += found.unanswered
        return self.all_said(+reasons)

    def all_said(self, reasons: Mapping[str, int]) -> str:
        """In words, that no answer has a score. `reasons`: the number of answers by the label of what was said, empty
        for those who said nothing."""
        if not reasons:
            return ""
        reason = next(iter(reasons))
        return f", {self.say('all_said', reason=reason) if len(reasons) == 1 and reason else self.say('none_scored')}"

    def surplus(self, n: int) -> str:
        """Appended to a coverage where units sent more than one response."""
        return f", {self.say('surplus', n=self.number(n))}" if n else ""
