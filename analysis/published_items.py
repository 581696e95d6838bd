"""The items of a tally that are published, or withheld, separately: a question, a score of a task or indicator, a count
of people over the ratings of a task. They are named "question/…", "score/…", "people/…"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from analysis.tally import LeafTally

QUESTION, SCORE, PEOPLE = "question", "score", "people"


def restrict_to(tally: LeafTally, items: Collection[str]) -> LeafTally:
    """A cohort's tally with these items only. How many were late is not published of people."""
    questions = {name.partition("/")[0] for name in tally.questions}
    return replace(tally, late=0).restrict(
        {name for name in questions if f"{QUESTION}/{name}" in items},
        {name for name in tally.moments if f"{SCORE}/{name}" in items},
        {name for name in tally.people if f"{PEOPLE}/{_without_code(name)}" in items},
    )


def withhold(tally: LeafTally, items: Collection[str]) -> LeafTally:
    """A cohort's tally without these items."""
    names = [f"{QUESTION}/{name.partition('/')[0]}" for name in tally.questions]
    names += [f"{SCORE}/{name}" for name in tally.moments]
    names += [f"{PEOPLE}/{_without_code(name)}" for name in tally.people]
    return restrict_to(tally, {*names} - {*items})


def extract_item(tally: LeafTally, item: str) -> LeafTally:
    """One item of a cohort's tally, of no responses: those are counted where the cohort is."""
    return replace(restrict_to(tally, {item}), n=0, simulated=0)


def _without_code(name: str) -> str:
    """The name of those who gave any rating, of that of those who gave a code."""
    return "/".join(name.split("/")[:3])
