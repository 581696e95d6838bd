"""What notebooks compute from the wide tables is what they compute from single responses, to the last digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import dataset as dataset_module, published, score_tasks, summaries, summarise
from analysis.dataset import SurveyDataset, load_dataset
from analysis.published import tally_published
from survey_server.pipeline.export import export_round
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.interviews import FAR, HERE, Interviews, prepare_interviews

RATINGS = ("clear", "some", "little", "none", "dont_know")
# Stored with a problem, so that no wide table holds them: of a scored question, and of another one.
INVALID: list[dict[str, Any]] = [{"party_change": ["some"]}, {"party_change": "some", "documents": [{"pages": "x"}]}]


@pytest.fixture
def interviews(database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    """Published cohorts of two communes, with answers of every kind, and responses that are not published."""
    made = prepare_interviews(database, settings, tmp_path)
    for commune in (HERE, FAR):
        for number in range(10):
            made.send(commune, answers={"agreed": "yes", "party_change": RATINGS[number % len(RATINGS)]})
        for answers in INVALID:
            made.send(commune, answers={"agreed": "yes"} | answers)
    made.publish()
    made.send(HERE, 3)
    return made


def loaded(interviews: Interviews, folder: Path, format_: str) -> SurveyDataset:
    return load_dataset(export_round(interviews.database, interviews.settings, "r1", format_, folder / format_))


@pytest.mark.slow
def test_scores_of_the_wide_tables_are_those_of_the_responses(interviews: Interviews, tmp_path: Path) -> None:
    """In the order of the responses; an answer that is no code has no score."""
    one_by_one = score_tasks(loaded(interviews, tmp_path, "zip"))
    dataset = loaded(interviews, tmp_path, "parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summaries, "counted_responses", None)
        at_once = score_tasks(dataset)
    pd.testing.assert_frame_equal(at_once, one_by_one, check_exact=True, check_index_type=False)
    assert list(at_once.index) == list(dataset.responses["id"])
    assert sorted(set(at_once["task1"].dropna())) == [0.0, 100 / 3, 200 / 3, 100.0]
    assert at_once["task1"].isna().sum() > 0


@pytest.mark.slow
def test_published_cohorts_of_the_wide_tables_are_those_of_the_responses(
    interviews: Interviews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those with answers that wide tables do not hold are counted one by one."""
    one_by_one = tally_published(loaded(interviews, tmp_path, "zip"))
    dataset = loaded(interviews, tmp_path, "parquet")
    counted: list[int] = []
    count = dataset_module.counted_responses

    def noted(some: SurveyDataset) -> Any:
        found = count(some)
        counted.append(len(found))
        return found

    monkeypatch.setattr(published, "counted_responses", noted)
    at_once = tally_published(dataset)
    assert {leaf: tally.to_json() for leaf, tally in at_once.leaves.items()} == {
        leaf: tally.to_json() for leaf, tally in one_by_one.leaves.items()
    }
    assert sum(tally.n for tally in at_once.leaves.values()) == 24
    assert counted == [4]


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["zip", "parquet"])
def test_published_figures_are_counted_once(
    interviews: Interviews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    dataset = loaded(interviews, tmp_path, format_)
    first = summarise(dataset, "country", published=True)
    assert len(first) > 0
    with monkeypatch.context() as patch:
        patch.setattr(summaries, "tally_published", None)
        pd.testing.assert_frame_equal(summarise(dataset, "country", published=True), first)
    part = dataset.select(dataset.responses.iloc[:0])
    assert summarise(part, "country", published=True)["n"].sum() == 0
