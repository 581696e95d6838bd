"""What charts show of people is computed from published parts, and from nothing else."""

from __future__ import annotations

import csv
import dataclasses
import io
import shutil
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from analysis.charts.chart import Chart
from analysis.dataset import SurveyDataset, load_dataset, tally_dataset
from analysis.published import tally_published
from analysis.ratings import people_of
from analysis.report import charts_of
from analysis.round_tally import LeafId, RoundTally
from analysis.summaries import summarise
from analysis.tally import LeafTally, add
from survey_server.pipeline.cohorts.publishing import publish_waiting
from survey_server.pipeline.context import read_round_context
from survey_server.pipeline.counting import count_waiting
from survey_server.pipeline.export import export_round
from survey_server.pipeline.required_versions import read_revisions
from survey_server.pipeline.round_tally import read_round_tally
from survey_server.settings import Settings
from survey_server.storage import cohorts, published_parts, waiting_responses
from survey_server.storage.database import Database, open_database
from tests.support.interviews import CLOSED, FAR, HERE, LAST_DAY, NEAR, PLACES, Interviews, prepare_interviews

Parts = dict[str, list[tuple[str, LeafTally]]]
"""By questionnaire: the place and the tally of each published part."""


def charts_about_people(rt: RoundTally) -> Iterator[Chart]:
    for path in rt.localities:
        for chart in charts_of(rt, path, "vi"):
            if chart.questionnaire is None or rt.is_about_people(chart.questionnaire):
                yield chart


def parts_of(database: Database, round_id: int) -> Parts:
    found: Parts = {}
    with database.read() as connection:
        series = waiting_responses.series_of(connection, round_id)
        for each in published_parts.of_round(connection, round_id):
            of = found.setdefault(series[each.series_id].questionnaire, [])
            of.append((each.path, LeafTally.from_json(each.tally)))
    return found


def assert_reproduced(rt: RoundTally, parts: Parts) -> int:
    """Every number of the tables; returns how many shares of people there were."""
    shares = 0
    for chart in charts_about_people(rt):
        for row in chart.table.to_dict("records"):
            questionnaire = chart.questionnaire or row["questionnaire"]
            if not rt.is_about_people(questionnaire):
                continue
            path = row.get("locality", chart.locality)
            inside = [tally for at, tally in parts.get(questionnaire, []) if f"{at}/".startswith(f"{path}/")]
            own = [tally for at, tally in parts.get(questionnaire, []) if at == path]
            whole = add([LeafTally(), *(own if row.get("own") else inside)])
            if row["hidden"]:
                numbers = ("estimate", "se", "low", "high", "share", "n", "count", "received", "answers")
                assert all(value is None or value != value for value in map(row.get, numbers))
                continue
            if "received" in row:
                assert row["received"] == whole.n
            elif "estimate" in row:
                moments = whole.moments[row["task"]].to_floats()
                assert row["n"] == moments.n >= rt.suppress_below
                assert row["estimate"] == pytest.approx(moments.mean, abs=0.05 + 1e-9)
            else:
                assert chart.subject.choices is not None
                assert row["n"] == people_of(whole, chart.subject.choices, row["task"]) >= rt.suppress_below
                assert row["count"] == people_of(whole, chart.subject.choices, row["task"], row["category"])
                shares += 1
    return shares


def open_demo(folder: Path, settings: Settings) -> tuple[Database, Settings]:
    own = dataclasses.replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'survey.sqlite3'}")
    database = open_database(own)
    count_waiting(database)
    publish_waiting(database, own)
    return database, own


def assert_demo_is_reproduced(folder: Path, settings: Settings) -> int:
    database, own = open_demo(folder, settings)
    with closing(database):
        context = read_round_context(database, own, "demo")
        assert context is not None
        return assert_reproduced(read_round_tally(database, context), parts_of(database, context.round.id))


@pytest.mark.slow
def test_every_number_of_a_small_demo_is_reproduced_from_published_parts(
    small_demo: Path, settings: Settings, tmp_path: Path
) -> None:
    assert assert_demo_is_reproduced(Path(shutil.copytree(small_demo, tmp_path / "small")), settings) > 10


@pytest.mark.slow
def test_every_number_of_the_demo_is_reproduced_from_published_parts(demo: Path, settings: Settings) -> None:
    """Its shares of residents stand on ten people at least; of the shares shown before cohorts, 13 did not."""
    assert assert_demo_is_reproduced(demo, settings) > 500


@pytest.fixture
def interviews(sqlite_database: Database, settings: Settings, tmp_path: Path) -> Interviews:
    return prepare_interviews(sqlite_database, settings, tmp_path, quantity=20)


def drawn(interviews: Interviews) -> dict[tuple[str, str], bytes]:
    """Everything that the charts say of people: picture, CSV and description, by locality and chart."""
    rt = read_round_tally(interviews.database, interviews.context)
    return {
        (chart.locality, f"{chart.id}.{kind}"): content
        for chart in charts_about_people(rt)
        for kind, content in (("svg", chart.svg().encode()), ("csv", chart.csv()))
    }


def numbers_about(drawn: dict[tuple[str, str], bytes], questionnaire: str) -> set[str]:
    """The scores and shares about people in all CSV files."""
    found = set()
    for (_, name), content in drawn.items():
        if name.endswith(".csv") and questionnaire in name:
            rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
            found |= {row.get("Điểm", row.get("Tỷ lệ %", "")) for row in rows}
    return found


