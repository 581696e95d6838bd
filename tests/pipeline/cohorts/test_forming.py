"""Which waiting responses form cohorts, and where."""

from __future__ import annotations

from random import Random

from survey_server.domain import WaitingResponse
from survey_server.pipeline.cohorts.forming import FormedCohort, common_path, form_at_places, form_from_pool

NEAR, NEXT, FAR = "VN/01/001/00001", "VN/01/001/00004", "VN/79/760/26734"


def waiting(path: str, n: int, start: int = 0, weight: float = 1.0) -> list[WaitingResponse]:
    return [WaitingResponse(start + number, path, weight) for number in range(n)]


def sizes(cohorts: list[FormedCohort]) -> list[tuple[str, int]]:
    return [(each.path, len(each.members)) for each in cohorts]


def test_a_finished_place_forms_a_cohort_of_all_that_wait() -> None:
    formed = form_at_places(waiting(NEAR, 13), {NEAR}, 10)
    assert sizes(formed.cohorts) == [(NEAR, 13)]
    assert formed.cohorts[0].is_of_place
    assert formed.pooled == []


def test_an_unfinished_place_waits_for_twice_as_many() -> None:
    assert form_at_places(waiting(NEAR, 19), set(), 10) == ([], [])
    assert sizes(form_at_places(waiting(NEAR, 20), set(), 10).cohorts) == [(NEAR, 20)]


def test_too_few_at_a_finished_place_are_pooled_and_at_an_unfinished_one_wait() -> None:
    formed = form_at_places([*waiting(NEAR, 4), *waiting(FAR, 9, 100)], {NEAR}, 10)
    assert formed.cohorts == []
    assert {each.path for each in formed.pooled} == {NEAR}


def test_the_pool_forms_a_cohort_at_the_lowest_locality_with_enough() -> None:
    pool = [*waiting(NEAR, 4), *waiting(NEXT, 6, 100), *waiting(FAR, 9, 200)]
    formed = form_from_pool(pool, 10)
    assert sizes(formed.cohorts) == [("VN/01/001", 10)]
    assert not formed.cohorts[0].is_of_place
    assert {each.path for each in formed.pooled} == {FAR}


def test_what_is_left_of_all_provinces_forms_a_cohort_of_the_country() -> None:
    assert sizes(form_from_pool([*waiting(NEAR, 4), *waiting(FAR, 6, 100)], 10).cohorts) == [("VN", 10)]
    assert form_from_pool([*waiting(NEAR, 4), *waiting(FAR, 5, 100)], 10).cohorts == []


def test_a_cohort_lies_at_the_lowest_locality_that_contains_it() -> None:
    assert common_path([NEAR, NEXT]) == "VN/01/001"
    assert common_path([NEAR, FAR]) == "VN"
    assert common_path([NEAR, "VN/01"]) == "VN/01"
    assert common_path([NEAR]) == NEAR


def test_a_response_with_a_great_weight_waits_for_more() -> None:
    heavy = WaitingResponse(999, NEAR, 4.0)
    assert form_at_places([*waiting(NEAR, 9), heavy], {NEAR}, 10).cohorts == []  # 4 of 13
    assert sizes(form_at_places([*waiting(NEAR, 10), heavy], {NEAR}, 10).cohorts) == [(NEAR, 11)]  # 4 of 14


def test_people_who_declined_do_not_make_a_cohort_large_enough() -> None:
    declined = [WaitingResponse(500 + number, NEAR, is_declined=True) for number in range(3)]
    assert form_at_places([*waiting(NEAR, 9), *declined], {NEAR}, 10).cohorts == []
    assert sizes(form_at_places([*waiting(NEAR, 10), *declined], {NEAR}, 10).cohorts) == [(NEAR, 13)]


def test_very_many_form_several_cohorts() -> None:
    many = waiting(NEAR, 1203)
    formed = form_at_places(many, {NEAR}, 10)
    assert [len(each.members) for each in formed.cohorts] == [602, 601]
    assert {member for each in formed.cohorts for member in each.members} == {*many}


def test_the_order_of_the_responses_has_no_effect() -> None:
    pool = [*waiting(NEAR, 7), *waiting(NEXT, 8, 100), *waiting(FAR, 12, 200)]
    shuffled = [*pool]
    Random(62).shuffle(shuffled)
    assert form_from_pool(shuffled, 10) == form_from_pool(pool, 10)
    assert form_at_places(shuffled, {NEAR, FAR}, 10) == form_at_places(pool, {NEAR, FAR}, 10)
