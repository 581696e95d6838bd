"""Analysis of a survey round: scores, estimates, tables and charts. Knows nothing of the server.

>>> dataset = load_dataset("round.zip")  # doctest: +SKIP
>>> summarise(dataset, by=["province", "task"])  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.dataset import SurveyDataset, find_dataset, load_dataset
    from analysis.design import Design
    from analysis.estimate import estimate_mean, estimate_proportion, estimate_total
    from analysis.summaries import score_tasks, summarise

_PLACES = {
    "SurveyDataset": "dataset",
    "find_dataset": "dataset",
    "load_dataset": "dataset",
    "Design": "design",
    "estimate_mean": "estimate",
    "estimate_proportion": "estimate",
    "estimate_total": "estimate",
    "score_tasks": "summaries",
    "summarise": "summaries",
}
__all__ = [
    "Design", "SurveyDataset", "estimate_mean", "estimate_proportion", "estimate_total", "find_dataset",
    "load_dataset", "score_tasks", "summarise",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Imported when asked for: counting a leaf must not cost the import of pandas."""
    if name not in _PLACES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"analysis.{_PLACES[name]}"), name)
