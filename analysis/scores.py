"""Scores of one response: answer → indicator → task, each 0–100.

An indicator is the mean of its questions that were answered; a task the mean of its indicators, weighted as the
framework says. "Don't know", "not applicable", "refused" and "not asked" enter no mean. A task is missing when fewer
than half of its scored questions that were asked are answered. Source: the survey's guidance; the form follows PAPI's
dimension, sub-dimension, indicator.

Doubles are added one after another, questions in the order of the codebook, indicators in that of the framework: other
programs (numpy, R) get the same bits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from analysis.codebook import Framework, QuestionnaireBook, Scored, Task

Scores = dict[str, float]  # "task1" or "task1/party_awareness" → score


def score_response(
    answers: Mapping[str, Any], not_asked: Collection[str], book: QuestionnaireBook, framework: Framework
) -> Scores:
    """The scores that a response has; what is missing is left out."""
    scores: Scores = {}
    for task, scored in book.scored.items():
        asked = [each for each in scored if each.question not in not_asked]
        scores |= score_task(framework.tasks[task], asked, [answers.get(each.question) for each in asked])
    return scores


def score_task(task: Task, asked: Sequence[Scored], given: Sequence[Any]) -> Scores:
    """The scores of a task and of its indicators. `asked`: its scored questions that were asked, `given` their answers.

    An answer that is not a code was stored with a problem; it has no score.
    """
    found: dict[str, list[float]] = {indicator: [] for indicator in task.indicators}
    for question, answer in zip(asked, given, strict=True):
        score = question.scores.get(answer) if isinstance(answer, str) else None
        if score is not None:
            found[question.indicator].append(score)
    means = {indicator: _add_in_order(values) / len(values) for indicator, values in found.items() if values}
    scores = {f"{task.code}/{indicator}": mean for indicator, mean in means.items()}
    answered = sum(map(len, found.values()))
    if answered and 2 * answered >= len(asked):
        weights = {indicator: task.indicators[indicator].weight for indicator in means}
        total = _add_in_order(weights.values())
        if total > 0:
            scores[task.code] = _add_in_order(weights[each] * mean for each, mean in means.items()) / total
    return scores


def _add_in_order(terms: Iterable[float]) -> float:
    """One double after another; `sum` compensates rounding errors in some versions of Python and not in others."""
    total = 0.0
    for term in terms:
        total += term
    return total
