from __future__ import annotations

import pytest

from survey_server.domain.localities import path_range
from survey_server.domain.locality_names import locality_sort_key, search_key, sort_key


def test_names_stand_in_the_order_of_the_dictionary() -> None:
    in_order = ["An Giang", "Ân Thi", "Ba Đình", "Bà Rịa", "Bá Thước", "Bắc Giang", "Cà Mau", "Dĩ An", "Đà Nẵng", "Ea"]
    assert sorted(set(in_order), key=sort_key) == in_order


def test_numbers_in_names_stand_in_their_own_order() -> None:
    in_order = ["Quận 1", "Quận 02", "Quận 10", "Quận 12A", "Quận 12B", "Quận 100", "Quận Ba"]
    assert sorted(set(in_order), key=sort_key) == in_order


def test_a_locality_is_sorted_by_its_own_name() -> None:
    assert locality_sort_key("Thị trấn An", "Thị trấn") < locality_sort_key("Phường Ba", "Phường")


def test_the_order_needs_nothing_but_ascii() -> None:
    assert sort_key("Thừa Thiên Huế 10²").isascii()


@pytest.mark.parametrize(
    "written", ["Thừa Thiên Huế", "THUA THIEN HUE", "thừa  thiên-huế", "Thu\u031b\u0300a Thiên Huế"]
)
def test_a_name_is_found_however_it_is_typed(written: str) -> None:
    assert search_key(written) == "thua thien hue"


def test_what_lies_below_an_area_is_one_range_of_paths() -> None:
    first, last = path_range("VN/01")
    assert [path for path in ("VN/01", "VN/01/001", "VN/01/001/00001", "VN/010", "VN/02") if first <= path < last] == [
        "VN/01/001",
        "VN/01/001/00001",
    ]
