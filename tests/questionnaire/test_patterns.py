"""regex(): accepted patterns mean the same everywhere, and none is slow on any text."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings, strategies as st

from survey_server.questionnaire.language.operators import OPERATIONS
from survey_server.questionnaire.language.patterns import PatternError, make_portable
from tests.support.sizes import choose_examples

ACCEPTED = [
    "[0-9]{9}", "(\\+84|0)(3|5|7|8|9)[0-9]{8}", "[0-9]+-[A-ZĐ]+/TW", "^[0-9]{1,4}/[A-ZĐ-]{2,20}$", "a?b?c?", "[ab]+",
    "([0-9]{1,3}(\\.[0-9]{3}){0,3})?", "[^@ ]+@[^@ ]+\\.[a-z]{2,8}", "\\d{4}-\\d{2}-\\d{2}", "[A-Z]{2}[0-9]{6}", "",
    "(có|không|khác)", "a|b|c", "[+-]?[0-9]+([.,][0-9]+)?",
]  # fmt: skip
REJECTED = [
    "(a+)+", "(a*)*", "(a|b)+", "(a|a)*", "(a|ab)*c", "(a?){30}", "((a*){4}){4}",
    "(((((a?){4}){4}){4}){4}){4}", "a*a*a*a*b",
    "a?" * 60 + "a" * 60, "(a|a)" * 30 + "b", "(a|b|ab)*c", "((a{999}){999}){999}", "a{1000}",
    "(?=a)", "(?<n>a)", "(?i)a",
    "\\1", "\\b", "\\p{L}", "[[:alpha:]]", "[a&&b]", "[z-a]", "[a-\\d]", "[\\d-z]",
    "a**", "a{2}{3}", "a{5,2}", "*a", "(a", "a)",
    "[a", "[]", "a\\", "a$b", "a^b", "a{,3}", "a" * 201, "(" * 9 + "a" + ")" * 9,
]  # fmt: skip


@pytest.mark.parametrize("pattern", ACCEPTED)
def test_usual_patterns_are_accepted(pattern: str) -> None:
    make_portable(pattern)


@pytest.mark.parametrize("pattern", REJECTED)
def test_slow_and_unportable_patterns_are_rejected(pattern: str) -> None:
    with pytest.raises(PatternError):
        make_portable(pattern)


def _hostile_texts() -> list[str]:
    return ["a" * 256, "a" * 255 + "b", "ab" * 127, "a" * 255 + "!", "0" * 255 + "x"]


_atoms = st.sampled_from(["a", "b", "[ab]", ".", "\\w", "[^b]", "(?:a|b)", "(a|a)", "(a|ab)", "(a?)", "(a{2})"])
_quantifiers = st.sampled_from(["", "", "*", "+", "?", "{2}", "{4}", "{0,2}", "{1,9}", "{2,}", "{0,256}"])
_pieces = st.tuples(_atoms, _quantifiers).map("".join)
_sequences = st.lists(_pieces, min_size=1, max_size=12).map("".join)
_patterns = st.recursive(
    _sequences,
    lambda inner: (
        st.tuples(inner, _quantifiers, inner).map(lambda p: f"({p[0]}){p[1]}{p[2]}")
        | st.tuples(inner, inner).map(lambda p: f"({p[0]}|{p[1]})")
    ),
    max_leaves=5,
)


@pytest.mark.slow
@given(_patterns)
@settings(max_examples=choose_examples(300), deadline=None)
def test_no_accepted_pattern_is_slow(pattern: str) -> None:
    try:
        accepted = make_portable(pattern)
    except PatternError:
        return
    regex = OPERATIONS["regex"].apply
    for text in _hostile_texts():
        start = time.process_time()
        regex(text, accepted)
        assert time.process_time() - start < 3, accepted


@pytest.mark.slow
@given(st.text("ab01-]^\\[|(){}+*?.&", max_size=12))
@settings(max_examples=choose_examples(400), deadline=None)
def test_any_text_is_accepted_or_rejected(pattern: str) -> None:
    with contextlib.suppress(PatternError):
        re.compile(make_portable(pattern))
