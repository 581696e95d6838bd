"""The items of a tally: what is published, or withheld, separately. Each depends on the questions that enter it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from analysis.codebook import QuestionnaireBook
from analysis.rating_groups import people_key, rated_by, rating_lists
from analysis.tally import LeafTally
from survey_server.pipeline.cohorts.grouping import is_asked_of_enough

Items = Mapping[str, tuple[str, ...]]
"""Item → the names of the questions that enter it."""
_QUESTION, _SCORE, _PEOPLE = "question", "score", "people"


def items_of(book: QuestionnaireBook) -> Items:
    """Every question, every score of an indicator or task, every count of people over the ratings of a task."""
    return dict(_items(book))


def _items(book: QuestionnaireBook) -> Iterator[tuple[str, tuple[str, ...]]]:
    for question in book.questions:
        yield f"{_QUESTION}/{question}", (question,)
    for task, scored in book.scored.items():
        yield f"{_SCORE}/{task}", tuple(each.question for each in scored)
        for indicator in dict.fromkeys(each.indicator for each in scored):
            entering = tuple(each.question for each in scored if each.indicator == indicator)
            yield f"{_SCORE}/{task}/{indicator}", entering
    for listed in rating_lists(book):
        for task, questions in rated_by(book, listed).items():
            yield f"{_PEOPLE}/{people_key(task, listed.name)}", tuple(questions)


def count_asked(tally: LeafTally, items: Items) -> dict[str, int]:
    """How many people were asked each question."""
    not_asked: dict[str, int] = {}
    for name, each in tally.questions.items():
        question = name.partition("/")[0]  # all cells of a table are asked together
        not_asked[question] = max(not_asked.get(question, 0), each.not_asked)
    questions = {question for entering in items.values() for question in entering}
    return {question: tally.n - not_asked.get(question, 0) for question in sorted(questions)}


def find_withheld(tally: LeafTally, items: Items, size: int) -> dict[str, dict[str, int]]:
    """The items that a cohort may not publish by itself, with how many were asked each question that enters them."""
    asked = count_asked(tally, items)
    by_item = {item: {question: asked[question] for question in entering} for item, entering in items.items()}
    return {item: each for item, each in by_item.items() if not is_asked_of_enough(each, size)}


def restrict_to(tally: LeafTally, items: Collection[str]) -> LeafTally:
    """A cohort's tally with these items only. How many were late is not published of people."""
    questions = {name.partition("/")[0] for name in tally.questions}
    return replace(tally, late=0).restrict(
        {name for name in questions if f"{_QUESTION}/{name}" in items},
        {name for name in tally.moments if f"{_SCORE}/{name}" in items},
        {name for name in tally.people if f"{_PEOPLE}/{_without_code(name)}" in items},
    )


def extract_item(tally: LeafTally, item: str) -> LeafTally:
    """One item of a cohort's tally, of no responses: those are counted where the cohort is."""
    return replace(restrict_to(tally, {item}), n=0, simulated=0)


def _without_code(name: str) -> str:
    """The name of those who gave any rating, of that of those who gave a code."""
    return "/".join(name.split("/")[:3])
