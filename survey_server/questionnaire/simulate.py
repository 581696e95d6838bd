"""Random answers that obey a questionnaire: only what is asked, what is required, what the constraints allow.

For the demo and for tests. The same generator state gives the same answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from survey_server.questionnaire.finished import put_calculated
from survey_server.questionnaire.model import Choice, ChoiceList, Question, Questionnaire
from survey_server.questionnaire.route import Route, RouteState, parts_of

MAX_PASSES = 30
_MAX_INSTANCES = 3
_USUAL_AMOUNT = (0.0, 12.0)
_EARLIEST = date(2010, 3, 1)
_GROWTH = (0.85, 1.0, 0.55)  # of the figures of a table, by period: two years and a half one


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


class Simulator:
    """Made once a questionnaire; gives the answers of any number of respondents."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self._route = Route(questionnaire)
        self._tasks: dict[str, str] = {}
        for section in questionnaire.sections:
            for question in section.questions:
                self._note_task(question, section.task or "")
        self._inside = {
            inner.name for each in questionnaire.walk() if each.type == "repeat" for inner in each.questions
        }
        self._questions = [
            each
            for each in questionnaire.walk()
            if each.type not in ("note", "calculate", "group") and each.name not in self._inside
        ]
        self._by_name = {each.name: each for each in questionnaire.walk()}
        self._blank: dict[str, RouteState] = {}  # the route of a blank questionnaire, by day

    def answers(self, manner: Manner, random: Random, today: str) -> dict[str, Any]:
        """The answers of one respondent as a response's body carries them, calculated values included."""
        drawing = _Drawing(self, manner, random, date.fromisoformat(today))
        given: dict[str, Any] = {}
        state = RouteState()
        for attempt in range(MAX_PASSES):
            state = self._route.evaluate(given, today) if given else self._blank_route(today)
            changed = _leave_out(given, state)
            changed |= drawing.fill(given, state)
            if not changed and not drawing.repair(given, state, attempt):
                break
        put_calculated(given, state.calculated)
        return {name: given[name] for name in self._by_name if name in given}

    def _blank_route(self, today: str) -> RouteState:
        if today not in self._blank:
            self._blank[today] = self._route.evaluate({}, today)
        return self._blank[today]

    def _note_task(self, question: Question, task: str) -> None:
        self._tasks[question.name] = question.task or task
        for inner in question.questions:
            self._note_task(inner, question.task or task)


def _leave_out(given: dict[str, Any], state: RouteState) -> bool:
    """Take back the answers to what is no longer asked."""
    gone = [name for name in given if name not in state.relevant]
    for name in gone:
        del given[name]
    for repeat, instances in given.items():
        if isinstance(instances, list) and instances and isinstance(instances[0], dict):
            for index, instance in enumerate(instances):
                for name in [each for each in instance if f"{repeat}-{index}-{each}" not in state.relevant]:
                    del instance[name]
                    gone.append(name)
    return bool(gone)


