"""Counts of ratings by task. Without pandas, since the publisher uses it."""

from __future__ import annotations

from analysis.codebook import Choices
from analysis.disclosure import Shown
from analysis.rating_groups import people_key
from analysis.round_tally import RoundTally
from analysis.tally import LeafTally, QuestionTally

UNANSWERED, NOT_ASKED = "unanswered", "not_asked"


def reasons(listed: Choices) -> list[str]:
    """Why a question has no rating: the list's missing codes, then unanswered and not asked. Each is a column."""
    return [*listed.missing, UNANSWERED, NOT_ASKED]


def shown_ratings(
    rt: RoundTally, path: str, questionnaire: str, listed: Choices, task: str, questions: list[str]
) -> Shown:
    """What may be shown of a task's ratings: their base is how many people rated at all."""
    tally = rt.at(path, questionnaire)
    n = people_of(tally, listed, task)
    return rt.decide(path, questionnaire, n, is_published=n > 0 or tally.questions.keys() >= {*questions})


def people_of(tally: LeafTally, listed: Choices, task: str, code: str | None = None) -> int:
    """How many people gave a rating (`code`: this one) at least once among a task's questions."""
    return tally.people.get(people_key(task, listed.name, code), 0)


def choices_of(tally: LeafTally, questions: list[str], codes: list[str]) -> tuple[int, ...]:
    """How many answers gave each code."""
    found = _tallies(tally, questions)
    return tuple(sum(each.choices.get(code, 0) for each in found) for code in codes)


def reasons_of(tally: LeafTally, questions: list[str], codes: list[str]) -> tuple[int, ...]:
    """How many questions have no rating, in the order of `reasons`."""
    found = _tallies(tally, questions)
    given = (sum(each.missing.get(code, 0) for each in found) for code in codes)
    return (*given, sum(each.unanswered for each in found), sum(each.not_asked for each in found))


def _tallies(tally: LeafTally, questions: list[str]) -> list[QuestionTally]:
    return [tally.questions[name] for name in questions if name in tally.questions]
