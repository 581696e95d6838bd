"""Counts responses to one version of a questionnaire: what they add to the tally of their leaf.

The version is compiled once: each count, number and score has its *place*. Many responses are then counted question by
question (`analysis.answer_columns`) and task by task (`analysis.task_sums`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from analysis.answer_columns import NOT_ASKED, Columns, Sums, count_column
from analysis.answer_readers import READERS, Counted, Places
from analysis.codebook import Choices, Framework, Question, QuestionnaireBook, Scored
from analysis.rating_groups import people_key, rated_by, rating_lists
from analysis.tally import NO_ANSWERS, CountedResponse, LeafTally, Moments, Numbers, QuestionTally
from analysis.task_sums import IndicatorColumns, TaskColumns

MAX_WEIGHT = 1e140
_MAX_ROUTES = 1 << 10  # remembered of a version
N, LATE, SIMULATED = range(3)


def contribution(response: CountedResponse, book: QuestionnaireBook, framework: Framework) -> LeafTally:
    """What a response adds to its leaf. For many responses make one `ResponseCounter`."""
    return ResponseCounter(book, framework).contribution(response)


def tally_leaf(responses: Iterable[CountedResponse], book: QuestionnaireBook, framework: Framework) -> LeafTally:
    """The tally of the responses of one leaf."""
    return ResponseCounter(book, framework).tally(responses)


class ResponseCounter:
    """Counts responses to a version; safe to use from several threads, since what it remembers never changes."""

    def __init__(self, book: QuestionnaireBook, framework: Framework) -> None:
        self.book, self.framework = book, framework
        self.size = SIMULATED + 1
        self.counted = [self._compile(question, at) for question in book.questions.values() for at in _cells(question)]
        self.moments = {
            name: self._take(len(Moments._fields))
            for task in book.scored
            for name in (task, *(f"{task}/{indicator}" for indicator in framework.tasks[task].indicators))
        }
        self.people: dict[str, int] = {}
        self.people_by_code = {task: self._group_people(task, scored) for task, scored in book.scored.items()}
        self._tasks = [self._compile_task(task, scored) for task, scored in book.scored.items()]
        self._off_route: dict[frozenset[str], dict[str, Any]] = {}

    def contribution(self, response: CountedResponse) -> LeafTally:
        """What a response adds to its leaf."""
        return self.tally([response])

    def tally(self, responses: Iterable[CountedResponse]) -> LeafTally:
        """The tally of some responses."""
        return self.to_tally(self.sums(list(responses)))

    def sums(self, responses: Sequence[CountedResponse]) -> Sums:
        """What responses add. Raises ValueError for one that `check` does not let pass."""
        for each in responses:
            check(each)
        weights = [each.weight for each in responses]
        columns = Columns([self._answers(each) for each in responses])
        sums: Sums = {N: len(responses)}
        sums[LATE] = sum(1 for each in responses if each.late)
        sums[SIMULATED] = sum(1 for each in responses if each.simulated)
        for counted in self.counted:
            count_column(counted, columns, sums)
        for task in self._tasks:
            task.add(columns, None if weights.count(1.0) == len(weights) else weights, sums)
        return sums

    def to_tally(self, sums: Sums) -> LeafTally:
        get = sums.get
        questions = {each.places.name: _question_tally(each.places, sums) for each in self.counted}
        moments = {name: Moments(*(get(place + k, 0) for k in range(7))) for name, place in self.moments.items()}
        people = {name: get(place, 0) for name, place in self.people.items()}
        return LeafTally(
            get(N, 0),
            get(LATE, 0),
            get(SIMULATED, 0),
            {name: questions[name] for name in sorted(questions) if questions[name] != NO_ANSWERS},
            {name: moments[name] for name in sorted(moments) if any(moments[name])},
            {name: people[name] for name in sorted(people) if people[name]},
        )

    def to_sums(self, tally: LeafTally) -> Sums:
        """The reverse of `to_tally`. Raises KeyError for a tally of another version or program."""
        places = {each.places.name: each.places for each in self.counted}
        pairs = [(N, tally.n), (LATE, tally.late), (SIMULATED, tally.simulated)]
        for name, question in tally.questions.items():
            pairs += _question_sums(places[name], question)
        for name, moments in tally.moments.items():
            pairs += enumerate(moments, self.moments[name])
        pairs += [(self.people[name], count) for name, count in tally.people.items()]
        return {place: number for place, number in pairs if number}

    def _take(self, size: int) -> int:
        """The first of as many new places."""
        self.size += size
        return self.size - size

    def _compile(self, question: Question, at: tuple[str, ...]) -> Counted:
        listed = self.book.choices.get(question.choices or "") if question.kind in ("choice", "choices") else None
        reasons = listed.missing if listed is not None else question.missing
        is_single = question.kind == "choice" and question.repeat is None
        places = Places(
            "/".join((question.name, *at)),
            self.size,
            None if is_single else self._take(1),
            {code: self._take(1) for code in _options(listed)},
            {code: self._take(1) for code in reasons},
            not_asked=self._take(1),
            unanswered=self._take(1),
            estimated=self._take(1),
            number=self._take(len(Numbers._fields)),
        )
        read = None if is_single else READERS[question.kind](question, places)
        return Counted(question, at, places, read, {**places.choices, **places.missing})

    def _group_people(self, task: str, scored: Sequence[Scored]) -> dict[str, dict[str, tuple[int, ...]]]:
        """By scored question: code → places of the people who gave it."""
        found: dict[str, dict[str, tuple[int, ...]]] = {each.question: {} for each in scored}
        for listed in rating_lists(self.book):
            questions = rated_by(self.book, listed).get(task, [])
            if not questions:
                continue
            codes = [*_options(listed), *listed.missing]
            own = {code: self._people_place(people_key(task, listed.name, code)) for code in codes}
            rated = self._people_place(people_key(task, listed.name))
            by_code: dict[str, tuple[int, ...]] = {
                code: (own[code],) if code in listed.missing else (own[code], rated) for code in codes
            }
            found |= dict.fromkeys(questions, by_code)
        return found

    def _people_place(self, name: str) -> int:
        self.people[name] = self._take(1)
        return self.people[name]

    def _compile_task(self, task: str, scored: Sequence[Scored]) -> TaskColumns:
        bits = {
            question: {code: sum(1 << place for place in places) for code, places in by_code.items()}
            for question, by_code in self.people_by_code[task].items()
        }
        indicators = []
        for name, indicator in self.framework.tasks[task].indicators.items():
            own = [each for each in scored if each.indicator == name]
            people = [bits[each.question] for each in own]
            indicators.append(IndicatorColumns(self.moments[f"{task}/{name}"], indicator.weight, own, people))
        return TaskColumns(self.moments[task], indicators)

    def _answers(self, response: CountedResponse) -> Mapping[str, Any]:
        """With NOT_ASKED for what is off the route, whatever was answered."""
        not_asked = response.not_asked
        if not not_asked:
            return response.answers
        marks = self._off_route.get(not_asked)
        if marks is None:
            if len(self._off_route) >= _MAX_ROUTES:
                self._off_route.clear()
            marks = self._off_route[not_asked] = dict.fromkeys(not_asked, NOT_ASKED)
        return {**response.answers, **marks}


def check(response: CountedResponse) -> None:
    """Raise ValueError for a response that cannot be counted: its answers must be an object, its weight a number from 0
    to MAX_WEIGHT."""
    if not isinstance(response.answers, Mapping):
        raise ValueError("answers that are no object")
    if not 0 <= response.weight <= MAX_WEIGHT:
        raise ValueError(f"a weight of {response.weight}")


def add_sums(sums: Sums, other: Sums, sign: int = 1) -> None:
    """Add other sums to the first, or with -1 take them away."""
    for place, number in other.items():
        sums[place] = sums.get(place, 0) + sign * number


def _question_tally(places: Places, sums: Sums) -> QuestionTally:
    get = sums.get
    choices = {code: count for code, place in places.choices.items() if (count := get(place, 0))}
    return QuestionTally(
        sum(choices.values()) if places.answered is None else get(places.answered, 0),
        choices,
        {code: count for code, place in places.missing.items() if (count := get(place, 0))},
        get(places.not_asked, 0),
        get(places.unanswered, 0),
        get(places.estimated, 0),
        Numbers(*(get(places.number + k, 0) for k in range(3))),
    )


def _question_sums(places: Places, tally: QuestionTally) -> Iterator[tuple[int, int]]:
    if places.answered is not None:
        yield places.answered, tally.answered
    for code, count in tally.choices.items():
        yield places.choices[code], count
    for code, count in tally.missing.items():
        yield places.missing[code], count
    yield places.not_asked, tally.not_asked
    yield places.unanswered, tally.unanswered
    yield places.estimated, tally.estimated
    yield from enumerate(tally.number, places.number)


def _cells(question: Question) -> list[tuple[str, ...]]:
    """Row and period of each cell of a table; of another question one without."""
    if question.kind != "table":
        return [()]
    return [(row["code"], period["code"]) for row in question.rows for period in question.periods]


def _options(listed: Choices | None) -> list[str]:
    return [code for code in listed.options if code not in listed.missing] if listed is not None else []
