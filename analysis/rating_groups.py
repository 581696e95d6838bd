"""Which questions a chart of ratings adds up: those of a task that are answered from one list."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from analysis.codebook import Choices, QuestionnaireBook


def rating_lists(book: QuestionnaireBook) -> list[Choices]:
    """The ordered, scored lists that the questionnaire's scored questions use, the most used first."""
    counts = Counter(book.questions[each.question].choices or "" for each in chain(*book.scored.values()))
    lists = (book.choices[name] for name, _ in counts.most_common())
    return [listed for listed in lists if listed.scale == "ordinal" and len(listed.options) >= 3]


def rated_by(book: QuestionnaireBook, listed: Choices) -> dict[str, list[str]]:
    """The scored questions of each task that are answered from this list."""
    found = {
        task: [each.question for each in scored if book.questions[each.question].choices == listed.name]
        for task, scored in book.scored.items()
    }
    return {task: asked for task, asked in found.items() if asked}


def people_key(task: str, choices: str, code: str | None = None) -> str:
    """The name in `LeafTally.people` of those who gave a code at least once among a task's ratings from a list; without
    a code, of those who gave any rating."""
    return "/".join(("ratings", task, choices, *([code] if code is not None else [])))
