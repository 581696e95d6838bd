"""Counts responses to one version of a questionnaire: what each adds to the tally of its leaf.

The version is compiled once. A response then becomes a list of *atoms*, each of which adds to one place of the tally:
the number of a count, (place, number) of a number, (place, weight, score) of a score. Atoms are counted before anything
is multiplied, so that a thousand responses cost little more than the reading of their answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analysis.answer_readers import READERS, Atom, Counted, Places, count_answers
from analysis.codebook import Choices, Framework, Question, QuestionnaireBook, Scored
from analysis.exact import fixed
from analysis.rating_groups import people_key, rated_by, rating_lists
from analysis.scores import score_task
from analysis.tally import CountedResponse, LeafTally, Moments, Numbers, QuestionTally, moments_of

Sums = dict[int, int]  # by place; a number takes three places, a score seven

MAX_WEIGHT = 1e140
_MAX_ROUTES = 1 << 10  # remembered of a version
_MAX_RATED = 1 << 14  # combinations of answers to the scored questions of a task, remembered of a route
N, LATE, SIMULATED = range(3)


def contribution(response: CountedResponse, book: QuestionnaireBook, framework: Framework) -> LeafTally:
    """What a response adds to its leaf. For many responses make one `ResponseCounter`."""
    return ResponseCounter(book, framework).contribution(response)


def tally_leaf(responses: Iterable[CountedResponse], book: QuestionnaireBook, framework: Framework) -> LeafTally:
    """The tally of the responses of one leaf."""
    return ResponseCounter(book, framework).tally(responses)


class _Rated(NamedTuple):
    """What the answers to a task's scored questions add: places of counted people, and places with scores; `alone`: all
    of it as atoms, for a response of weight 1."""

    people: tuple[int, ...]
    scores: tuple[tuple[int, float], ...]
    alone: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class _RatedTask:
    """A task's scored questions that were asked; `people`: for each the places of those who gave a code."""

    code: str
    asked: Sequence[Scored]
    people: Sequence[Mapping[str, tuple[int, ...]]]
    known: dict[tuple[str | None, ...], _Rated] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Route:
    """How to count the responses that were asked the same questions. `fixed`: what each of them adds."""

    fixed: tuple[int, ...]
    single: Sequence[tuple[str, Mapping[str, int], int]]  # name, place by code, place of no answer
    others: Sequence[Counted]
    tasks: Sequence[_RatedTask]


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
        self._routes: dict[frozenset[str], _Route] = {}

    def contribution(self, response: CountedResponse) -> LeafTally:
        """What a response adds to its leaf."""
        return self.tally([response])

    def tally(self, responses: Iterable[CountedResponse]) -> LeafTally:
        """The tally of some responses."""
        atoms = Counter[Atom]()
        for each in responses:
            atoms.update(self.atoms(each))
        return self.to_tally(add_atoms({}, atoms))

    def atoms(self, response: CountedResponse) -> list[Atom]:
        """What a response adds, to be counted and given to `add_atoms`. Reads any JSON object; raises ValueError for a
        weight that is not a number from 0 to MAX_WEIGHT."""
        route = self._route(response.not_asked)
        given, weight = response.answers.get, response.weight
        if not 0 <= weight <= MAX_WEIGHT:
            raise ValueError(f"a weight of {weight}")
        atoms: list[Atom] = [*route.fixed]
        for name, by_code, unanswered in route.single:
            code = given(name)
            atoms.append(by_code.get(code, unanswered) if code.__class__ is str else unanswered)
        for each in route.others:
            count_answers(each, given, atoms)
        for task in route.tasks:
            rated = self._rate(task, given)
            if weight == 1.0:
                atoms += rated.alone
            else:
                atoms += rated.people
                atoms += [(place, weight, score) for place, score in rated.scores]
        if response.late:
            atoms.append(LATE)
        if response.simulated:
            atoms.append(SIMULATED)
        return atoms

    def to_tally(self, sums: Sums) -> LeafTally:
        get = sums.get
        questions = {each.places.name: _question_tally(each.places, sums) for each in self.counted}
        moments = {name: Moments(*(get(place + k, 0) for k in range(7))) for name, place in self.moments.items()}
        people = {name: get(place, 0) for name, place in self.people.items()}
        return LeafTally(
            get(N, 0),
            get(LATE, 0),
            get(SIMULATED, 0),
            {name: questions[name] for name in sorted(questions) if questions[name] != QuestionTally()},
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

    def _route(self, not_asked: frozenset[str]) -> _Route:
        found = self._routes.get(not_asked)
        if found is None:
            if len(self._routes) >= _MAX_ROUTES:
                self._routes.clear()
            found = self._routes[not_asked] = self._compile_route(not_asked)
        return found

    def _compile_route(self, not_asked: frozenset[str]) -> _Route:
        asked, fixed_places = [], [N]
        for each in self.counted:
            if each.question.name in not_asked or each.question.repeat in not_asked:
                fixed_places.append(each.places.not_asked)
            else:
                asked.append(each)
        tasks = []
        for task, scored in self.book.scored.items():
            own = [each for each in scored if each.question not in not_asked]
            tasks.append(_RatedTask(task, own, [self.people_by_code[task][each.question] for each in own]))
        return _Route(
            tuple(fixed_places),
            [(each.question.name, each.by_code, each.places.unanswered) for each in asked if each.read is None],
            [each for each in asked if each.read is not None],
            tasks,
        )

    def _rate(self, task: _RatedTask, given: Callable[[str], Any]) -> _Rated:
        codes = tuple([code if (code := given(each.question)).__class__ is str else None for each in task.asked])
        found = task.known.get(codes)
        if found is None:
            if len(task.known) >= _MAX_RATED:
                task.known.clear()
            people = {
                place for code, by_code in zip(codes, task.people, strict=True) for place in by_code.get(code or "", ())
            }
            by_name = score_task(self.framework.tasks[task.code], task.asked, codes)
            scores = tuple((self.moments[name], score) for name, score in by_name.items())
            alone: list[Atom] = [*people, *((place, 1.0, score) for place, score in scores)]
            found = task.known[codes] = _Rated(tuple(people), scores, tuple(alone))
        return found


def add_atoms(sums: Sums, atoms: Mapping[Atom, int]) -> Sums:
    """Add atoms to the sums, each as often as it is counted; a negative count takes away. Returns the sums."""
    for atom, times in atoms.items():
        if isinstance(atom, int):
            sums[atom] = sums.get(atom, 0) + times
        else:
            place, terms = atom[0], _terms(atom)
            for k, term in enumerate(terms, place):
                sums[k] = sums.get(k, 0) + times * term
    return sums


def _terms(atom: tuple[int, float] | tuple[int, float, float]) -> tuple[int, ...]:
    if len(atom) == 3:
        return moments_of(*atom[1:])
    number = atom[1]
    return 1, fixed(number), fixed(number * number)


def _question_tally(places: Places, sums: Sums) -> QuestionTally:
    get = sums.get
    choices = {code: count for code, place in sorted(places.choices.items()) if (count := get(place, 0))}
    return QuestionTally(
        sum(choices.values()) if places.answered is None else get(places.answered, 0),
        choices,
        {code: count for code, place in sorted(places.missing.items()) if (count := get(place, 0))},
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
