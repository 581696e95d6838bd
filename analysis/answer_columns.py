"""Counts what many responses answered to one question at once.

A column holds what each response answered, None where it holds nothing, NOT_ASKED where the question is off its route.
Equal answers are counted first and read once, so that a response costs little more than looking its answers up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from analysis.answer_readers import MAX_NUMBER, Atom, Counted, count_answers
from analysis.exact import ONE, fixed, fixed_sums

Sums = dict[int, int]  # by place; a number takes three places, a score seven


class _NotAsked:
    __slots__ = ()


NOT_ASKED: Final = _NotAsked()
Column = Sequence[Any]
_TEXTS = frozenset({str, type(None), _NotAsked})
_LISTS = frozenset({list, type(None), _NotAsked})


class Columns:
    """The columns of some responses' answers; each is collected once."""

    def __init__(self, answers: Iterable[Mapping[str, Any]]) -> None:
        self._get = [each.get for each in answers]
        self._known: dict[tuple[str, ...], Column] = {}
        self._codes: dict[str, Column] = {}
        self._instances: dict[str, list[list[Mapping[str, Any]]]] = {}

    def values(self, name: str, *at: str) -> Column:
        """The answers to a question; `at`: row and period of a cell of a table."""
        path = (name, *at)
        found = self._known.get(path)
        if found is None:
            found = _look_up(self.values(*path[:-1]), path[-1]) if at else [get(name) for get in self._get]
            self._known[path] = found
        return found

    def codes(self, name: str) -> Column:
        """The answers to a choice: what is no text counts as nothing."""
        found = self._codes.get(name)
        if found is None:
            found = self.values(name)
            if not _TEXTS.issuperset(map(type, found)):
                found = [each if each.__class__ in _TEXTS else None for each in found]
            self._codes[name] = found
        return found

    def instances(self, repeat: str, name: str) -> list[list[Mapping[str, Any]]]:
        """The instances of a question's repeat; none where the question or the repeat is off the route."""
        found = self._instances.get(repeat)
        if found is None:
            found = self._instances[repeat] = [
                [own for own in each if own.__class__ is dict] if each.__class__ is list else []
                for each in self.values(repeat)
            ]
        if NOT_ASKED not in self.values(name):
            return found
        return [[] if own is NOT_ASKED else listed for own, listed in zip(self.values(name), found, strict=True)]


def _look_up(column: Column, code: str) -> Column:
    return [
        each.get(code) if each.__class__ is dict
        else each if each is NOT_ASKED
        else each.get(code) if isinstance(each, Mapping)
        else None
        for each in column
    ]  # fmt: skip


def count_column(counted: Counted, columns: Columns, sums: Sums) -> None:
    """Add what the responses answered to a question, or in a cell of a table."""
    question = counted.question
    if counted.read is None:
        _count_codes(counted, columns.codes(question.name), sums)
    elif question.repeat is not None:
        _count_instances(counted, columns.instances(question.repeat, question.name), sums)
    else:
        _count_answers(counted, columns.values(question.name, *counted.at), sums)


def _count_answers(counted: Counted, column: Column, sums: Sums) -> None:
    kind = counted.question.kind
    if kind in ("number", "table"):
        column = _count_numbers(counted, column, sums)
    elif kind == "instances":
        column = _count_lengths(counted, column, sums)
    if kind in ("text", "moment") and _TEXTS.issuperset(map(type, column)):
        _count_texts(counted, column, sums)
    elif column:
        _count_distinct(counted, column, sums)


def _count_codes(counted: Counted, codes: Column, sums: Sums) -> None:
    by_code, places = counted.by_code, counted.places
    for code, times in Counter(codes).items():
        place = places.not_asked if code is NOT_ASKED else by_code.get(code, places.unanswered)
        sums[place] = sums.get(place, 0) + times


def _count_numbers(counted: Counted, column: Column, sums: Sums) -> Column:
    """Count the numbers, estimated or not; returns the other answers."""
    numbers: list[int | float] = []
    others: list[Any] = []
    estimated = 0
    for each in column:
        number = each.get("value") if each.__class__ is dict else each
        if (number.__class__ is int or number.__class__ is float) and -MAX_NUMBER < number < MAX_NUMBER:
            numbers.append(number)
            if number is not each and each.get("estimated") is True:
                estimated += 1
        else:
            others.append(each)
    if numbers:
        assert counted.places.answered is not None
        _add(sums, counted.places.answered, len(numbers))
        _add(sums, counted.places.estimated, estimated)
        _add_all(sums, counted.places.number, (len(numbers), *fixed_sums(numbers)))
    return others


