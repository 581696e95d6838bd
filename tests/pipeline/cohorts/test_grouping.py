"""Cohorts of which few were asked a question are published together for it."""

from __future__ import annotations

from survey_server.domain import WithheldItem
from survey_server.pipeline.cohorts.grouping import FormedGroup, form_groups, is_asked_of_enough

NEAR, NEXT, FAR = "VN/01/001/00001", "VN/01/001/00004", "VN/79/760/26734"


def withheld(cohort: str, path: str, item: str = "question/petition", **asked: int) -> WithheldItem:
    return WithheldItem(cohort, path, item, asked or {"petition": 4})


def test_a_question_asked_of_nobody_or_of_enough_is_published_with_its_cohort() -> None:
    assert is_asked_of_enough({"petition": 0}, 10)
    assert is_asked_of_enough({"petition": 10}, 10)
    assert not is_asked_of_enough({"petition": 1}, 10)
    assert not is_asked_of_enough({"often": 12, "rarely": 9}, 10)


def test_cohorts_are_grouped_at_the_lowest_locality_with_enough() -> None:
    near, next_ = withheld("a", NEAR, petition=4), withheld("b", NEXT, petition=6)
    far = withheld("c", FAR, petition=9)
    assert form_groups([far, next_, near], 10) == [FormedGroup("question/petition", "VN/01/001", ("a", "b"))]


def test_too_few_stay_unpublished() -> None:
    assert form_groups([withheld("a", NEAR, petition=4), withheld("c", FAR, petition=5)], 10) == []


def test_each_item_is_grouped_apart() -> None:
    items = [withheld("a", NEAR, petition=5), withheld("b", NEXT, petition=5)]
    other = withheld("c", NEXT, "question/briefed", briefed=9)
    assert [group.cohorts for group in form_groups([*items, other], 10)] == [("a", "b")]


def test_an_indicator_is_grouped_like_its_rarest_question() -> None:
    near = withheld("a", NEAR, "score/task1", often=12, rarely=5)
    next_ = withheld("b", NEXT, "score/task1", often=14, rarely=4)
    assert form_groups([near, next_], 10) == []
    far = withheld("c", FAR, "score/task1", often=10, rarely=1)
    assert form_groups([near, next_, far], 10) == [FormedGroup("score/task1", "VN", ("a", "b", "c"))]
