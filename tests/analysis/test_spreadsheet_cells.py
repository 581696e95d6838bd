from __future__ import annotations

import re

import pytest

from analysis.spreadsheet_cells import MARK, neutral


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+84",
        "-x",
        "@SUM(A1)",
        "＝1+1",
        "＋84",
        "－x",
        "＠SUM",
        " =1+1",
        "\t=1",
        "\u3000＝1",
        "\tx",
        "\rx",
        "\nx",
    ],
)
def test_what_a_spreadsheet_would_calculate_is_text(typed: str) -> None:
    assert neutral(typed) == f"'{typed}"


@pytest.mark.parametrize(
    "typed", ["=1", "'=1", "''=1", "＝1", "\u00a0=1", "'\u3000＝1", "'a", "'", "", "62-KL/TW", "\tx", "'\tx"]
)
def test_the_mark_can_be_taken_back(typed: str) -> None:
    assert re.sub(MARK, "", neutral(typed)) == typed


@pytest.mark.parametrize("cell", ["Hà Nội", " Hà Nội", "62-KL/TW", "", -5, 5.5, None, True])
def test_everything_else_stays_as_it_is(cell: object) -> None:
    assert neutral(cell) is cell
