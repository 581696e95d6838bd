"""Counts of ratings by task, and which of them may be shown. Without pandas, since the publisher uses it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from analysis.codebook import Choices
from analysis.disclosure import NOTHING_HIDDEN, Shown
from analysis.round_tally import RoundTally
from analysis.tally import LeafTally, QuestionTally

UNANSWERED, NOT_ASKED = "unanswered", "not_asked"
SPREAD, SILENT, APART, FIRST = "spread", "missing", "reasons", "first reason"


def reasons(listed: Choices) -> list[str]:
    """Why a question has no rating: the list's missing codes, then unanswered and not asked. Each is a column."""
    return [*listed.missing, UNANSWERED, NOT_ASKED]


def rating_cells(
    rt: RoundTally, questionnaire: str, listed: Choices, task: str, questions: list[str]
) -> dict[str, dict[str, Shown]]:
    """What may be shown of a task's ratings at each locality: their distribution, the questions without a rating, and
    the reasons."""
    codes = list(listed.missing)
    parts: dict[str, Callable[[LeafTally], tuple[int, ...]]] = {
        SPREAD: partial(choices_of, questions=questions, codes=list(listed.options)),
        SILENT: partial(silent_of, questions=questions),
        APART: partial(reasons_of, questions=questions, codes=codes),
        **({FIRST: partial(first_reason, questions=questions, codes=codes)} if codes else {}),
    }
    name = f"ratings/{listed.name}/{task}"
    return {cell: rt.shown_parts(questionnaire, f"{name}/{cell}", counted) for cell, counted in parts.items()}


def shown_reasons(
    cells: dict[str, dict[str, Shown]], path: str, tally: LeafTally, listed: Choices, questions: list[str]
) -> dict[str, int]:
    """The counts by reason where none is small; else those of the first missing code ("don't know") and of not asked;
    else of not asked only."""
    codes = list(listed.missing)
    apart = reasons_of(tally, questions, codes)
    not_asked = apart[-1]
    if not cells[APART].get(path, NOTHING_HIDDEN).hidden:
        return dict(zip(reasons(listed), apart, strict=True))
    if codes and not cells[FIRST].get(path, NOTHING_HIDDEN).hidden:
        return {codes[0]: first_reason(tally, questions, codes)[0], NOT_ASKED: not_asked}
    return {NOT_ASKED: not_asked}


def choices_of(tally: LeafTally, questions: list[str], codes: list[str]) -> tuple[int, ...]:
    found = _tallies(tally, questions)
    return tuple(sum(each.choices.get(code, 0) for each in found) for code in codes)


def silent_of(tally: LeafTally, questions: list[str]) -> tuple[int, int]:
    """How many questions were asked and have no rating, and how many were not asked. With the ratings they add up to
    responses × questions, so that one discloses the other."""
    found = _tallies(tally, questions)
    return sum(sum(each.missing.values()) + each.unanswered for each in found), sum(each.not_asked for each in found)


def reasons_of(tally: LeafTally, questions: list[str], codes: list[str]) -> tuple[int, ...]:
    """In the order of `reasons`."""
    found = _tallies(tally, questions)
    given = (sum(each.missing.get(code, 0) for each in found) for code in codes)
    return (*given, sum(each.unanswered for each in found), sum(each.not_asked for each in found))


def first_reason(tally: LeafTally, questions: list[str], codes: list[str]) -> tuple[int, ...]:
    """The first reason, all others, and those who were not asked."""
    first, *others, not_asked = reasons_of(tally, questions, codes)
    return first, sum(others), not_asked


def _tallies(tally: LeafTally, questions: list[str]) -> list[QuestionTally]:
    return [tally.questions[name] for name in questions if name in tally.questions]
