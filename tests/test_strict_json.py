"""JSON of devices: what Python's own reader would let through is refused."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from survey_server.strict_json import MAX_DEPTH, InvalidJsonError, check_text, parse_strictly, read_stored

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES)
def test_values_survive_a_round_trip(value: object) -> None:
    assert parse_strictly(json.dumps(value), deepest=100) == value


@pytest.mark.parametrize("key", ["a", "\\u0061"])
def test_a_key_may_appear_once_however_it_is_escaped(key: str) -> None:
    with pytest.raises(ValueError, match="twice"):
        parse_strictly(f'[{{"a": 1, "{key}": 2}}]')


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_strictly(f'{{"a": {name}}}')


@pytest.mark.parametrize("broken", ["", "{", "[1,]", '{"a": NaN}', '{"a": 1, "a": 2}', "9" * 19, "9" * 5000, "[" * 99])
def test_errors_have_a_message_in_both_languages(broken: str) -> None:
    with pytest.raises(InvalidJsonError) as refused:
        parse_strictly(broken if broken[:1] in "[{" else f"[{broken}" + "]" * bool(broken))
    message = refused.value.message
    assert message.text("en").isascii()
    assert message.text("vi") != message.text("en")
    assert not message.text("vi").isascii()


def test_nesting_is_bounded() -> None:
    assert parse_strictly("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(ValueError, match="deep"):
            parse_strictly("[" * depth + "]" * depth)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e18", "9" * 19, "9" * 4000, "-1" + "0" * 18])
def test_numbers_are_bounded(number: str) -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_strictly(f'{{"a": [{number}]}}')


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from("\\u0d8𝄞😀")))
def test_text_may_be_escaped_or_not(text: str) -> None:
    for ascii_only in (True, False):
        check_text(json.dumps({"a": text}, ensure_ascii=ascii_only))


@pytest.mark.parametrize("text", ["\0", "a\ud800b", "\udc00\ud800", "\\\0", "\ud800\U0001f600\udc00"])
def test_characters_that_no_database_stores_are_refused_even_escaped(text: str) -> None:
    with pytest.raises(ValueError, match="no text"):
        check_text(json.dumps({text: "\\u0000"}))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_what_is_read_of_a_stored_text_can_be_stored(value: object) -> None:
    written = json.dumps(value)
    again = json.dumps(read_stored(written), allow_nan=False)
    check_text(again)
    parse_strictly(again, 100)
    with suppress(ValueError):
        check_text(written)
        assert read_stored(written) == parse_strictly(written, 100), "what is fine stays as it is"
