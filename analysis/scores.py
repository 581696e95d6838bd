"""Scores of one response: answer → indicator → task, each 0–100.

An indicator is the mean of its questions that were answered; a task the mean of its indicators, weighted as the
framework says. "Don't know", "not applicable", "refused" and "not asked" enter no mean. A task is missing when fewer
than half of its scored questions that were asked are answered. Source: the survey's guidance; the form follows PAPI's
dimension, sub-dimension, indicator.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from analysis.codebook import Framework, QuestionnaireBook

Scores = dict[str, float]  # "task1" or "task1/party_awareness" → score


def score_response(
    answers: Mapping[str, Any], not_asked: Collection[str], book: QuestionnaireBook, framework: Framework
) -> Scores:
    """The scores that a response has; what is missing is left out."""
    scores: Scores = {}
    for task, scored in book.scored.items():
        found: dict[str, list[float]] = {}
        asked = [each for each in scored if each.question not in not_asked]
        for each in asked:
            given = answers.get(each.question)
            # An answer that is not a code was stored with a problem; it has no score.
            score = each.scores.get(given) if isinstance(given, str) else None
            if score is not None:
                found.setdefault(each.indicator, []).append(score)
        means = {indicator: math.fsum(values) / len(values) for indicator, values in found.items()}
        scores.update({f"{task}/{indicator}": mean for indicator, mean in means.items()})
        answered = sum(map(len, found.values()))
        if answered and 2 * answered >= len(asked):
            weights = {indicator: framework.tasks[task].indicators[indicator].weight for indicator in means}
            total = math.fsum(weights.values())
            if total > 0:
                scores[task] = math.fsum(weights[each] * mean for each, mean in means.items()) / total
    return scores
