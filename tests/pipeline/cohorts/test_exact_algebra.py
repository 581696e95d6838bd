"""The solver finds who stands out of published sums."""

from __future__ import annotations

import pytest

from tests.pipeline.cohorts.exact_algebra import find_few


def row(*people: int, times: int = 1) -> dict[int, int]:
    return dict.fromkeys(people, times)


def test_disjoint_groups_give_nobody_away() -> None:
    assert find_few([row(1, 2, 3), row(4, 5, 6), row(1, 2, 3, 4, 5, 6)], 3) is None


def test_a_difference_of_two_sums_is_found() -> None:
    assert find_few([row(1, 2, 3, 4, 5), row(1, 2, 3)], 3) == {4, 5}


def test_a_combination_of_several_weighted_sums_is_found() -> None:
    """2 (a + b + c) − (2a + b + c) − (b + c) is nobody; a itself needs both differences."""
    weighted = {1: 2, 2: 1, 3: 1, 4: 1}
    assert find_few([weighted, row(1, 2, 3, 4)], 2) == {1}
    assert find_few([weighted, row(2, 3, 4, times=3)], 2) == {1}


def test_people_who_are_always_together_are_one_class() -> None:
    assert find_few([row(1, 2, 3, 4, times=3), {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1}], 4) is None


@pytest.mark.parametrize("below", [2, 3, 5])
def test_nobody_stands_out_of_no_sums(below: int) -> None:
    assert find_few([], below) is None