def _count_texts(counted: Counted, column: Column, sums: Sums) -> None:
    not_asked = sum([each is NOT_ASKED for each in column])
    n = len(list(filter(None, column))) - not_asked
    _add(sums, counted.places.not_asked, not_asked)
    _add_present(counted, len(column) - not_asked, n, (n, n * ONE, n * ONE), sums)


def _count_lengths(counted: Counted, column: Column, sums: Sums) -> Column:
    """Count the repeats that have instances; returns the other answers."""
    lengths = [len(each) for each in column if each.__class__ is list and each]
    _add_present(counted, len(lengths), len(lengths), (len(lengths), *fixed_sums(lengths)), sums)
    return [each for each in column if not (each.__class__ is list and each)]


def _add_present(counted: Counted, asked: int, answered: int, number: tuple[int, int, int], sums: Sums) -> None:
    """Of texts and repeats: how many people were asked and answered, and the sums of the numbers that stand for their
    answers."""
    places = counted.places
    assert places.answered is not None
    _add(sums, places.answered, answered)
    _add(sums, places.unanswered, asked - answered)
    _add_all(sums, places.number, number)


def _count_distinct(counted: Counted, column: Column, sums: Sums) -> None:
    if column.count(None) == len(column):
        _add(sums, counted.places.unanswered, len(column))
        return
    atoms: list[Atom] = []
    for value, times in _distinct(column):
        atoms += (count_answers(counted, [value]) if value is not NOT_ASKED else [counted.places.not_asked]) * times
    _add_atoms(sums, atoms)


def _distinct(column: Column) -> Iterable[tuple[Any, int]]:
    """The answers that are read alike only where they are equal: texts and lists of texts; all others one by one, for
    1, 1.0 and true are equal."""
    kinds = set(map(type, column))
    if kinds <= _TEXTS:
        return Counter(column).items()
    listed = chain.from_iterable(each for each in column if each.__class__ is list)
    if kinds <= _LISTS and _TEXTS.issuperset(map(type, listed)):
        counted = Counter([tuple(each) if each.__class__ is list else each for each in column])
        return [(list(each) if each.__class__ is tuple else each, times) for each, times in counted.items()]
    return [(each, 1) for each in column]


def _count_instances(counted: Counted, instances: Sequence[Sequence[Mapping[str, Any]]], sums: Sums) -> None:
    """A repeat without instances asks nothing; one with one instance asks as if there were no repeat."""
    name = counted.question.name
    answers = [[each.get(name) for each in listed] for listed in instances]
    flat = list(chain.from_iterable(answers))
    if counted.question.kind in ("text", "moment") and _TEXTS.issuperset(map(type, flat)):
        asked = len(list(filter(None, answers)))
        _add(sums, counted.places.not_asked, len(answers) - asked)
        n = len(list(filter(None, flat)))
        _add_present(counted, asked, sum(map(any, answers)), (n, n * ONE, n * ONE), sums)
        return
    single: list[Any] = []
    atoms: list[Atom] = []
    for values in answers:
        if len(values) > 1:
            atoms += count_answers(counted, values)
        else:
            single.append(values[0] if values else NOT_ASKED)
    _add_atoms(sums, atoms)
    _count_answers(counted, single, sums)


def _add_atoms(sums: Sums, atoms: Iterable[Atom]) -> None:
    for atom, times in Counter(atoms).items():
        if isinstance(atom, int):
            _add(sums, atom, times)
        else:
            place, number = atom
            _add_all(sums, place, (times, times * fixed(number), times * fixed(number * number)))


def _add(sums: Sums, place: int, number: int) -> None:
    sums[place] = sums.get(place, 0) + number


def _add_all(sums: Sums, place: int, numbers: Iterable[int]) -> None:
    for number in numbers:
        sums[place] = sums.get(place, 0) + number
        place += 1
