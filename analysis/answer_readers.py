"""Reads the answers to one question, of any JSON value: what each adds to the places of its version's tally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from analysis.codebook import Question

Atom = int | tuple[int, float]  # the place of a count, or place and number

MAX_NUMBER = 1e140  # of an answer that is summed: its square has a fixed point

# Reads one answer: appends its atoms and, where it is a reason for no answer, the reason's place; says whether it is an
# answer.
Read = Callable[[Any, list[Atom], list[int]], bool]


class Places(NamedTuple):
    """Where a question, or a cell of a table, has its numbers: from `first` on, those of `number` last. `answered` is
    None where the choices add up to it."""

    name: str
    first: int
    answered: int | None
    choices: Mapping[str, int]
    missing: Mapping[str, int]
    not_asked: int
    unanswered: int
    estimated: int
    number: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A question with its places. `at`: row and period of a cell; `read`: None of a single choice outside repeats."""

    question: Question
    at: tuple[str, ...]
    places: Places
    read: Read | None
    by_code: Mapping[str, int]


def count_answers(counted: Counted, values: Sequence[Any]) -> list[Atom]:
    """What one response adds that was asked a question: once, or in each instance of its repeat. Of several reasons for
    no answer the first of the codebook counts."""
    found: list[Atom] = []
    reasons: list[int] = []
    question, places, read = counted.question, counted.places, counted.read
    assert read is not None
    assert places.answered is not None
    answers = [read(value, found, reasons) for value in values]
    if any(answers):
        return [places.answered, *(dict.fromkeys(found) if question.kind in ("choice", "choices") else found)]
    return [min(reasons) if reasons else places.unanswered]


def _read_choices(_question: Question, places: Places) -> Read:
    """Of one choice, or of several: none ticked, [], is an answer too."""
    choices, missing = places.choices, places.missing

    def read(given: Any, found: list[Atom], reasons: list[int]) -> bool:
        codes = [each for each in (given if isinstance(given, list) else [given]) if isinstance(each, str)]
        chosen = [choices[code] for code in codes if code in choices]
        found.extend(chosen)
        reasons.extend(missing[code] for code in codes if code in missing)
        return bool(chosen) or given == []

    return read


def _read_number(question: Question, places: Places) -> Read:
    may_be_truth = question.type == "calculate"  # a calculated true or false is 1 or 0, as in answers.csv

    def read(given: Any, found: list[Atom], reasons: list[int]) -> bool:
        if isinstance(given, Mapping):
            if given.get("estimated") is True:
                found.append(places.estimated)
            given = given.get("value")
        if isinstance(given, str):
            if given in places.missing:
                reasons.append(places.missing[given])
            return False
        is_number = isinstance(given, int | float) and (may_be_truth or not isinstance(given, bool))
        if not is_number or not -MAX_NUMBER < given < MAX_NUMBER:
            return False
        found.append((places.number, float(given)))
        return True

    return read


def _read_present(_question: Question, places: Places) -> Read:
    """Of texts, dates and repeats only whether there is one; of a repeat also how many instances."""

    def read(given: Any, found: list[Atom], _reasons: list[int]) -> bool:
        if given in (None, "", []):
            return False
        found.append((places.number, float(len(given)) if isinstance(given, list) else 1.0))
        return True

    return read


READERS: Mapping[str, Callable[[Question, Places], Read]] = {
    "choice": _read_choices,
    "choices": _read_choices,
    "number": _read_number,
    "table": _read_number,
    "text": _read_present,
    "moment": _read_present,
    "instances": _read_present,
}
