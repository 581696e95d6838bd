"""A chart in which nobody gave a score says beside its n what they said."""

from __future__ import annotations

import pytest

from analysis.charts.subject import Subject
from analysis.counter import tally_leaf
from analysis.report import charts_of
from analysis.round_tally import LeafId, RoundTally
from analysis.tally import CountedResponse
from tests.analysis.samples import small_round

COMMUNE = "VN/00/000/00000"
NAMES = [f"t{task}_{which}" for task in range(1, 7) for which in ("first", "second")]
DONT_KNOW = dict.fromkeys(NAMES, "dont_know")


def round_of(questionnaire: str, *answers: dict[str, str]) -> RoundTally:
    rt = small_round()
    book = rt.codebook.questionnaires[questionnaire, "1"]
    rows = [CountedResponse(f"{number:03}", each) for number, each in enumerate(answers)]
    leaf = LeafId(COMMUNE, questionnaire, "1", "visit", "submitted")
    tallies = {leaf: tally_leaf(rows, book, rt.framework)}
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, tallies, (), rt.cut)


@pytest.mark.parametrize(
    ("answers", "vi", "en"),
    [
        (DONT_KNOW, "tất cả câu trả lời là “Không biết”", "all answers are “Don't know”"),
        ({}, "không câu trả lời nào có điểm", "no answer has a score"),
        (DONT_KNOW | {"t1_first": ""}, "không câu trả lời nào có điểm", "no answer has a score"),
    ],
)
@pytest.mark.parametrize("questionnaire", ["visit", "residents"])
def test_it_says_so_beside_its_n(questionnaire: str, answers: dict[str, str], vi: str, en: str) -> None:
    rt = round_of(questionnaire, *[answers] * 12)
    for language, words in (("vi", vi), ("en", en)):
        charts = [each for each in charts_of(rt, COMMUNE, language) if each.questionnaire == questionnaire]
        assert charts
        for chart in charts:
            assert words in chart.spec.texts.foot[0]
            assert chart.spec.texts.foot[0].index("12") < chart.spec.texts.foot[0].index(words)


def test_one_score_is_enough_for_a_chart_as_usual() -> None:
    rt = round_of("visit", *[DONT_KNOW] * 11, DONT_KNOW | {"t6_second": "clear"})
    assert "tất cả" not in Subject(rt, COMMUNE, "visit", "vi").base()
    rated = next(each for each in charts_of(rt, COMMUNE, "vi") if each.kind == "ratings_by_task")
    assert rated.svg().count("Tất cả câu trả lời là “Không biết”") == 5  # the bars of the other tasks


def test_few_people_are_not_told_about() -> None:
    rt = round_of("residents", *[DONT_KNOW] * 4)
    assert "tất cả" not in Subject(rt, COMMUNE, "residents", "vi").base()
