"""Fixed point: exact from 2⁻¹² on, and rounded to the nearest below."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from analysis.exact import FRACTION_BITS, fixed, to_float

UNIT = Fraction(1, 2**FRACTION_BITS)


@settings(deadline=None)
@given(st.floats(2.0**-12, 1e200))
def test_a_number_of_usual_size_is_exact(number: float) -> None:
    assert fixed(number) * UNIT == Fraction(number)
    assert fixed(-number) == -fixed(number)
    assert to_float(fixed(number)) == number


@settings(deadline=None)
@given(st.floats(0, 2.0**-12))
def test_a_small_number_is_off_by_half_a_unit_at_most(number: float) -> None:
    assert abs(fixed(number) * UNIT - Fraction(number)) <= UNIT / 2


def test_what_has_no_fixed_point_is_refused() -> None:
    for number in (float("inf"), 2.0**960):
        with pytest.raises(OverflowError):
            fixed(number)
    with pytest.raises(ValueError, match="NaN"):
        fixed(float("nan"))