class _Drawing:
    """One respondent."""

    def __init__(self, simulator: Simulator, manner: Manner, random: Random, today: date) -> None:
        self._of = simulator
        self._manner = manner
        self._random = random
        self._today = today
        self._temper = random.gauss(0.0, 0.45)
        self._left_open: set[str] = set()

    def fill(self, given: dict[str, Any], state: RouteState) -> bool:
        """Answer what is asked and not answered yet."""
        before = len(self._left_open)
        changed = False
        for question in self._of._questions:
            if question.name in given:
                if question.type == "repeat":
                    changed |= self._fill_instances(question, given[question.name], state)
            elif question.name in state.relevant and question.name not in self._left_open:
                self._answer(question, question.name, given, state)
                changed |= question.name in given
        return changed or len(self._left_open) > before

    def repair(self, given: dict[str, Any], state: RouteState, attempt: int) -> bool:
        """Draw again what breaks a rule; what cannot be mended is left out."""
        for path, code in state.broken:
            repeat, index, name = parts_of(path)
            place = given[repeat][index] if repeat else given
            question = self._of._by_name[name]
            if code == "required" or attempt > MAX_PASSES - 5:
                place.pop(name, None)
                self._left_open.discard(path)
            elif attempt % 3 == 0 or question.type not in ("integer", "decimal", "number_table"):
                place[name] = _DRAW[question.type](self, question)
            else:
                low, high = (0.3, 0.9) if attempt % 3 == 1 else (1.5, 6.0)
                place[name] = _scaled(place[name], self._random.uniform(low, high))
        return bool(state.broken)

    def _fill_instances(self, repeat: Question, instances: list[dict[str, Any]], state: RouteState) -> bool:
        changed = False
        for index, instance in enumerate(instances):
            for inner in repeat.questions:
                path = f"{repeat.name}-{index}-{inner.name}"
                wanted = inner.type not in ("note", "calculate") and inner.name not in instance
                if wanted and path in state.relevant and path not in self._left_open:
                    self._answer(inner, path, instance, state)
                    changed = True
        return changed

    def _answer(self, question: Question, path: str, place: dict[str, Any], state: RouteState) -> None:
        needed = path in state.required
        if not needed and self._random.random() < self._manner.silence:
            self._left_open.add(path)
            return
        drawn = _DRAW[question.type](self, question)
        if drawn is None or drawn == []:
            self._left_open.add(path)
        else:
            place[question.name] = drawn

    def select_one(self, question: Question) -> str:
        listed = self._of.questionnaire.choices[question.choices or ""]
        if question.consent:
            return "no" if self._random.random() < 0.03 else "yes"
        if listed.missing and self._random.random() < self._manner.unknown:
            return self._reason(listed.missing)
        if not listed.scores:
            return self._random.choice(listed.options).code
        return self._on_scale(listed, self._of._tasks[question.name], question.indicator or question.name)

    def _on_scale(self, listed: ChoiceList, task: str, what: str) -> str:
        """The better the leaning, the higher on the scale; each indicator has a difficulty of its own."""
        difficulty = (sum(what.encode()) % 11 - 5) / 24
        drawn = self._manner.leanings.get(task, 0.0) + self._temper - difficulty + self._random.gauss(0.0, 0.75)
        share = 0.5 * (1 + math.erf(drawn / math.sqrt(2)))
        best_first = sorted(listed.scores, key=lambda code: -listed.scores[code])
        return best_first[min(len(best_first) - 1, int((1 - share) * len(best_first)))]

    def _reason(self, missing: Sequence[Choice]) -> str:
        weights = [4.0 / (1 + place) ** 2 for place in range(len(missing))]
        return self._random.choices(missing, weights)[0].code

    def select_multiple(self, question: Question) -> list[str]:
        options = [each.code for each in self._of.questionnaire.choices[question.choices or ""].options]
        chosen = [code for code in options if self._random.random() < (0.08 if code == "other" else 0.6)]
        return chosen or [options[0]]

    def number(self, question: Question) -> int | float | str:
        if question.missing and self._random.random() < self._manner.unknown:
            return self._reason(question.missing)
        amount = self._amount(question.name)
        return round(amount) if question.type == "integer" else round(amount, 1)

    def _amount(self, name: str) -> float:
        low, high = self._manner.amounts.get(name, _USUAL_AMOUNT)
        return self._random.triangular(low, high, low + (high - low) * 0.35)

    def day(self, question: Question) -> str:
        span = max(1, (self._today - _EARLIEST).days)
        if question.name in self._manner.amounts:  # days before today
            span = round(self._manner.amounts[question.name][1])
            return (self._today - timedelta(days=self._random.randint(0, span))).isoformat()
        return (_EARLIEST + timedelta(days=self._random.randrange(span))).isoformat()

    def text(self, question: Question) -> str:
        texts = self._manner.texts
        endings = [ending for ending in texts if question.name.endswith(ending)]
        sentences = texts[max(endings, key=len)] if endings else ("Theo thực tế của địa phương.",)
        return self._random.choice(sentences)

    def table(self, question: Question) -> dict[str, dict[str, Any]]:
        return {row.code: self._row(question, row.code, row.unit.get("vi") == "%") for row in question.rows}

    def _row(self, question: Question, code: str, is_share: bool) -> dict[str, Any]:
        if question.missing and self._random.random() < self._manner.unknown:
            return {period.code: self._reason(question.missing) for period in question.periods}
        base, cells = self._amount(code), {}
        for place, period in enumerate(question.periods):
            steady = is_share or code in self._manner.stocks
            growth = 1.0 + 0.02 * place if steady else _GROWTH[place % len(_GROWTH)]
            value: int | float = base * growth * self._random.uniform(0.98, 1.02)
            value = round(min(value, 100.0), 1) if is_share else round(value)
            last = place == len(question.periods) - 1
            estimated = last and self._random.random() < self._manner.estimated
            cells[period.code] = {"value": value, "estimated": True} if estimated else value
        return cells

    def instances(self, question: Question) -> list[dict[str, Any]]:
        low, high = self._manner.amounts.get(question.name, (1, _MAX_INSTANCES))
        return [{} for _ in range(self._random.randint(round(low), round(high)))]


def _scaled(value: Any, share: float) -> Any:
    """A number, or every number of a table, made smaller or larger; reasons and estimates stay what they are."""
    if isinstance(value, dict):
        return {key: _scaled(inner, share) if key != "estimated" else inner for key, inner in value.items()}
    if isinstance(value, bool | str) or not isinstance(value, int | float):
        return value
    return int(value * share) if isinstance(value, int) else round(value * share, 1)


_DRAW: dict[str, Callable[[_Drawing, Question], Any]] = {
    "text": _Drawing.text,
    "integer": _Drawing.number,
    "decimal": _Drawing.number,
    "select_one": _Drawing.select_one,
    "select_multiple": _Drawing.select_multiple,
    "date": _Drawing.day,
    "number_table": _Drawing.table,
    "repeat": _Drawing.instances,
}
