"""The items of a tally: what is published, or withheld, separately. Each depends on the questions that enter it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.codebook import QuestionnaireBook
from analysis.published_items import PEOPLE, QUESTION, SCORE
from analysis.rating_groups import people_key, rated_by, rating_lists
from analysis.tally import LeafTally
from survey_server.pipeline.cohorts.grouping import is_asked_of_enough

Items = Mapping[str, tuple[str, ...]]
"""Item → the names of the questions that enter it."""


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


def find_withheld(tally: LeafTally, items: Items, size: int) -> dict[str, dict[str, int]]:
    """The items that a cohort may not publish by itself, with how many were asked each question that enters them."""
    asked = count_asked(tally, items)
    by_item = {item: {question: asked[question] for question in entering} for item, entering in items.items()}
    return {item: each for item, each in by_item.items() if not is_asked_of_enough(each, size)}
