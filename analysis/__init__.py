"""Analysis of a survey round: scores, estimates, tables and charts. Knows nothing of the server.

>>> dataset = load_dataset("round.zip")  # doctest: +SKIP
>>> summarise(dataset, by=["province", "task"])  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.charts.completeness import plot_completeness
    from analysis.charts.dots import plot_dots
    from analysis.charts.heat_map import plot_heat_map
    from analysis.charts.ratings import plot_ratings
    from analysis.charts.tiles import plot_tiles
    from analysis.dataset import SurveyDataset, find_dataset, load_dataset
    from analysis.design import Design
    from analysis.differences import estimate_difference
    from analysis.estimate import estimate_mean, estimate_proportion, estimate_total
    from analysis.quantiles import estimate_median, estimate_quantile
    from analysis.summaries import score_tasks, summarise

_MODULES = {
    "SurveyDataset": "dataset",
    "find_dataset": "dataset",
    "load_dataset": "dataset",
    "Design": "design",
    "estimate_difference": "differences",
    "estimate_mean": "estimate",
    "estimate_median": "quantiles",
    "estimate_proportion": "estimate",
    "estimate_quantile": "quantiles",
    "estimate_total": "estimate",
    "plot_completeness": "charts.completeness",
    "plot_dots": "charts.dots",
    "plot_heat_map": "charts.heat_map",
    "plot_ratings": "charts.ratings",
    "plot_tiles": "charts.tiles",
    "score_tasks": "summaries",
    "summarise": "summaries",
}
__all__ = [
    "Design", "SurveyDataset", "estimate_difference", "estimate_mean", "estimate_median", "estimate_proportion",
    "estimate_quantile", "estimate_total", "find_dataset", "load_dataset", "plot_completeness", "plot_dots",
    "plot_heat_map", "plot_ratings", "plot_tiles", "score_tasks", "summarise",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Imported on first use: tallying a leaf must not cost the import of pandas."""
    if name not in _MODULES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"analysis.{_MODULES[name]}"), name)
