"""For notebooks: scores by response, and estimates by locality and task."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.charts import scores
from analysis.dataset import DatasetError, SurveyDataset, counted_responses, tally_dataset
from analysis.paths import covers
from analysis.published import tally_published
from analysis.round_tally import COUNTRY, RoundTally
from analysis.scores import score_response

LEVELS = ("country", "province", "district", "commune")


def score_tasks(dataset: SurveyDataset) -> pd.DataFrame:
    """A row a response, indexed by its id: one column a task of the framework, 0–100, NaN where missing.

    Raises DatasetError.
    """
    found = _score_tables(dataset) if dataset.wide_tables else _score_responses(dataset)
    return found.reindex(columns=list(dataset.framework.tasks)).astype(float).rename_axis("response")


def _score_tables(dataset: SurveyDataset) -> pd.DataFrame:
    """From the wide tables, in the order of the responses."""
    from analysis.bulk_round import score_table  # needs pyarrow, as the tables do

    try:
        found = pd.concat([score_table(each, dataset.framework) for each in dataset.wide_tables])
    except ValueError as error:
        raise DatasetError(str(error)) from error
    return found.reindex(dataset.responses["id"])


def _score_responses(dataset: SurveyDataset) -> pd.DataFrame:
    """One response after another."""
    found = counted_responses(dataset)
    books = dataset.codebook.questionnaires
    keys = zip(*(dataset.responses[each] for each in ("id", "questionnaire", "version")), strict=True)
    rows = {
        id_: score_response(found[id_].answers, found[id_].not_asked, books[questionnaire, version], dataset.framework)
        for id_, questionnaire, version in keys
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def summarise(
    dataset: SurveyDataset, by: str | Sequence[str] = ("province", "task"), *, published: bool = False
) -> pd.DataFrame:
    """Mean scores; questionnaires and evidence are separate. Of people all responses are counted, or (`published`) the
    published cohorts only, as the charts show them.

    `by` names one level of localities (country, province, district, commune) and may name "task"; rows are
    always by task, since a score is of a task. Columns: questionnaire, evidence, the level, task, estimate, se, low,
    high, n, deff, suppressed.
    Raises ValueError for any other name.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    levels = [each for each in names if each in LEVELS]
    if len(levels) > 1 or set(names) - {*LEVELS, "task"}:
        raise ValueError(f"by: one of {', '.join(LEVELS)}, and 'task'; not {list(names)}")
    rt = _published(dataset) if published else tally_dataset(dataset)
    return summarise_tally(rt, levels[0] if levels else "country")


def _published(dataset: SurveyDataset) -> RoundTally:
    """Tallied once a dataset."""
    if "published" not in dataset.computed:
        dataset.computed["published"] = tally_published(dataset)
    return dataset.computed["published"]


def summarise_tally(rt: RoundTally, level: str) -> pd.DataFrame:
    """As `summarise`, at one level, of a round that is tallied already."""
    selected = rt.round.selected
    places = [
        place
        for place in rt.localities.values()
        if place.level == level
        and (place.path == COUNTRY or not selected or any(covers(area, place.path) for area in selected))
    ]
    rows = [
        {"questionnaire": questionnaire, "evidence": rt.book(questionnaire).evidence, **row}
        for questionnaire in rt.questionnaires()
        for row in scores.score_rows(rt, places, questionnaire)
        if row["hidden"] or row["estimate"] is not None
    ]
    columns = [
        "questionnaire", "evidence", "name", "locality", "task", "estimate", "se", "low", "high", "n", "deff", "hidden",
    ]  # fmt: skip
    names = {"name": level, "locality": "path", "hidden": "suppressed"}
    return pd.DataFrame(rows, columns=columns).rename(columns=names)
