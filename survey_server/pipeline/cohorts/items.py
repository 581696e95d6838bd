"""The items of a tally: what is published, or withheld, separately. Each depends on the questions that enter it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from analysis.codebook import QuestionnaireBook, Scored
from analysis.published_items import PEOPLE, QUESTION, SCORE
from analysis.rating_groups import people_key, rated_by, rating_lists
from analysis.tally import LeafTally
from analysis.versions import JoinedVersions, Reading, cells_of
from survey_server.pipeline.cohorts.grouping import is_asked_of_enough

Items = Mapping[str, tuple[str, ...]]
"""Item → the names of the questions that enter it."""

Classes = Mapping[str, Mapping[str, str]]
"""Item that versions define differently (other options or cells of a question, other questions of a score) → version →
the first version that defines it alike. Those who answered one definition are counted apart: their answers could be
told from those of the others, for instance because only they could give an option."""


def items_of(book: QuestionnaireBook) -> Items:
    """Every question, every score of an indicator or task, every count of people over the ratings of a task."""
    return dict(_items(book))


def _items(book: QuestionnaireBook) -> Iterator[tuple[str, tuple[str, ...]]]:
    for question in book.questions:
        yield f"{QUESTION}/{question}", (question,)
    for task, scored in book.scored.items():
        yield f"{SCORE}/{task}", tuple(each.question for each in scored)
        for indicator in dict.fromkeys(each.indicator for each in scored):
            entering = tuple(each.question for each in scored if each.indicator == indicator)
            yield f"{SCORE}/{task}/{indicator}", entering
    for listed in rating_lists(book):
        for task, questions in rated_by(book, listed).items():
            yield f"{PEOPLE}/{people_key(task, listed.name)}", tuple(questions)


def count_asked(tally: LeafTally, items: Items) -> dict[str, int]:
    """How many people were asked each question."""
    not_asked: dict[str, int] = {}
    for name, each in tally.questions.items():
        question = name.partition("/")[0]  # all cells of a table are asked together
        not_asked[question] = max(not_asked.get(question, 0), each.not_asked)
    questions = {question for entering in items.values() for question in entering}
    return {question: tally.n - not_asked.get(question, 0) for question in sorted(questions)}


def find_withheld(
    tally: LeafTally,
    items: Items,
    size: int,
    versions: Mapping[str, LeafTally] | None = None,
    classes: Classes | None = None,
) -> dict[str, dict[str, int]]:
    """The items that a cohort may not publish by itself, with how many were asked each question that enters them.

    `versions`: of joined versions each one's part of the tally, by version.
    """
    asked = count_asked(tally, items)
    by_item = {item: {question: asked[question] for question in entering} for item, entering in items.items()}
    asked_by_version = {version: count_asked(each, items) for version, each in (versions or {}).items()}
    for item, class_of in (classes or {}).items():
        counted = Counter[str]()
        for version, own in asked_by_version.items():
            counted.update({f"{question}@{class_of.get(version, '')}": own[question] for question in items[item]})
        by_item[item] = dict(sorted(counted.items()))
    return {item: each for item, each in by_item.items() if not is_asked_of_enough(each, size)}


def joined_items(joined: JoinedVersions, books: Mapping[str, QuestionnaireBook]) -> tuple[Items, Classes]:
    """The items of joined versions. A question that enters an item in one of them enters it for all. `books`: the
    versions, by name."""
    defined = {version: _define_items(books[version], reading) for version, reading in joined.readings.items()}
    items: dict[str, tuple[str, ...]] = {}
    for item, entering in items_of(joined.book).items():
        own = (question for each in defined.values() if item in each for question in each[item].entering)
        items[item] = tuple(dict.fromkeys((*entering, *own)))
    classes: dict[str, Mapping[str, str]] = {}
    for item, entering in items.items():
        first: dict[object, str] = {}
        class_of: dict[str, str] = {}
        for version, each in defined.items():
            questions = tuple(each.get(f"{QUESTION}/{question}") for question in entering)
            is_score = item.startswith(f"{SCORE}/")
            definition = (each.get(item), is_score or questions)
            has_any = any(questions) or item in each
            class_of[version] = first.setdefault(definition, version) if has_any else ""
        if len(first) > 1:
            classes[item] = class_of
    return items, classes


class _Definition(NamedTuple):
    """What a version counts in an item, and the questions that enter it, in the names of the joined versions."""

    entering: tuple[str, ...]
    counted: str


def _define_items(book: QuestionnaireBook, reading: Reading) -> dict[str, _Definition]:
    """By item, in the names of the joined versions; without counts of people, which follow from their questions."""

    def named(question: str) -> str:
        return reading.names.get(cells_of(book.questions[question])[0], question).partition("/")[0]

    def coded(question: str, codes: Iterable[str]) -> list[str]:
        own = reading.codes.get(question, {})
        return sorted(own.get(code, code) for code in codes)

    found: dict[str, _Definition] = {}
    for question in book.questions.values():
        listed = book.choices.get(question.choices or "")
        codes = [*question.missing, *((*listed.options, *listed.missing) if listed is not None else ())]
        cells = sorted(reading.names.get(cell, cell) for cell in cells_of(question)) if question.kind == "table" else []
        name = named(question.name)
        found[f"{QUESTION}/{name}"] = _Definition((name,), repr((coded(question.name, codes), cells)))
    for task, scored in book.scored.items():
        for indicator in (None, *dict.fromkeys(each.indicator for each in scored)):
            own = [each for each in scored if indicator in (None, each.indicator)]
            described = sorted((each.indicator, named(each.question), _scores(each, coded)) for each in own)
            item = f"{SCORE}/{task}" + (f"/{indicator}" if indicator is not None else "")
            found[item] = _Definition(tuple(named(each.question) for each in own), repr(described))
    return found


def _scores(scored: Scored, coded: Callable[[str, Iterable[str]], list[str]]) -> list[tuple[str, float]]:
    return sorted((coded(scored.question, [code])[0], score) for code, score in scored.scores.items())
