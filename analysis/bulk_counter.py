"""Counts many responses to one version of a questionnaire at once, from the rows of its wide table.

Gives what `analysis.counter` gives, which counts one response after another, to the last digit: scores are the same
additions in the same order, sums are exact. A wide table does not hold answers that are not of their question's type:
`find_invalid` says which rows have some; those are counted by `analysis.counter`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.answer_readers import MAX_NUMBER, Counted
from analysis.bulk_scores import TaskScores
from analysis.bulk_tally import BulkSums, BulkTally, Key, Mask
from analysis.counter import LATE, MAX_WEIGHT, SIMULATED, N, ResponseCounter
from analysis.exact_sums import Doubles, Integers
from analysis.wide_rows import NOT_ASKED, NOT_VALID, Codes, Instances, WideRows, answer_column

Outcomes = npt.NDArray[np.int32]
"""Of each row the place that it counts at, from the first place of its question on."""
ENVELOPE = ("id", "weight", "late", "simulated")


class BulkCounter:
    """Of one version. `columns`: the names in its questionnaire's table, `inside`: those in the table of each
    repeat."""

    def __init__(
        self, counter: ResponseCounter, columns: Collection[str], inside: Mapping[str, Collection[str]]
    ) -> None:
        self.counter = counter
        self._columns, self._inside = columns, inside
        self._scores = [TaskScores(counter, task) for task in counter.book.scored]
        self._scored = {name for each in self._scores for name in each.questions}

    def columns_of(self, repeat: str | None) -> list[str]:
        """The columns that it reads of the questionnaire's table, or of a repeat's."""
        names = ["response"] if repeat is not None else list(ENVELOPE)
        for each in self.counter.counted:
            if each.question.repeat == repeat:
                names += self._names(each)
        return list(dict.fromkeys(names))

    def columns_of_scores(self) -> list[str]:
        """Those that `score` reads, and the ids."""
        names = ["id"]
        for each in self.counter.counted:
            if each.question.name in self._scored:
                names += self._names(each)
        return list(dict.fromkeys(names))

    def repeats(self) -> list[str]:
        return [each.question.name for each in self.counter.counted if each.question.kind == "instances"]

    def find_invalid(self, rows: WideRows, repeats: Mapping[str, Instances]) -> Mask:
        """The rows with an answer that a wide table does not hold."""
        found = np.zeros(len(rows), np.bool_)
        for name in self.columns_of(None):
            if name.endswith(".missing"):
                found |= _is_sign(rows.codes(name), NOT_VALID)
        for repeat, instances in repeats.items():
            for name in self.columns_of(repeat):
                if name.endswith(".missing"):
                    found[instances.response[_is_sign(instances.rows.codes(name), NOT_VALID)]] = True
        return found

    def tally(
        self, rows: WideRows, repeats: Mapping[str, Instances], groups: Integers, leaves: tuple[Key, ...]
    ) -> BulkTally[Key]:
        """`groups`: for each row the number of its leaf. Raises ValueError for a weight that is not a number from 0 to
        MAX_WEIGHT."""
        sums = BulkSums(self.counter.size, groups, leaves)
        sums.count(N)
        sums.count(LATE, rows.flags("late"))
        sums.count(SIMULATED, rows.flags("simulated"))
        scored: dict[str, Outcomes] = {}
        for each in self.counter.counted:
            if each.question.repeat is not None:
                self._count_inside(each, rows, repeats[each.question.repeat], sums)
            else:
                outcomes = self._count(each, rows, sums)
                if each.question.name in self._scored:
                    scored[each.question.name] = outcomes
        weights = rows.numbers("weight")
        if len(rows) and not (weights.min() >= 0 and weights.max() <= MAX_WEIGHT):
            raise ValueError(f"a weight that is not a number from 0 to {MAX_WEIGHT}")
        for task in self._scores:
            task.add(scored, weights, sums)
        return sums.tally()

    def score(self, rows: WideRows) -> dict[str, Doubles]:
        """The scores of each task, NaN where missing. An answer that a wide table does not hold has no score."""
        outcomes = {
            each.question.name: self._choice_outcomes(each, rows)
            for each in self.counter.counted
            if each.question.name in self._scored
        }
        found: dict[str, Doubles] = {}
        for task, scores in zip(self.counter.book.scored, self._scores, strict=True):
            _indicators, scored = scores.score([outcomes[name] for name in scores.questions])
            found[task] = np.where(scored.mask, scored.values, np.nan)
        return found

    def _name(self, counted: Counted) -> str:
        question = counted.question
        columns = self._columns if question.repeat is None else self._inside[question.repeat]
        return "/".join((answer_column(question.name, columns), *counted.at))

    def _names(self, counted: Counted) -> Iterator[str]:
        name, kind = self._name(counted), counted.question.kind
        yield name if kind != "choices" else f"{name}.label"
        yield f"{name}.missing"
        if kind == "choices":
            yield from (f"{name}/{code}" for code in counted.places.choices)
        elif kind == "table":
            yield f"{name}.estimated"

    def _count(self, counted: Counted, rows: WideRows, sums: BulkSums[Any]) -> Outcomes:
        """Count a question outside repeats, or a cell of a table."""
        name, places, kind = self._name(counted), counted.places, counted.question.kind
        if kind == "choice":
            outcomes = self._choice_outcomes(counted, rows)
            sums.count_outcomes(places, outcomes)
            return outcomes
        without = self._without_answer(counted, rows.codes(f"{name}.missing"))
        if kind == "choices":
            answered = self._empty_lists(rows, name)
            for code, place in places.choices.items():
                chosen = rows.flags(f"{name}/{code}")
                sums.count(place, chosen)
                answered |= chosen
        elif kind in ("text", "moment"):
            answered = rows.present(name)
            sums.count_ones(places.number, answered)
        else:
            values = rows.numbers(name)
            answered = (values > 0) if kind == "instances" else (values > -MAX_NUMBER) & (values < MAX_NUMBER)
            sums.add_numbers(places.number, values, answered)
            if kind == "table":
                sums.count(places.estimated, answered & rows.flags(f"{name}.estimated"))
        assert places.answered is not None
        outcomes = np.where(answered, np.int32(places.answered - places.first), without)
        sums.count_outcomes(places, outcomes)
        return outcomes

    def _choice_outcomes(self, counted: Counted, rows: WideRows) -> Outcomes:
        """Of a question with one choice, outside repeats."""
        name, first = self._name(counted), counted.places.first
        without = self._without_answer(counted, rows.codes(f"{name}.missing"))
        chosen = _look_up(rows.codes(name), {code: place - first for code, place in counted.by_code.items()}, -1)
        return np.where(chosen < 0, without, chosen)

    def _without_answer(self, counted: Counted, reasons: Codes) -> Outcomes:
        """What a row counts as unless it has an answer."""
        places, first = counted.places, counted.places.first
        known = {code: place - first for code, place in places.missing.items()}
        return _look_up(reasons, known | {NOT_ASKED: places.not_asked - first}, places.unanswered - first)

    def _empty_lists(self, rows: WideRows, name: str) -> Mask:
        """Where none was ticked: the words of the choices are empty, and there is no reason."""
        return _is_sign(rows.codes(f"{name}.label"), "") & ~rows.present(f"{name}.missing")

    def _count_inside(self, counted: Counted, rows: WideRows, instances: Instances, sums: BulkSums[Any]) -> None:
        """Count a question of a repeat: each person once, each number and each text."""
        name, places, inside = self._name(counted), counted.places, instances.rows
        response, size = instances.response, len(rows)
        answered = np.zeros(size, np.bool_)
        kind = counted.question.kind
        if kind in ("choice", "choices"):
            for code, place in places.choices.items():
                given = inside.flags(f"{name}/{code}") if kind == "choices" else _is_sign(inside.codes(name), code)
                chosen = _any_by(response, given, size)
                sums.count(place, chosen)
                answered |= chosen
            if kind == "choices":
                answered |= _any_by(response, self._empty_lists(inside, name), size)
        elif kind in ("text", "moment"):
            present = inside.present(name)
            sums.count_ones(places.number, present, of=response)
            answered = _any_by(response, present, size)
        else:
            values = inside.numbers(name)
            is_number = (values > -MAX_NUMBER) & (values < MAX_NUMBER)
            sums.add_numbers(places.number, values, is_number, of=response)
            answered = _any_by(response, is_number, size)
        assert places.answered is not None
        outcomes = self._reasons_inside(counted, inside.codes(f"{name}.missing"), response, size)
        outcomes[answered] = places.answered - places.first
        sums.count_outcomes(places, outcomes)

    def _reasons_inside(self, counted: Counted, reasons: Codes, response: Integers, size: int) -> Outcomes:
        """What a row counts as unless it has an answer: not asked where it has no instance or none was asked, else the
        first reason of the codebook among its instances."""
        places, first = counted.places, counted.places.first
        outcomes = np.full(size, places.not_asked - first, np.int32)
        outcomes[response[~_is_sign(reasons, NOT_ASKED)]] = places.unanswered - first
        for code, place in sorted(places.missing.items(), key=lambda each: each[1], reverse=True):
            outcomes[response[_is_sign(reasons, code)]] = place - first
        return outcomes


def _look_up(codes: Codes, places: Mapping[str, int], otherwise: int) -> Outcomes:
    table = [places.get(value, otherwise) for value in codes.values]
    found: Outcomes = np.array([*table, otherwise], np.int32)[codes.at]
    return found


def _is_sign(codes: Codes, sign: str) -> Mask:
    found: Any = codes.at == codes.values.index(sign) if sign in codes.values else np.zeros(len(codes.at), bool)
    return np.asarray(found, np.bool_)


def _any_by(response: Integers, given: Mask, size: int) -> Mask:
    found = np.zeros(size, np.bool_)
    found[response[given]] = True
    return found