@pytest.mark.slow
def test_a_waiting_person_s_response_changes_nothing_that_is_published(interviews: Interviews) -> None:
    interviews.approve(*interviews.send(HERE, 20))
    interviews.publish(LAST_DAY)
    before, revisions = drawn(interviews), read_revisions(interviews.database, interviews.context, None).at
    assert revisions[PLACES[HERE], "residents", ""] > 0
    for commune in (HERE, NEAR, FAR):
        interviews.send(commune)
        interviews.publish(LAST_DAY)
        assert read_revisions(interviews.database, interviews.context, None).at == revisions
        assert drawn(interviews) == before


@pytest.mark.slow
def test_the_difference_of_two_moments_is_a_whole_cohort(interviews: Interviews) -> None:
    """Four residents wait; ten more make their commune visible. The difference of the two pages was the four."""
    interviews.approve(*interviews.send(HERE, 20, answers={"agreed": "yes", "party_change": "clear"}))
    interviews.publish(LAST_DAY)
    first = parts_of(interviews.database, interviews.field.round_id)["residents"]
    before = drawn(interviews)
    interviews.approve(*interviews.send(NEAR, 4, answers={"agreed": "yes", "party_change": "none"}))
    interviews.publish(LAST_DAY)
    assert drawn(interviews) == before
    interviews.approve(*interviews.send(NEAR, 16, answers={"agreed": "yes", "party_change": "some"}))
    interviews.publish(LAST_DAY)
    after = drawn(interviews)
    assert after != before
    parts = parts_of(interviews.database, interviews.field.round_id)["residents"]
    assert first == [each for each in parts if each in first]
    assert [tally.n for _, tally in parts if (_, tally) not in first] == [20]
    rt = read_round_tally(interviews.database, interviews.context)
    assert_reproduced(rt, {"residents": parts})
    with interviews.database.read() as connection:
        members = cohorts.cohort_of(connection, interviews.field.round_id)
    assert len(members) == 40
    assert len({cohort for cohort, _ in members.values()}) == 2


def summary(dataset: SurveyDataset, *, published: bool) -> pd.DataFrame:
    found = summarise(dataset, by="district", published=published)
    return found[found["questionnaire"] == "residents"].set_index(["path", "task"])


@pytest.mark.slow
def test_a_dataset_gives_the_figures_of_the_page_and_those_of_all_responses(
    interviews: Interviews, tmp_path: Path
) -> None:
    """With a question that nine of a cohort were asked; five who wait; and a commune whose cohort is the district's."""
    declined = {"agreed": "yes", "party_change": "none"}
    interviews.approve(*interviews.send(HERE, 20), *interviews.send(NEAR, 6, answers=declined))
    interviews.publish(LAST_DAY)
    interviews.send(FAR, 5, answers=declined)
    interviews.publish(LAST_DAY)
    dataset = load_dataset(export_round(interviews.database, interviews.settings, "r1", "zip", tmp_path / "out"))
    charts, mine = read_round_tally(interviews.database, interviews.context), tally_published(dataset)
    assert {leaf: each.to_json() for leaf, each in mine.leaves.items()} == {
        leaf: each.to_json() for leaf, each in charts.leaves.items()
    }
    assert any(leaf.state == "published" for leaf in mine.leaves)
    whole, published = (rt.at("VN", "residents").n for rt in (tally_dataset(dataset), mine))
    assert (whole, published) == (31, 20)
    shown = summary(dataset, published=True)
    for (path, task), row in shown.iterrows():
        estimate = charts.shown_estimate(path, "residents", task)
        assert estimate is None or row["suppressed"] or row["estimate"] == estimate.mean


@pytest.mark.slow
def test_every_leaf_of_the_small_demo_is_reproduced_from_its_dataset(
    small_demo: Path, settings: Settings, tmp_path: Path
) -> None:
    """With question groups and items that wait for one."""
    database, own = open_demo(Path(shutil.copytree(small_demo, tmp_path / "small")), settings)
    with closing(database):
        context = read_round_context(database, own, "demo")
        assert context is not None
        charts = read_round_tally(database, context)
        dataset = load_dataset(export_round(database, own, "demo", "zip", tmp_path / "out"))
    assert any(each["withheld"] for each in dataset.cohorts["parts"])
    people = {leaf: each for leaf, each in charts.leaves.items() if charts.is_about_people(leaf.questionnaire)}
    mine = tally_published(dataset).leaves
    assert people
    for leaf in people:
        assert mine[unjoined(leaf, mine)].to_json() == people[leaf].to_json(), leaf


def unjoined(leaf: LeafId, among: Collection[LeafId]) -> LeafId:
    """The same leaf before its stratum was joined with another."""
    (found,) = (each for each in among if each._replace(stratum="") == leaf._replace(stratum=""))
    return found


@pytest.mark.slow
def test_nothing_is_shown_before_ten_are_published(interviews: Interviews) -> None:
    interviews.approve(*interviews.send(HERE, 9))
    interviews.publish(LAST_DAY)
    assert numbers_about(drawn(interviews), "residents") == {"chưa đủ phiếu để công bố"}
    interviews.approve(*interviews.send(HERE))
    interviews.publish(CLOSED)
    found = numbers_about(drawn(interviews), "residents")
    assert "chưa đủ phiếu để công bố" in found
    assert len(found) > 1
