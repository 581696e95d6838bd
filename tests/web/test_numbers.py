"""Numbers in Vietnamese notation, typed and shown."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from survey_server.web.numbers import format_for_input, format_number, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1.500", 1500), ("1,5", 1.5), ("1.500,25", 1500.25), ("1 500", 1500),
     ("-7", -7), ("0", 0), ("2,0", 2), (" 12 ", 12)],
)  # fmt: skip
def test_vietnamese_notation_is_read(typed: str, number: float) -> None:
    read = read_number(typed).number
    assert read == number
    assert type(read) is type(number)


@pytest.mark.parametrize("typed", ["1.5", "1,500.25", "1.50", "12.34.567", "abc", "", "1e5", "NaN", "1" * 16, "٣"])
def test_ambiguous_and_unreadable_texts_are_rejected(typed: str) -> None:
    assert read_number(typed).number is None


def test_numbers_are_written_in_both_notations() -> None:
    assert format_number(1234567) == "1.234.567"
    assert format_number(1234.5) == "1.234,5"
    assert format_number(1234.5, "en") == "1,234.5"


@given(st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6).map(lambda number: round(number, 4)))
def test_a_number_formatted_for_input_is_read_back(number: float) -> None:
    assert read_number(format_for_input(number)).number == number
