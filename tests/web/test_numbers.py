from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_server.web.numbers import UnreadableNumber, format_number, parse_number, type_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1.500", 1500), ("1,5", 1.5), ("1.500,25", 1500.25), ("1 500", 1500),
     ("-7", -7), ("0", 0), ("2,0", 2), (" 12 ", 12)],
)  # fmt: skip
def test_it_reads_vietnamese_notation(typed: str, number: float) -> None:
    assert parse_number(typed) == number
    assert type(parse_number(typed)) is type(number)


@pytest.mark.parametrize("typed", ["1.5", "1,500.25", "1.50", "12.34.567", "abc", "", "1e5", "NaN", "1" * 16, "٣"])
def test_what_can_mean_two_things_or_nothing_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableNumber):
        parse_number(typed)


def test_numbers_are_written_in_both_notations() -> None:
    assert format_number(1234567) == "1.234.567"
    assert format_number(1234.5) == "1.234,5"
    assert format_number(1234.5, "en") == "1,234.5"


@given(st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6).map(lambda number: round(number, 4)))
def test_what_is_typed_again_is_read_as_the_same_number(number: float) -> None:
    assert parse_number(type_number(number)) == number
