"""The table of completeness: the own committee first, and rows that add up to the locality's row in the table above."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest

from analysis.charts.chart import Chart
from analysis.charts.completeness import completeness_table
from analysis.render.spec import Text
from analysis.report import charts_about
from analysis.round_tally import RoundTally
from tests.analysis.samples import small_round, with_own_level

PROVINCE, DISTRICT = "VN/00", "VN/00/000"
NUMBERS = ["expected", "received", "surplus", "late"]


def many_residents(rt: RoundTally) -> RoundTally:
    """So many that none is hidden: a cohort in each commune."""
    pattern, tally = next((leaf, each) for leaf, each in rt.leaves.items() if leaf.questionnaire == "residents")
    communes = [path for path, row in rt.localities.items() if row.level == "commune"]
    cohorts = {pattern._replace(path=path, cluster=path): replace(tally, n=40) for path in communes}
    leaves = {**{leaf: each for leaf, each in rt.leaves.items() if leaf.questionnaire != "residents"}, **cohorts}
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, rt.expected, rt.cut)


def rows(rt: RoundTally, path: str, questionnaire: str) -> pd.DataFrame:
    table = completeness_table(rt, path)
    return table[table["questionnaire"] == questionnaire]


def chart(rt: RoundTally, path: str, language: str = "vi") -> Chart:
    (found,) = charts_about(rt, path, None, language)
    return found


def words(drawn: Chart) -> list[str]:
    """The texts in the picture."""
    return [mark.text for mark in drawn.spec.all_marks() if isinstance(mark, Text)]


@pytest.mark.parametrize(("path", "own"), [(PROVINCE, [1, 1, 0, 1]), (DISTRICT, [1, 1, 1, 1])])
def test_the_own_committee_is_first_with_its_own_numbers(path: str, own: list[int]) -> None:
    visits = rows(with_own_level(small_round()), path, "visit")
    assert list(visits["own"]) == [True] + [False] * (len(visits) - 1)
    assert list(visits.iloc[0][NUMBERS]) == own
    assert not set(visits["locality"][1:]) & {path}


@pytest.mark.parametrize("path", ["VN", "VN/01", "VN/01/100"])
def test_there_is_no_own_row_without_responses_of_the_own_level(path: str) -> None:
    assert not rows(with_own_level(small_round()), path, "visit")["own"].any()


@pytest.mark.parametrize("questionnaire", ["visit", "residents"])
@pytest.mark.parametrize("path", [PROVINCE, DISTRICT, "VN/00/000/00000"])
def test_the_rows_of_a_table_add_up_to_the_row_above(path: str, questionnaire: str) -> None:
    rt = with_own_level(many_residents(small_round()), residents=11)
    above = rows(rt, path.rpartition("/")[0], questionnaire)
    whole = above[above["locality"] == path].iloc[0]
    table = rows(rt, path, questionnaire)
    assert not table["hidden"].any(), "what is hidden cannot be added"
    assert dict(table[NUMBERS].sum()) == dict(whole[NUMBERS].fillna(0))


def test_cohorts_from_several_places_have_a_row_of_their_own() -> None:
    rt = with_own_level(many_residents(small_round()), residents=14)
    own = rows(rt, DISTRICT, "residents").iloc[0]
    assert (own["own"], own["expected"], own["received"]) == (True, 0, 14)
    drawn = chart(rt, DISTRICT)
    assert drawn.readable_table().rows[1][0] == "Công bố chung: Huyện số 0.0"
    assert "14" in words(drawn)


def test_of_people_only_what_is_published_is_counted() -> None:
    """Nothing tells a commune in which nine wait from one in which nobody was met."""
    rt = small_round(2, residents=6)
    published = {leaf.path for leaf in rt.leaves if leaf.questionnaire == "residents"}
    communes = rows(rt, DISTRICT, "residents")[lambda table: ~table["own"]]
    assert {path in published for path in communes["locality"]} == {True, False}
    for row in communes.to_dict("records"):
        assert row["hidden"] is (row["locality"] not in published)
        assert row["withheld"] == "unpublished" if row["hidden"] else pd.isna(row["withheld"])
        assert pd.isna(row["late"])
    texts = words(chart(rt, DISTRICT))
    assert "chưa đủ phiếu để công bố / 1" in texts
    assert any(text.startswith("Gạch chéo, chưa đủ phiếu để công bố") for text in texts)


@pytest.mark.parametrize(
    ("path", "language", "name"),
    [
        (PROVINCE, "vi", "Cấp tỉnh: Tỉnh số 0"), (DISTRICT, "vi", "Cấp huyện: Huyện số 0.0"),
        ("VN/00/000/00000", "vi", "Cấp xã: Xã số 0.0.0"), (PROVINCE, "en", "Provincial level: Tỉnh số 0"),
        (DISTRICT, "en", "District level: Huyện số 0.0"),
    ],
)  # fmt: skip
def test_picture_table_and_csv_name_the_own_level(path: str, language: str, name: str) -> None:
    drawn = chart(with_own_level(small_round()), path, language)
    assert name in words(drawn)
    assert drawn.readable_table().rows[0][0] == name
    written = list(csv.reader(io.StringIO(drawn.csv().decode("utf-8-sig"))))
    assert written[1][:3] == [path, name, "visit"]
    assert {row[1] == name for row in written if row[:1] == [path] and row[2] == "visit"} == {True}


def test_an_own_row_of_an_unnamed_level_is_marked_too() -> None:
    rt = with_own_level(small_round())
    places = {path: replace(row, level="cluster" if path == DISTRICT else row.level)
              for path, row in rt.localities.items()}  # fmt: skip
    other = RoundTally(rt.round, rt.framework, rt.codebook, places, rt.leaves, rt.expected, rt.cut)
    assert chart(other, DISTRICT).readable_table().rows[0][0] == "Riêng cấp này: Huyện số 0.0"
