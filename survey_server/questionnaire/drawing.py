"""The draws of one simulated respondent: what the question types draw their answers from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from survey_server.questionnaire.elements import Choice, ChoiceList

_USUAL_AMOUNT = (0.0, 12.0)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a simulated respondent answers.

    `leanings`: by task, in standard deviations; 0 answers the middle of every scale, positive better.
    `unknown`: share of answers that give a reason in place of an answer; `silence`: of optional questions left open;
    `estimated`: of the latest figures of tables that are marked so.
    `amounts`: the usual range of a number by the name of its question, row or repeat.
    `stocks`: rows of tables that count what there is at a moment, not what came in a period.
    `texts`: sentences by the end of a question's name; "" for every other text.
    """

    leanings: Mapping[str, float] = field(default_factory=dict)
    unknown: float = 0.04
    silence: float = 0.15
    estimated: float = 0.35
    amounts: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    stocks: frozenset[str] = frozenset()
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Drawing:
    """`choices` are the questionnaire's lists, `tasks` the task of each question by name."""

    def __init__(
        self, choices: Mapping[str, ChoiceList], tasks: Mapping[str, str], manner: Manner, random: Random, today: date
    ) -> None:
        self.choices = choices
        self.manner = manner
        self.random = random
        self.today = today
        self._tasks = tasks
        self._temper = random.gauss(0.0, 0.45)

    def is_unknown(self, missing: Sequence[Choice]) -> bool:
        """Whether a reason stands in place of the answer, where reasons are offered."""
        return bool(missing) and self.random.random() < self.manner.unknown

    def reason(self, missing: Sequence[Choice]) -> str:
        """The code of a reason for not answering; the first are the commonest."""
        weights = [4.0 / (1 + place) ** 2 for place in range(len(missing))]
        return self.random.choices(missing, weights)[0].code

    def amount(self, name: str) -> float:
        low, high = self.manner.amounts.get(name, _USUAL_AMOUNT)
        return self.random.triangular(low, high, low + (high - low) * 0.35)

    def on_scale(self, listed: ChoiceList, question: str, what: str) -> str:
        """The better the leaning, the higher on the scale; each indicator (`what`) has a difficulty of its own."""
        difficulty = (sum(what.encode()) % 11 - 5) / 24
        leaning = self.manner.leanings.get(self._tasks[question], 0.0)
        drawn = leaning + self._temper - difficulty + self.random.gauss(0.0, 0.75)
        share = 0.5 * (1 + math.erf(drawn / math.sqrt(2)))
        best_first = sorted(listed.scores, key=lambda code: -listed.scores[code])
        return best_first[min(len(best_first) - 1, int((1 - share) * len(best_first)))]
