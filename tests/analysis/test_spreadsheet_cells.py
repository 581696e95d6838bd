"""Cells of CSV files: nothing typed is computed by a spreadsheet, and every text can be restored."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, strategies as st

from analysis.spreadsheet_cells import neutral, quoted, restore

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫−"
SEPARATORS = ",;|\t\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
INVISIBLE = ' \u00a0\u3000\u200b\u200e\u2060\ufeff\u00ad\x00\x1f"“”«'
# Only what matters here, so that a few characters meet often.
CRAFTED = st.text(st.sampled_from([*SIGNS, *SEPARATORS, *INVISIBLE, *"''''a1(!"]), max_size=12)


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1", "+84", "-x", "@SUM(A1)", "＝1+1", "＋84", "－x", "＠SUM", "﹦1+1", "−1", " =1+1",
        "\u3000＝1", "\u200b=1", "\ufeff \u200e=cmd|' /C calc'!A0", '"=1+1"', "\tx", "\rx", "\nx",
        "-2+3+cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_compute_is_marked_as_text(typed: str) -> None:
    assert neutral(typed).startswith(f"'{typed[0]}")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (";=1+1", "';'=1+1"), ("a;=1+1", "a;'=1+1"), ("a\t=1", "a\t'=1"), ("a| @x", "a|' @x"),
        ("a,\u200b=1", "a,'\u200b=1"), ('a;"=1"', "a;'\"=1\""), ("a\n-b\n-c", "a\n'-b\n'-c"), ("\t=1", "'\t'=1"),
        ("a;;=1", "a;';'=1"),
    ],
)  # fmt: skip
def test_what_another_separator_would_make_a_cell_is_marked_within_the_text(typed: str, written: str) -> None:
    assert neutral(typed) == written


def cells_under_any_separator(text: str) -> list[str]:
    """What programs with any of the separators, or several, could take for cells."""
    return [text, *(part for each in SEPARATORS for part in text.split(each)), *re.split(f"[{SEPARATORS}]", text)]


def is_computed(cell: str) -> bool:
    skipped = "".join({*INVISIBLE, *SEPARATORS})
    return cell.lstrip(skipped)[:1] in {*SIGNS} and cell.lstrip(skipped) != ""


@given(CRAFTED)
def test_no_cell_under_any_separator_is_computed(typed: str) -> None:
    assert not any(is_computed(each) for each in cells_under_any_separator(neutral(typed)))


@given(CRAFTED | st.text())
def test_every_text_can_be_restored(typed: str) -> None:
    assert restore(neutral(typed)) == typed
    assert restore(neutral(neutral(typed))) == neutral(typed)


@pytest.mark.parametrize("cell", ["Hà Nội", " Hà Nội", "62-KL/TW", "a, b; c", "", "'a", -5, 5.5, None, True])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert neutral(cell) == cell


def test_a_quoted_cell_holds_quotation_marks_twice() -> None:
    assert quoted('a "b"') == '"a ""b"""'
    assert quoted("=1") == '"\'=1"'


@pytest.mark.parametrize("unit", ["\t", ";", "' ", "\u200b", ",'"])
def test_a_long_text_takes_no_more_than_its_length(unit: str) -> None:
    typed = (unit * 20_000)[:20_000] + "x=1"
    before = time.process_time()
    assert restore(neutral(typed)) == typed
    assert time.process_time() - before < 0.5
