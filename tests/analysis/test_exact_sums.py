"""Sums by group with numpy are those of Python ints."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from analysis import exact_sums
from analysis.exact import fixed
from analysis.exact_sums import join, sum_by_group, whole_limbs

TERMS = st.one_of(st.floats(-1e284, 1e284), st.floats(-100, 100), st.floats(-(2**-60), 2**-60), st.just(-0.0))


@given(st.lists(st.tuples(st.integers(0, 3), TERMS), max_size=40))
def test_sums_by_group_are_those_of_the_running_tally(rows: list[tuple[int, float]]) -> None:
    groups = np.array([group for group, _ in rows], np.int64)
    found = join(sum_by_group(groups, 4, np.array([term for _, term in rows], np.float64)))
    assert (found or [0] * 4) == [sum(fixed(term) for group, term in rows if group == wanted) for wanted in range(4)]


def test_more_terms_than_a_double_sums_exactly_are_summed_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact_sums, "MAX_TERMS", 3)
    terms = [1 / 3, 0.1, 1e10, -7.7, 2.5, 1e-20, 99.9]
    found = join(sum_by_group(np.zeros(len(terms), np.int64), 1, np.array(terms)))
    assert found == [sum(map(fixed, terms))]


def test_whole_numbers_are_counted_without_their_terms() -> None:
    assert join(whole_limbs(np.array([3, 0, 5]))) == [fixed(3.0), 0, fixed(5.0)]
